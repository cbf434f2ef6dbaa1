"""/config show: opens the panel of settings, and switches its views."""

import discord

from bot.chat.delivery.sender import replace_own, tell_alone
from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.submitted_values import selected
from bot.chat.presenter.elements.custom_ids import CustomId, as_choice, as_member, as_number
from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.settings.limits_panel import subject_panel
from bot.chat.presenter.settings.panel_views import View
from bot.chat.presenter.settings.settings_panel import Named, panel
from bot.chat.responses.context import Context
from bot.chat.servers.server_names import names_in
from bot.domain.administration import RuleScope, RuleSubject
from bot.domain.errors import JobUnknown
from bot.domain.ids import ChannelId, GuildId, RoleId


async def open_panel(context: Context, interaction: discord.Interaction, view: View, note: str = "") -> None:
    await _show(interaction, await _panel(context, interaction, view, note))


async def open_subject(context: Context, interaction: discord.Interaction, subject: RuleSubject) -> None:
    await _show(interaction, await _subject(context, interaction, subject))


async def refresh(
    context: Context, interaction: discord.Interaction, view: View, note: str = "", page: int = 0
) -> None:
    """Replace the panel with the pressed button, with a note about what was saved."""
    await replace_own(interaction, await _panel(context, interaction, view, note, page))


async def refresh_subject(
    context: Context, interaction: discord.Interaction, subject: RuleSubject, note: str = ""
) -> None:
    await replace_own(interaction, await _subject(context, interaction, subject, note))


# --- buttons and lists --------------------------------------------------------------------------------


async def turn(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    view = as_choice(View, pressed.text(0))
    page = pressed.number(1) if len(pressed.args) > 1 else 0
    await refresh(context, interaction, view, page=page)


async def pick(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    """Show a role, a member or a channel, chosen from Discord's own lists."""
    subject = subject_named(guild_of(interaction), pressed.text(0), selected(interaction)[0])
    await refresh_subject(context, interaction, subject)


async def pick_known(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    """Show a role, a member or a channel that has limits, even if it is gone."""
    scope, _, id_ = selected(interaction)[0].partition(".")
    await refresh_subject(context, interaction, subject_named(guild_of(interaction), scope, id_))


def subject_named(guild_id: GuildId, scope: str, id_: str) -> RuleSubject:
    """Raises `JobUnknown` for a value that only a forged list can have."""
    match scope:
        case RuleScope.ROLE:
            return RuleSubject.role(guild_id, RoleId(as_number(id_)))
        case RuleScope.MEMBER:
            return RuleSubject.member(as_member(id_))
        case RuleScope.CHANNEL:
            return RuleSubject.channel(ChannelId(as_number(id_)))
        case RuleScope.GUILD:
            return RuleSubject.everyone(guild_id)
    raise JobUnknown


# --- drawing ------------------------------------------------------------------------------------------


async def _panel(
    context: Context, interaction: discord.Interaction, view: View, note: str = "", page: int = 0
) -> Message:
    settings = await context.administration.settings(guild_of(interaction))
    names = await names_in(context.servers, settings.guild_id, Named.by(settings, view, page))
    return panel(settings, names, view, note, page)


async def _subject(
    context: Context, interaction: discord.Interaction, subject: RuleSubject, note: str = ""
) -> Message:
    settings = await context.administration.settings(guild_of(interaction))
    names = await names_in(context.servers, settings.guild_id, Named.of(subject))
    return subject_panel(settings, names, subject, note)


async def _show(interaction: discord.Interaction, message: Message) -> None:
    await tell_alone(interaction, message)
