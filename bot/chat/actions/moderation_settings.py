"""/config: saves the channels in which moderators learn what they have to decide on."""

import discord

from bot.chat.actions.settings_changes import may_post_notices, post_channel_here
from bot.chat.actions.settings_views import open_panel, refresh
from bot.chat.delivery.sender import tell_alone
from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.submitted_values import selected
from bot.chat.presenter.elements.custom_ids import CustomId
from bot.chat.presenter.settings.moderation_panel import (
    HIDING_CHOICES,
    feed_saved,
    hiding_saved,
    moderators_saved,
)
from bot.chat.presenter.settings.panel_views import View
from bot.chat.presenter.settings.settings_forms import saved
from bot.chat.responses.context import Context
from bot.domain.errors import JobUnknown
from bot.domain.ids import ChannelId, GuildId, MemberId


async def moderators_chosen(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    channel_id = _chosen(interaction, pressed)
    await context.administration.set_moderation_channel(*_by(interaction), channel_id)
    may_post = await may_post_notices(context, guild_of(interaction), channel_id)
    await refresh(context, interaction, View.MODERATION, moderators_saved(channel_id, may_post=may_post))


async def feed_chosen(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    note = await _save_feed(context, interaction, _chosen(interaction, pressed))
    await refresh(context, interaction, View.MODERATION, note)


async def hiding_chosen(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    """Raises `JobUnknown` for what only a forged list can hold."""
    value = selected(interaction)[0]
    if value not in HIDING_CHOICES:
        raise JobUnknown
    reports = HIDING_CHOICES[value]
    await context.administration.set_hiding(*_by(interaction), reports)
    await refresh(context, interaction, View.MODERATION, hiding_saved(reports))


async def change_feed(context: Context, interaction: discord.Interaction, channel_id: int | None) -> None:
    """Save the channel. Without one, show the panel."""
    if channel_id is None:
        await open_panel(context, interaction, View.MODERATION)
        return
    await tell_alone(interaction, saved(await _save_feed(context, interaction, ChannelId(channel_id))))


async def _save_feed(context: Context, interaction: discord.Interaction, channel_id: ChannelId | None) -> str:
    await context.administration.set_feed_channel(*_by(interaction), channel_id)
    may_post = await may_post_notices(context, guild_of(interaction), channel_id)
    return feed_saved(channel_id, may_post=may_post)


def _chosen(interaction: discord.Interaction, pressed: CustomId) -> ChannelId | None:
    return None if pressed.clears else post_channel_here(interaction)


def _by(interaction: discord.Interaction) -> tuple[GuildId, MemberId]:
    return guild_of(interaction), MemberId(interaction.user.id)
