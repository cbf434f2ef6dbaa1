"""/config: saves after how many days the prompts of a server are deleted."""

import discord

from bot.chat.actions.settings_views import open_panel, refresh
from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.submitted_values import selected
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.presenter.settings.panel_views import View
from bot.chat.presenter.settings.retention_settings import AS_OPERATOR_SAYS, retention_saved
from bot.chat.responses.context import Context
from bot.domain.ids import MemberId


async def change_retention(context: Context, interaction: discord.Interaction, days: int | None) -> None:
    """Save the days. Without any, show the panel."""
    note = "" if days is None else await _save(context, interaction, days)
    await open_panel(context, interaction, View.RETENTION, note)


async def retention_chosen(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    value = selected(interaction)[0]
    note = await _save(context, interaction, None if value == AS_OPERATOR_SAYS else as_number(value))
    await refresh(context, interaction, View.RETENTION, note)


async def _save(context: Context, interaction: discord.Interaction, days: int | None) -> str:
    """Raises `ValueOutOfRange` for more days than the operator's."""
    by = MemberId(interaction.user.id)
    return retention_saved(await context.administration.set_retention(guild_of(interaction), by, days))
