"""/config show for one member: what this member can generate, and why."""

import discord

from bot.chat.actions.settings_views import open_panel
from bot.chat.delivery.sender import keep_promise, promise_to_replace_own, replace_own, tell_alone
from bot.chat.incoming.payload import chosen_member_roles, guild_of, place_of, roles_of
from bot.chat.incoming.submitted_values import selected, selected_if_any
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.settings.entitlement import entitlement_panel
from bot.chat.presenter.settings.panel_views import View
from bot.chat.responses.context import Context
from bot.chat.servers.ages import is_age_restricted
from bot.domain.ids import ChannelId, MemberId, RoleId


async def show_settings(
    context: Context,
    interaction: discord.Interaction,
    member: discord.User | discord.Member | None,
    channel_id: ChannelId | None,
) -> None:
    """Show all settings, or what they amount to for a member, whose roles Discord sends with the command."""
    if member is None and channel_id is None:
        await open_panel(context, interaction, View.ALL)
        return
    who = member or interaction.user
    role_ids = roles_of(who) if isinstance(who, discord.Member) else None
    shown = await _panel(context, interaction, MemberId(who.id), channel_id, role_ids)
    await tell_alone(interaction, shown)


async def entitlement_chosen(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    """Answer a choice in a list, with which Discord sends the member's roles, or the press of a button."""
    channel_id = ChannelId(pressed.number(0)) or None
    if not selected_if_any(interaction):
        await _pressed(context, interaction, pressed.member(1), channel_id)
        return
    member_id = MemberId(as_number(selected(interaction)[0]))
    role_ids = chosen_member_roles(interaction, member_id)
    await replace_own(interaction, await _panel(context, interaction, member_id, channel_id, role_ids))


async def _pressed(
    context: Context, interaction: discord.Interaction, member_id: MemberId, channel_id: ChannelId | None
) -> None:
    await promise_to_replace_own(interaction)
    role_ids = await context.servers.role_ids(guild_of(interaction), member_id)
    await keep_promise(interaction, await _panel(context, interaction, member_id, channel_id, role_ids))


async def _panel(
    context: Context,
    interaction: discord.Interaction,
    member_id: MemberId,
    channel_id: ChannelId | None,
    role_ids: frozenset[RoleId] | None,
) -> Message:
    """Draw the panel. `role_ids` is None for people who are not on the server."""
    guild_id, place_id = guild_of(interaction), channel_id or place_of(interaction)
    entitlement = await context.administration.entitlement(
        guild_id, member_id, role_ids or frozenset(), place_id
    )
    choices, is_restricted = entitlement.settings.choices, None
    if choices.only_age_restricted:
        is_restricted = await is_age_restricted(context.servers, guild_id, place_id)
    return entitlement_panel(
        entitlement,
        is_here=role_ids is not None,
        is_age_restricted=is_restricted,
        needs_approval=choices.approval.need(role_ids or (), [place_id]),
    )
