"""The page of styles in `/config show`: adds, changes and removes the style presets of a server."""

import discord

from bot.chat.actions.settings_views import refresh
from bot.chat.delivery.sender import open_form, replace_own
from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.submitted_values import SubmittedModal, selected
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.presenter.settings.panel_views import View, back_to
from bot.chat.presenter.wording.preset_panel import (
    NAME,
    WORDS,
    preset_form,
    preset_panel,
    preset_removed,
    preset_saved,
)
from bot.chat.responses.context import Context
from bot.domain.ids import GuildId, MemberId
from bot.domain.presets import PresetId


async def pick(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    preset_id = PresetId(as_number(selected(interaction)[0]))
    preset = await context.presets.get(guild_of(interaction), preset_id)
    await replace_own(interaction, preset_panel(preset, back_to(View.PRESETS)))


async def open_dialogue(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    """Open the dialogue for a preset, or for a new one."""
    preset = None
    if pressed.args:
        preset = await context.presets.get(guild_of(interaction), PresetId(pressed.number(0)))
    await open_form(interaction, preset_form(preset, interaction.id))


async def sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    filled = SubmittedModal.of(interaction)
    texts = filled.text(NAME), filled.text(WORDS)
    preset_id = PresetId(sent.number(0))
    if preset_id:
        preset = await context.presets.change(*_by(interaction), preset_id, *texts)
    else:
        preset = await context.presets.add(*_by(interaction), *texts)
    await refresh(context, interaction, View.PRESETS, preset_saved(preset))


async def remove(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    preset = await context.presets.remove(*_by(interaction), PresetId(pressed.number(0)))
    await refresh(context, interaction, View.PRESETS, preset_removed(preset))


def _by(interaction: discord.Interaction) -> tuple[GuildId, MemberId]:
    """Return whose presets are changed, and by which member."""
    return guild_of(interaction), MemberId(interaction.user.id)
