"""/config: how the bot works on a server."""

import discord
from discord import app_commands

from bot.chat.access.permission_checks import RestrictedCommand
from bot.chat.actions import moderation_settings, settings_changes
from bot.chat.actions.config_check import show_check
from bot.chat.actions.entitlements import show_settings
from bot.chat.actions.log_settings import change_log
from bot.chat.actions.retention_settings import change_retention
from bot.chat.actions.settings_views import open_panel
from bot.chat.actions.strike_settings import open_strikes
from bot.chat.actions.word_list import open_words
from bot.chat.commands.options import LANGUAGE_CHOICES, LogPlace, Place, chosen_language
from bot.chat.commands.restricted_group import RestrictedGroup
from bot.chat.incoming.payload import guild_of
from bot.chat.presenter.settings.panel_views import View
from bot.chat.presenter.wording import command_words as words
from bot.chat.responses.context import Context
from bot.domain.administration import RuleSubject
from bot.domain.ids import ChannelId, GuildId, MemberId, RoleId
from bot.domain.limits import Allowances


def config_commands(context: Context, *, offers_max: bool) -> app_commands.Group:
    group = RestrictedGroup(context, RestrictedCommand.CONFIG, words.CONFIG)

    @group.command(name="show", description=words.CONFIG_SHOW)
    @app_commands.describe(**words.CONFIG_SHOW_OPTIONS)
    async def show(
        interaction: discord.Interaction, member: discord.User | None = None, channel: Place | None = None
    ) -> None:
        await show_settings(context, interaction, member, channel)

    @group.command(name="limits", description=words.CONFIG_LIMITS)
    @app_commands.describe(**words.CONFIG_LIMITS_OPTIONS)
    async def limits(
        interaction: discord.Interaction,
        role: discord.Role | None = None,
        member: discord.User | None = None,
        channel: Place | None = None,
        per_hour: int | None = None,
        per_day: int | None = None,
        per_week: int | None = None,
        per_month: int | None = None,
        running: int | None = None,
        clear: bool = False,  # noqa: FBT001, FBT002  discord.py passes options by name
    ) -> None:
        if sum(chosen is not None for chosen in (role, member, channel)) > 1:
            await settings_changes.refuse_several(interaction)
            return
        subject = _subject(guild_of(interaction), role, member, channel)
        given = Allowances(
            per_hour=per_hour, per_day=per_day, per_week=per_week, per_month=per_month, running=running
        )
        await settings_changes.change_limits(context, interaction, subject, given, is_cleared=clear)

    @group.command(name="budget", description=words.CONFIG_BUDGET)
    @app_commands.describe(**words.CONFIG_BUDGET_OPTIONS)
    async def budget(
        interaction: discord.Interaction,
        usd: str | None = None,
        clear: bool = False,  # noqa: FBT001, FBT002  discord.py passes options by name
    ) -> None:
        await settings_changes.change_budget(context, interaction, usd, is_cleared=clear)

    @group.command(name="channels", description=words.CONFIG_CHANNELS)
    @app_commands.describe(**words.CONFIG_CHANNELS_OPTIONS)
    async def channels(
        interaction: discord.Interaction,
        age_restricted: bool | None = None,  # noqa: FBT001  discord.py passes options by name
    ) -> None:
        await settings_changes.change_channels(context, interaction, is_on=age_restricted)

    @group.command(name="log", description=words.CONFIG_LOG)
    @app_commands.describe(**words.CONFIG_LOG_OPTIONS)
    async def log(
        interaction: discord.Interaction,
        channel: LogPlace | None = None,
        summary: bool | None = None,  # noqa: FBT001  discord.py passes options by name
    ) -> None:
        await change_log(context, interaction, channel, has_summary=summary)

    @group.command(name="language", description=words.CONFIG_LANGUAGE)
    @app_commands.describe(**words.CONFIG_LANGUAGE_OPTIONS)
    @app_commands.choices(language=LANGUAGE_CHOICES)
    async def language(interaction: discord.Interaction, language: str | None = None) -> None:
        await settings_changes.change_language(context, interaction, chosen_language(language))

    _add_strikes(context, group)

    @group.command(name="check", description=words.CONFIG_CHECK)
    async def check(interaction: discord.Interaction) -> None:
        await show_check(context, interaction)

    _add_approval(context, group)
    _add_words(context, group)
    _add_feed(context, group)
    _add_retention(context, group)
    if offers_max:
        _add_quality(context, group)
    return group


def _add_approval(context: Context, group: app_commands.Group) -> None:
    @group.command(name="approval", description=words.CONFIG_APPROVAL)
    async def approval(interaction: discord.Interaction) -> None:
        await open_panel(context, interaction, View.APPROVAL)


def _add_words(context: Context, group: app_commands.Group) -> None:
    @group.command(name="words", description=words.CONFIG_WORDS)
    async def word_list(interaction: discord.Interaction) -> None:
        await open_words(context, interaction)


def _add_feed(context: Context, group: app_commands.Group) -> None:
    @group.command(name="feed", description=words.CONFIG_FEED)
    @app_commands.describe(**words.CONFIG_FEED_OPTIONS)
    async def feed(interaction: discord.Interaction, channel: LogPlace | None = None) -> None:
        await moderation_settings.change_feed(context, interaction, channel)


def _add_retention(context: Context, group: app_commands.Group) -> None:
    @group.command(name="retention", description=words.CONFIG_RETENTION)
    @app_commands.describe(**words.CONFIG_RETENTION_OPTIONS)
    async def retention(interaction: discord.Interaction, days: int | None = None) -> None:
        await change_retention(context, interaction, days)


def _add_strikes(context: Context, group: app_commands.Group) -> None:
    @group.command(name="strikes", description=words.CONFIG_STRIKES)
    async def strikes(interaction: discord.Interaction) -> None:
        await open_strikes(context, interaction)


def _add_quality(context: Context, group: app_commands.Group) -> None:
    @group.command(name="quality", description=words.CONFIG_QUALITY)
    async def quality(interaction: discord.Interaction) -> None:
        await open_panel(context, interaction, View.QUALITY)


def _subject(
    guild_id: GuildId, role: discord.Role | None, member: discord.User | None, channel_id: ChannelId | None
) -> RuleSubject:
    if channel_id is not None:
        return RuleSubject.channel(channel_id)
    if role is not None:
        return RuleSubject.role(guild_id, RoleId(role.id))
    return RuleSubject.everyone(guild_id) if member is None else RuleSubject.member(MemberId(member.id))
