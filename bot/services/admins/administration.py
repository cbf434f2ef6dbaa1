"""The settings of a server. Each change is checked, then stored and audited in one transaction.

Discord decides who may change them, and chat checks that.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from bot.domain.administration import (
    COUNTS_AS_MOST,
    AuditEntry,
    AuditId,
    AuditTopic,
    Entitlement,
    GuildChoices,
    GuildSettings,
    RuleScope,
    RuleSubject,
    SetRule,
)
from bot.domain.approval import NAMED_MOST, ApprovalRules
from bot.domain.errors import NoChannelLeft, ValueOutOfRange
from bot.domain.ids import ChannelId, GuildId, MemberId, RoleId
from bot.domain.limits import Allowances, LimitField, OperatorLimits
from bot.domain.luma import MAX_MODEL
from bot.domain.money import MICROUSD, Month
from bot.domain.period import Period
from bot.domain.strikes import StrikeRules, checked_steps
from bot.services.admins import audit_values
from bot.services.limits import allowance
from bot.services.limits.budgets import Prices
from bot.services.limits.qualities import Qualities
from bot.services.runtime import Runtime
from bot.store.admission import blocks, member_blocks
from bot.store.driver.database import Connection
from bot.store.moderation import feed, moderation_posts
from bot.store.pictures import accounts
from bot.store.servers import presets, server_settings, summaries, word_lists

LIMIT_MOST = 1_000_000
BUDGET_MOST_MICROUSD = 1_000_000 * MICROUSD
NOTIFY_MOST_SECONDS = 3600
HIDE_AFTER_MOST = 100
#: The number of channels that Discord allows in a server.
CHANNELS_MOST = 500


@dataclass(slots=True, kw_only=True)
class Administration:
    """A change raises `ValueOutOfRange` before it changes anything, and returns the new settings."""

    runtime: Runtime
    limits: OperatorLimits
    prices: Prices
    qualities: Qualities
    #: Days after which the operator has prompts deleted.
    prompt_days: int

    async def settings(self, guild_id: GuildId) -> GuildSettings:
        return await self.runtime.database.read(self._settings, guild_id)

    async def entitlement(
        self, guild_id: GuildId, member_id: MemberId, role_ids: frozenset[RoleId], channel_id: ChannelId
    ) -> Entitlement:
        """Return what a member with these roles can make in the channel, and why."""
        return await self.runtime.database.read(self._entitlement, guild_id, member_id, role_ids, channel_id)

    async def set_limits(
        self,
        guild_id: GuildId,
        by: MemberId,
        subject: RuleSubject,
        changes: Mapping[LimitField, int | None],
    ) -> GuildSettings:
        """Set (0: no pictures) or clear (None) the named fields. All others stay as they are."""
        for field, limit in changes.items():
            if limit is not None:
                _require(field.value, limit, 0, LIMIT_MOST)

        def changed(before: Allowances) -> Allowances:
            return replace(before, **{field.value: limit for field, limit in changes.items()})

        return await self.runtime.database.write(self._change_rule, guild_id, by, subject, changed)

    async def clear_limits(self, guild_id: GuildId, by: MemberId, subject: RuleSubject) -> GuildSettings:
        """Remove the rule. The next rule in precedence applies from now on."""
        return await self.runtime.database.write(
            self._change_rule, guild_id, by, subject, lambda _before: Allowances()
        )

    async def set_budget(self, guild_id: GuildId, by: MemberId, budget_microusd: int | None) -> GuildSettings:
        """Set the budget of each calendar month, this one included; None removes it. Warnings start again."""
        if budget_microusd is not None:
            _require("budget_microusd", budget_microusd, self.prices.microusd, BUDGET_MOST_MICROUSD)
        return await self._change(
            guild_id, by, AuditTopic.BUDGET, lambda before: replace(before, budget_microusd=budget_microusd)
        )

    async def set_channels(
        self, guild_id: GuildId, by: MemberId, channels: Collection[ChannelId]
    ) -> GuildSettings:
        """Allow pictures in these channels and their threads only; with none, everywhere."""
        return await self._change_channels(guild_id, by, lambda _before: frozenset(channels))

    async def add_channels(
        self, guild_id: GuildId, by: MemberId, channels: Collection[ChannelId]
    ) -> GuildSettings:
        """Allow pictures in these channels, too."""
        return await self._change_channels(guild_id, by, lambda before: before.union(channels))

    async def remove_channels(
        self, guild_id: GuildId, by: MemberId, channels: Collection[ChannelId]
    ) -> GuildSettings:
        """Raise `NoChannelLeft` if no allowed channel would be left."""

        def without(before: frozenset[ChannelId]) -> frozenset[ChannelId]:
            after = before.difference(channels)
            if before and not after:
                raise NoChannelLeft
            return after

        return await self._change_channels(guild_id, by, without)

    async def _change_channels(
        self,
        guild_id: GuildId,
        by: MemberId,
        changed: Callable[[frozenset[ChannelId]], frozenset[ChannelId]],
    ) -> GuildSettings:
        def with_channels(before: GuildChoices) -> GuildChoices:
            channels = changed(before.allowed_channels)
            _require("channel_ids", len(channels), 0, CHANNELS_MOST)
            return replace(before, allowed_channels=channels)

        return await self._change(guild_id, by, AuditTopic.CHANNELS, with_channels)

    async def set_age(self, guild_id: GuildId, by: MemberId, *, is_on: bool) -> GuildSettings:
        """Have pictures made only in age-restricted channels, or everywhere again."""
        return await self._change(
            guild_id, by, AuditTopic.AGE, lambda before: replace(before, only_age_restricted=is_on)
        )

    async def set_log_channel(
        self, guild_id: GuildId, by: MemberId, channel_id: ChannelId | None
    ) -> GuildSettings:
        """Set the channel for warnings; None: no channel."""
        return await self._change(
            guild_id, by, AuditTopic.LOG_CHANNEL, lambda before: replace(before, log_channel_id=channel_id)
        )

    async def set_moderation_channel(
        self, guild_id: GuildId, by: MemberId, channel_id: ChannelId | None
    ) -> GuildSettings:
        """Set the channel of the moderators; None: no channel. What is open is posted there."""
        saved = await self._change(
            guild_id,
            by,
            AuditTopic.MODERATION,
            lambda before: replace(before, moderation_channel_id=channel_id),
        )
        self.runtime.posts_owed.send()
        return saved

    async def set_feed_channel(
        self, guild_id: GuildId, by: MemberId, channel_id: ChannelId | None
    ) -> GuildSettings:
        """Set the channel that shows each picture from now on; None: no feed."""
        return await self._change(
            guild_id, by, AuditTopic.FEED, lambda before: replace(before, feed_channel_id=channel_id)
        )

    async def set_summary(self, guild_id: GuildId, by: MemberId, *, is_on: bool) -> GuildSettings:
        """Have each week summarized in the log channel, this one first; or none any more."""
        return await self._change(
            guild_id, by, AuditTopic.SUMMARY, lambda before: replace(before, has_summary=is_on)
        )

    async def set_hiding(self, guild_id: GuildId, by: MemberId, reports: int | None) -> GuildSettings:
        """Set after how many reports a picture is hidden until a moderator decides; None: never."""
        if reports is not None:
            _require("hide_after_reports", reports, 1, HIDE_AFTER_MOST)
        return await self._change(
            guild_id, by, AuditTopic.HIDING, lambda before: replace(before, hide_after_reports=reports)
        )

    async def set_retention(self, guild_id: GuildId, by: MemberId, days: int | None) -> GuildSettings:
        """Set after how many days prompts are deleted, at most the operator's; None: as the operator says."""
        if days is not None:
            _require("retention_days", days, 1, self.prompt_days)
        return await self._change(
            guild_id, by, AuditTopic.RETENTION, lambda before: replace(before, retention_days=days)
        )

    async def set_language(self, guild_id: GuildId, by: MemberId, language: str | None) -> GuildSettings:
        """Set the language of public messages; None: as Discord says. Existing cards keep theirs."""
        return await self._change(
            guild_id, by, AuditTopic.LANGUAGE, lambda before: replace(before, language=language)
        )

    async def set_max_roles(
        self, guild_id: GuildId, by: MemberId, roles: Collection[RoleId] | None
    ) -> GuildSettings:
        """Set whose members may choose the highest quality; None: everyone."""
        chosen = None if roles is None else frozenset(roles)
        return await self._change(
            guild_id, by, AuditTopic.QUALITY, lambda before: replace(before, max_roles=chosen)
        )

    async def set_max_counts_as(self, guild_id: GuildId, by: MemberId, count: int) -> GuildSettings:
        """Set how many pictures one of the highest quality counts as, from now on."""
        _require("max_counts_as", count, 1, COUNTS_AS_MOST)
        return await self._change(
            guild_id, by, AuditTopic.QUALITY, lambda before: replace(before, max_counts_as=count)
        )

    async def set_notices(self, guild_id: GuildId, by: MemberId, after_seconds: int | None) -> GuildSettings:
        """Set after which wait members are mentioned; None: as the operator says."""
        if after_seconds is not None:
            _require("notify_after_seconds", after_seconds, 0, NOTIFY_MOST_SECONDS)
        return await self._change(
            guild_id,
            by,
            AuditTopic.NOTICES,
            lambda before: replace(before, notify_after_seconds=after_seconds),
        )

    async def set_approval(
        self, guild_id: GuildId, by: MemberId, changed: Callable[[ApprovalRules], ApprovalRules]
    ) -> GuildSettings:
        """Change which pictures need a moderator's approval, from now on."""

        def with_approval(before: GuildChoices) -> GuildChoices:
            rules = changed(before.approval)
            _require("approval", max(len(rules.roles), len(rules.channels)), 0, NAMED_MOST)
            return replace(before, approval=rules)

        return await self._change(guild_id, by, AuditTopic.APPROVAL, with_approval)

    async def set_strikes(
        self, guild_id: GuildId, by: MemberId, changed: Callable[[StrikeRules], StrikeRules]
    ) -> GuildSettings:
        """Change what is a strike, and what follows. Raises `StrikeRefused`."""

        def with_strikes(before: GuildChoices) -> GuildChoices:
            rules = changed(before.strikes)
            return replace(before, strikes=replace(rules, steps=checked_steps(rules.steps)))

        return await self._change(guild_id, by, AuditTopic.STRIKES, with_strikes)

    async def _change(
        self,
        guild_id: GuildId,
        by: MemberId,
        topic: AuditTopic,
        changed: Callable[[GuildChoices], GuildChoices],
    ) -> GuildSettings:
        return await self.runtime.database.write(self._change_choices, guild_id, by, topic, changed)

    async def language(self, guild_id: GuildId) -> str | None:
        """The one that the server has chosen."""
        return (await self.runtime.database.read(server_settings.get, guild_id)).language

    async def prompt_days_of(self, guild_id: GuildId) -> int:
        """Return the days after which the server's prompts are deleted."""
        choices = await self.runtime.database.read(server_settings.get, guild_id)
        return choices.prompt_days(self.prompt_days)

    async def audit(self, guild_id: GuildId, limit: int, before: AuditId | None = None) -> list[AuditEntry]:
        """Return the newest changes first; `before` is the last entry of the previous page."""
        return await self.runtime.database.read(server_settings.audit, guild_id, limit=limit, before=before)

    # --- transactions ---

    def _settings(self, connection: Connection, guild_id: GuildId) -> GuildSettings:
        month = Month.of(self.runtime.clock.now())
        return GuildSettings(
            guild_id=guild_id,
            choices=server_settings.get(connection, guild_id),
            rules=server_settings.all_rules(connection, guild_id),
            operator=self.limits,
            spending=accounts.spending(connection, guild_id=guild_id, month=month),
            price_microusd=self.prices.microusd,
            listed_words=word_lists.count(connection, guild_id),
            presets=presets.all_of(connection, guild_id),
            operator_days=self.prompt_days,
            max_price_microusd=self.prices.of(MAX_MODEL) if self.qualities.offers_max else None,
        )

    def _entitlement(
        self,
        connection: Connection,
        guild_id: GuildId,
        member_id: MemberId,
        role_ids: frozenset[RoleId],
        channel_id: ChannelId,
    ) -> Entitlement:
        settings, at = self._settings(connection, guild_id), self.runtime.clock.now()
        member_ids = self.runtime.pseudonyms.ids_of(member_id)
        text = server_settings.rules_for(
            connection, guild_id=guild_id, member_ids=member_ids, role_ids=role_ids, channel_id=channel_id
        )
        return Entitlement(
            member_id=member_id,
            channel_id=channel_id,
            settings=settings,
            is_server_blocked=blocks.of(connection, [guild_id], at=at) is not None,
            is_member_blocked=blocks.of(connection, member_ids, at=at) is not None,
            block=member_blocks.of(connection, guild_id, member_ids, at=at),
            usages=allowance.usages(
                connection,
                allowance.rules_by(self.limits, text),
                member_ids=member_ids,
                guild_id=guild_id,
                at=at,
            ),
            max_roles=role_ids.union([RoleId(guild_id)]).intersection(settings.choices.max_roles or ()),
        )

    def _change_rule(
        self,
        connection: Connection,
        guild_id: GuildId,
        by: MemberId,
        subject: RuleSubject,
        changed: Callable[[Allowances], Allowances],
    ) -> GuildSettings:
        before = self._taken_over(connection, guild_id, subject)
        after = changed(before)
        if after != before:
            server_settings.put_rule(connection, guild_id, SetRule(subject, after))
            server_settings.record(
                connection,
                guild_id=guild_id,
                actor_id=by,
                at=self.runtime.clock.now(),
                topic=AuditTopic.LIMITS,
                subject=subject,
                before=audit_values.limit_values(before),
                after=audit_values.limit_values(after),
            )
        return self._settings(connection, guild_id)

    def _taken_over(self, connection: Connection, guild_id: GuildId, subject: RuleSubject) -> Allowances:
        """Return the subject's rule; one from before a member deleted their data is theirs again by this."""
        found = server_settings.rule_of(connection, guild_id, subject)
        if subject.scope is not RuleScope.MEMBER:
            return found
        for kept_under in self.runtime.pseudonyms.ids_of(MemberId(subject.id))[1:]:
            other = RuleSubject.member(kept_under)
            kept = server_settings.rule_of(connection, guild_id, other)
            server_settings.put_rule(connection, guild_id, SetRule(other, Allowances()))
            if kept.are_set and not found.are_set:
                server_settings.put_rule(connection, guild_id, SetRule(subject, kept))
                found = kept
        return found

    def _change_choices(
        self,
        connection: Connection,
        guild_id: GuildId,
        by: MemberId,
        topic: AuditTopic,
        changed: Callable[[GuildChoices], GuildChoices],
    ) -> GuildSettings:
        before = server_settings.get(connection, guild_id)
        after = changed(before)
        if after != before:
            at = self.runtime.clock.now()
            server_settings.put(connection, guild_id, after)
            if topic is AuditTopic.BUDGET:
                _reset_warnings(connection, guild_id, at)
            if topic is AuditTopic.SUMMARY:
                summaries.begin_after(connection, guild_id, Period.last_week(at).first)
            if topic is AuditTopic.MODERATION:
                moderation_posts.channel_changed(connection, guild_id, after.moderation_channel_id, at=at)
            if topic is AuditTopic.FEED and after.feed_channel_id is None:
                feed.forget_unsent(connection, guild_id)
            server_settings.record(
                connection,
                guild_id=guild_id,
                actor_id=by,
                at=at,
                topic=topic,
                before=audit_values.values(topic, before),
                after=audit_values.values(topic, after),
            )
        return self._settings(connection, guild_id)


def _require(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueOutOfRange(field, value, least, most)


def _reset_warnings(connection: Connection, guild_id: GuildId, at: datetime) -> None:
    accounts.set_warned(connection, guild_id=guild_id, month=Month.of(at), percent=0)
