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
    GuildChoices,
    GuildSettings,
    RuleSubject,
    SetRule,
    Values,
)
from bot.domain.errors import NoChannelLeft, ValueOutOfRange
from bot.domain.ids import ChannelId, GuildId, MemberId, RoleId
from bot.domain.limits import FIELDS, Allowances, LimitField, OperatorLimits
from bot.domain.luma import MAX_MODEL
from bot.domain.money import MICROUSD, Month
from bot.services.limits.budgets import Prices
from bot.services.limits.qualities import Qualities
from bot.services.runtime import Runtime
from bot.store import accounts, server_settings
from bot.store.database import Connection
from bot.store.locks import lock_guild

LIMIT_MOST = 1_000_000
BUDGET_MOST_MICROUSD = 1_000_000 * MICROUSD
NOTIFY_MOST_SECONDS = 3600
#: The number of channels that Discord allows in a server.
CHANNELS_MOST = 500


@dataclass(slots=True, kw_only=True)
class Administration:
    """A change raises `ValueOutOfRange` before it changes anything, and returns the new settings."""

    runtime: Runtime
    limits: OperatorLimits
    prices: Prices
    qualities: Qualities

    async def settings(self, guild_id: GuildId) -> GuildSettings:
        return await self.runtime.database.read(self._settings, guild_id)

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

    async def set_log_channel(
        self, guild_id: GuildId, by: MemberId, channel_id: ChannelId | None
    ) -> GuildSettings:
        """Set the channel for warnings; None: no channel."""
        return await self._change(
            guild_id, by, AuditTopic.LOG_CHANNEL, lambda before: replace(before, log_channel_id=channel_id)
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
            max_price_microusd=self.prices.of(MAX_MODEL) if self.qualities.offers_max else None,
        )

    def _change_rule(
        self,
        connection: Connection,
        guild_id: GuildId,
        by: MemberId,
        subject: RuleSubject,
        changed: Callable[[Allowances], Allowances],
    ) -> GuildSettings:
        lock_guild(connection, guild_id)
        before = server_settings.rule_of(connection, guild_id, subject)
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
                before=_limit_values(before),
                after=_limit_values(after),
            )
        return self._settings(connection, guild_id)

    def _change_choices(
        self,
        connection: Connection,
        guild_id: GuildId,
        by: MemberId,
        topic: AuditTopic,
        changed: Callable[[GuildChoices], GuildChoices],
    ) -> GuildSettings:
        lock_guild(connection, guild_id)
        before = server_settings.get(connection, guild_id)
        after = changed(before)
        if after != before:
            at = self.runtime.clock.now()
            server_settings.put(connection, guild_id, after)
            if topic is AuditTopic.BUDGET:
                _reset_warnings(connection, guild_id, at)
            server_settings.record(
                connection,
                guild_id=guild_id,
                actor_id=by,
                at=at,
                topic=topic,
                subject=None,
                before=_values(topic, before),
                after=_values(topic, after),
            )
        return self._settings(connection, guild_id)


def _require(field: str, value: int, least: int, most: int) -> None:
    if not least <= value <= most:
        raise ValueOutOfRange(field, value, least, most)


def _reset_warnings(connection: Connection, guild_id: GuildId, at: datetime) -> None:
    accounts.set_warned(connection, guild_id=guild_id, month=Month.of(at), percent=0)


def _limit_values(allowances: Allowances) -> Values:
    return {field.value: allowances.of(field) for field in FIELDS}


def _values(topic: AuditTopic, chosen: GuildChoices) -> Values:
    match topic:
        case AuditTopic.BUDGET:
            return {"budget_microusd": chosen.budget_microusd}
        case AuditTopic.LOG_CHANNEL:
            return {"channel_id": chosen.log_channel_id}
        case AuditTopic.LANGUAGE:
            return {"language": chosen.language}
        case AuditTopic.QUALITY:
            roles = None if chosen.max_roles is None else sorted(chosen.max_roles)
            return {"role_ids": roles, "counts_as": chosen.max_counts_as}
        case AuditTopic.NOTICES:
            return {"seconds": chosen.notify_after_seconds}
        case _:
            return {"channel_ids": sorted(chosen.allowed_channels)}
