"""/imagine."""

import discord
from discord import app_commands

from bot.chat.commands.options import RATIOS, STYLES, Slash, chosen_ratio, chosen_style
from bot.chat.incoming.mentions import InteractionMentions
from bot.chat.presenter import command_words as words
from bot.chat.responses.context import Context
from bot.domain.luma import PROMPT_MOST_CHARACTERS, Style
from bot.domain.request import COUNT_MOST, Door, ImageRequest


def imagine_command(context: Context) -> Slash:
    @app_commands.command(name="imagine", description=words.IMAGINE)
    @app_commands.describe(**words.IMAGINE_OPTIONS)
    @app_commands.choices(aspect_ratio=RATIOS, style=STYLES)
    async def imagine(
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, PROMPT_MOST_CHARACTERS],
        aspect_ratio: str | None = None,
        style: str = Style.AUTO.value,
        count: app_commands.Range[int, 1, COUNT_MOST] = 1,
        private: bool = False,  # noqa: FBT001, FBT002  discord.py passes options by name
        spoiler: bool = False,  # noqa: FBT001, FBT002  discord.py passes options by name
    ) -> None:
        request = ImageRequest.checked(
            prompt=prompt,
            names=InteractionMentions(interaction),
            aspect_ratio=chosen_ratio(aspect_ratio),
            style=chosen_style(style),
            count=count,
            is_spoiler=spoiler,
        )
        await context.ask(interaction, request, Door.IMAGINE, is_private=private)

    return imagine
