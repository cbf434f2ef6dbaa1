"""/edit: with a file, with one of one's recent pictures, or with nothing, which opens a dialogue."""

import discord
from discord import app_commands

from bot.chat.actions.edit_modals import source_of
from bot.chat.commands.autocomplete import own_source, suggest_sources
from bot.chat.commands.options import QUALITIES, STYLES, Slash, chosen_quality, chosen_style, image_command
from bot.chat.commands.preset_option import chosen_preset, suggest_presets
from bot.chat.delivery.sender import open_form
from bot.chat.incoming.attachments import FoundPicture
from bot.chat.incoming.mentions import InteractionMentions
from bot.chat.presenter.cards.forms import upload_form
from bot.chat.presenter.wording import command_words as words
from bot.chat.responses.context import Context
from bot.domain.luma import PROMPT_MOST_CHARACTERS, Style
from bot.domain.quality import Quality
from bot.domain.request import COUNT_MOST, Door, ImageRequest


def edit_command(context: Context, *, offers_max: bool) -> Slash:
    async def sources(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggest_sources(context, interaction, typed)

    async def presets(interaction: discord.Interaction, typed: str) -> list[app_commands.Choice[str]]:
        return await suggest_presets(context, interaction, typed)

    @app_commands.autocomplete(source=sources, preset=presets)
    async def edit(
        interaction: discord.Interaction,
        prompt: app_commands.Range[str, 1, PROMPT_MOST_CHARACTERS],
        image: discord.Attachment | None = None,
        source: str | None = None,
        style: str = Style.AUTO.value,
        preset: str | None = None,
        quality: str = Quality.STANDARD.value,
        count: app_commands.Range[int, 1, COUNT_MOST] = 1,
        private: bool | None = None,  # noqa: FBT001  discord.py passes options by name
        spoiler: bool = False,  # noqa: FBT001, FBT002  discord.py passes options by name
    ) -> None:
        is_private = private or False
        style_preset = await chosen_preset(context, interaction, preset)
        if image is not None:
            picture = FoundPicture.of_attachment(image).uploaded_source()
        elif source is not None:
            chosen = await own_source(context, interaction, source)
            picture = source_of(chosen.job, chosen.card, chosen.copy)
            seen_alone = chosen.card.is_private and chosen.copy is None
            is_private = seen_alone if private is None else private
        else:
            form = upload_form(
                prompt,
                chosen_style(style),
                count,
                interaction.id,
                is_private=is_private,
                is_spoiler=spoiler,
                quality=chosen_quality(quality),
                preset="" if style_preset is None else str(style_preset.id),
            )
            await open_form(interaction, form)
            return
        request = ImageRequest.checked(
            prompt=prompt,
            names=InteractionMentions(interaction),
            style=chosen_style(style),
            quality=chosen_quality(quality),
            preset=style_preset,
            count=count,
            source=picture,
            is_spoiler=spoiler,
        )
        await context.ask(interaction, request, Door.EDIT, is_private=is_private)

    choices = {"style": STYLES, "quality": QUALITIES}
    return image_command(edit, words.EDIT, words.EDIT_OPTIONS, choices, has_quality=offers_max)
