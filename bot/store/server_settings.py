"""The settings of servers: rules, budget and channels; and the audit of their changes."""

import json
from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select

from bot.domain.administration import (
    AuditEntry,
    AuditId,
    AuditTopic,
    GuildChoices,
    RuleScope,
    RuleSubject,
    SetRule,
    Values,
)
from bot.domain.ids import ChannelId, GuildId, MemberId, RoleId
from bot.domain.limits import FIELDS, Allowances, ServerRules
from bot.store.connection import Connection, Row
from bot.store.schema import audits, guilds, rules
from bot.store.upsert import upsert

# --- budget and channels ------------------------------------------------------------------------------


def get(connection: Connection, guild_id: GuildId) -> GuildChoices:
    """Return the settings of the server; the defaults if it has set nothing."""
    row = connection.execute(_GET, {"guild": guild_id}).one_or_none()
    return GuildChoices() if row is None else _choices(row)


def put(connection: Connection, guild_id: GuildId, choices: GuildChoices) -> None:
    values = {
        "budget_microusd": choices.budget_microusd,
        "log_channel_id": choices.log_channel_id,
        "allowed_channels": choices.allowed_channels,
        "language": choices.language,
        "max_roles": choices.max_roles,
        "max_counts_as": choices.max_counts_as,
        "notify_after_seconds": choices.notify_after_seconds,
    }
    upsert(connection, guilds, key={"guild_id": guild_id}, values=values)


# --- rules --------------------------------------------------------------------------------------------


def rules_for(
    connection: Connection,
    *,
    guild_id: GuildId,
    member_id: MemberId,
    role_ids: Collection[RoleId],
    channel_id: ChannelId | None,
) -> ServerRules:
    """Return all of the server's rules that may apply to a member with these roles in the channel."""
    subjects = [guild_id, member_id, *role_ids, *([channel_id] if channel_id else [])]
    default = member = channel = Allowances()
    roles: dict[RoleId, Allowances] = {}
    for row in connection.execute(_RULES_FOR, {"guild": guild_id, "subjects": subjects}):
        match row.scope:
            case RuleScope.GUILD:
                default = _allowances(row)
            case RuleScope.ROLE if row.subject_id in role_ids:
                roles[RoleId(row.subject_id)] = _allowances(row)
            case RuleScope.MEMBER if row.subject_id == member_id:
                member = _allowances(row)
            case RuleScope.CHANNEL if row.subject_id == channel_id:
                channel = _allowances(row)
    return ServerRules(default=default, roles=roles, member=member, channel=channel, channel_id=channel_id)


def all_rules(connection: Connection, guild_id: GuildId) -> list[SetRule]:
    """Return the server's default, then its roles, members and channels, each by id."""
    order = list(RuleScope)
    found = [_set_rule(row) for row in connection.execute(select(rules).where(rules.c.guild_id == guild_id))]
    return sorted(found, key=lambda rule: (order.index(rule.subject.scope), rule.subject.id))


def rule_of(connection: Connection, guild_id: GuildId, subject: RuleSubject) -> Allowances:
    row = connection.execute(select(rules).where(_is_about(guild_id, subject))).one_or_none()
    return Allowances() if row is None else _set_rule(row).allowances


def put_rule(connection: Connection, guild_id: GuildId, rule: SetRule) -> None:
    """Replace the subject's rule; a rule that sets nothing is removed."""
    if not rule.allowances.are_set:
        connection.execute(delete(rules).where(_is_about(guild_id, rule.subject)))
        return
    limits = {field.value: rule.allowances.of(field) for field in FIELDS}
    key = {"guild_id": guild_id, "subject_id": rule.subject.id, "scope": rule.subject.scope}
    upsert(connection, rules, key=key, values=limits)


# --- the audit ----------------------------------------------------------------------------------------


def record(
    connection: Connection,
    *,
    guild_id: GuildId,
    actor_id: MemberId,
    at: datetime,
    topic: AuditTopic,
    subject: RuleSubject | None,
    before: Values,
    after: Values,
) -> None:
    connection.execute(
        insert(audits).values(
            guild_id=guild_id,
            actor_id=actor_id,
            at=at,
            topic=topic,
            scope=subject.scope if subject else None,
            subject_id=subject.id if subject else None,
            before=json.dumps(before),
            after=json.dumps(after),
        )
    )


def audit(
    connection: Connection, guild_id: GuildId, *, limit: int, before: AuditId | None = None
) -> list[AuditEntry]:
    """Return the newest changes in the server, older than the entry `before`."""
    changes = select(audits).where(audits.c.guild_id == guild_id)
    if before is not None:
        changes = changes.where(audits.c.id < before)
    return [_entry(row) for row in connection.execute(changes.order_by(audits.c.id.desc()).limit(limit))]


# --- statements that are run for every request ---------------------------------------------------------

_GET = select(guilds).where(guilds.c.guild_id == bindparam("guild"))
_RULES_FOR = select(rules).where(
    rules.c.guild_id == bindparam("guild"), rules.c.subject_id.in_(bindparam("subjects", expanding=True))
)


# --- out of rows --------------------------------------------------------------------------------------


def _is_about(guild_id: GuildId, subject: RuleSubject) -> Any:
    return (
        (rules.c.guild_id == guild_id) & (rules.c.subject_id == subject.id) & (rules.c.scope == subject.scope)
    )


def _choices(row: Row) -> GuildChoices:
    return GuildChoices(
        budget_microusd=row.budget_microusd,
        log_channel_id=None if row.log_channel_id is None else ChannelId(row.log_channel_id),
        allowed_channels=row.allowed_channels,
        language=row.language,
        max_roles=row.max_roles,
        max_counts_as=row.max_counts_as,
        notify_after_seconds=row.notify_after_seconds,
    )


def _set_rule(row: Row) -> SetRule:
    return SetRule(RuleSubject(row.scope, row.subject_id), _allowances(row))


def _allowances(row: Row) -> Allowances:
    return Allowances(
        per_hour=row.per_hour,
        per_day=row.per_day,
        per_week=row.per_week,
        per_month=row.per_month,
        running=row.running,
    )


def _entry(row: Row) -> AuditEntry:
    return AuditEntry(
        id=AuditId(row.id),
        guild_id=GuildId(row.guild_id),
        actor_id=MemberId(row.actor_id),
        at=row.at,
        topic=row.topic,
        subject=None if row.scope is None else RuleSubject(row.scope, row.subject_id),
        before=json.loads(row.before),
        after=json.loads(row.after),
    )
