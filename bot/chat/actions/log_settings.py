"""/config log: saves the log channel, and whether each week is summarized there."""

import discord

from bot.chat.actions.settings_changes import may_post_notices, post_channel_here
from bot.chat.actions.settings_views import open_panel, refresh
from bot.chat.delivery.sender import tell_alone
from bot.chat.incoming.payload import guild_of
from bot.chat.presenter.elements.custom_ids import CustomId
from bot.chat.presenter.settings.log_settings import summary_saved
from bot.chat.presenter.settings.panel_views import View
from bot.chat.presenter.settings.settings_forms import log_saved, saved
from bot.chat.responses.context import Context
from bot.domain.ids import ChannelId, MemberId


async def change_log(
    context: Context,
    interaction: discord.Interaction,
    channel_id: ChannelId | None,
    *,
    has_summary: bool | None,
) -> None:
    """Save what is given. Without anything, show the panel."""
    notes = []
    if channel_id is not None:
        notes.append(await _save_channel(context, interaction, channel_id))
    if has_summary is not None:
        notes.append(await _save_summary(context, interaction, is_on=has_summary))
    if notes:
        await tell_alone(interaction, saved("\n".join(notes)))
    else:
        await open_panel(context, interaction, View.LOG)


async def log_chosen(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    channel_id = None if pressed.clears else post_channel_here(interaction)
    await refresh(context, interaction, View.LOG, await _save_channel(context, interaction, channel_id))


async def summary_switched(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    note = await _save_summary(context, interaction, is_on=pressed.flag(0))
    await refresh(context, interaction, View.LOG, note)


async def _save_channel(
    context: Context, interaction: discord.Interaction, channel_id: ChannelId | None
) -> str:
    guild_id = guild_of(interaction)
    await context.administration.set_log_channel(guild_id, MemberId(interaction.user.id), channel_id)
    return log_saved(channel_id, may_post=await may_post_notices(context, guild_id, channel_id))


async def _save_summary(context: Context, interaction: discord.Interaction, *, is_on: bool) -> str:
    by = guild_of(interaction), MemberId(interaction.user.id)
    settings = await context.administration.set_summary(*by, is_on=is_on)
    return summary_saved(settings.choices)
