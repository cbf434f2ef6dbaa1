"""/imagine."""

import discord
from discord import app_commands

from bot.chat.commands.options import (
    QUALITIES,
    RATIOS,
    STYLES,
    Slash,
    chosen_quality,
    chosen_ratio,
    chosen_style,
    image_command,
)
from bot.chat.commands.preset_option import chosen_preset, suggest_presets
from bot.chat.incoming.mentions import InteractionMentions
from bot.chat.presenter.wording import command_words as words
from bot.chat.responses.context import Context
from bot.domain.luma import PROMPT_MOST_CHARACTERS, Style
from bot.domain.quality import Quality
from bot.domain.request import COUNT_MOST, Door, ImageRequest


def imagine_command(context: Context, *, offers_max: bool) -> Slash:
    async def presets(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggest_presets(context, interaction, typed)

    @app_commands.autocomplete(preset=presets)
    async def imagine(
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, PROMPT_MOST_CHARACTERS],
        aspect_ratio: str | None = None,
        style: str = Style.AUTO.value,
        preset: str | None = None,
        quality: str = Quality.STANDARD.value,
        count: app_commands.Range[int, 1, COUNT_MOST] = 1,
        private: bool = False,  # noqa: FBT001, FBT002  discord.py passes options by name
        spoiler: bool = False,  # noqa: FBT001, FBT002  discord.py passes options by name
    ) -> None:
        request = ImageRequest.checked(
            prompt=prompt,
            names=InteractionMentions(interaction),
            aspect_ratio=chosen_ratio(aspect_ratio),
            style=chosen_style(style),
            quality=chosen_quality(quality),
            preset=await chosen_preset(context, interaction, preset),
            count=count,
            is_spoiler=spoiler,
        )
        await context.ask(interaction, request, Door.IMAGINE, is_private=private)

    choices = {"aspect_ratio": RATIOS, "style": STYLES, "quality": QUALITIES}
    return image_command(imagine, words.IMAGINE, words.IMAGINE_OPTIONS, choices, has_quality=offers_max)
