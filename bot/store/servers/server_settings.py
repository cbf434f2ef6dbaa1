"""The settings of servers: rules, budget and channels; and the audit of their changes."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from functools import reduce
from typing import Any, NewType

from sqlalchemy import BigInteger, Text, bindparam, cast, delete, func, insert, literal_column, or_, select

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
from bot.store.driver.connection import Connection, Row
from bot.store.driver.upsert import upsert
from bot.store.schema.tables import audits, guilds, rules
from bot.store.servers import approval_rules, strike_rules

# --- budget and channels ------------------------------------------------------------------------------


def get(connection: Connection, guild_id: GuildId) -> GuildChoices:
    """Return the settings of the server; the defaults if it has set nothing."""
    row = connection.execute(_GET, {"guild": guild_id}).one_or_none()
    return GuildChoices() if row is None else choices_from(row)


def put(connection: Connection, guild_id: GuildId, choices: GuildChoices) -> None:
    values = {
        "budget_microusd": choices.budget_microusd,
        "log_channel_id": choices.log_channel_id,
        "allowed_channels": choices.allowed_channels,
        "language": choices.language,
        "max_roles": choices.max_roles,
        "max_counts_as": choices.max_counts_as,
        "notify_after_seconds": choices.notify_after_seconds,
        "moderation_channel_id": choices.moderation_channel_id,
        "strikes": strike_rules.written(choices.strikes),
        "approval": approval_rules.written(choices.approval),
        "words_version": choices.words_version,
        "names_words": choices.names_words,
        "feed_channel_id": choices.feed_channel_id,
        "has_summary": choices.has_summary,
        "hide_after_reports": choices.hide_after_reports,
        "retention_days": choices.retention_days,
        "only_age_restricted": choices.only_age_restricted,
    }
    upsert(connection, guilds, key={"guild_id": guild_id}, values=values)


# --- rules --------------------------------------------------------------------------------------------

#: The rules that apply to a member, with a semicolon between two. What follows from a
#: text is worked out once, and kept.
RulesText = NewType("RulesText", str)


def rules_for(
    connection: Connection,
    *,
    guild_id: GuildId,
    member_ids: Sequence[MemberId],
    role_ids: Collection[RoleId],
    channel_id: ChannelId | None,
) -> RulesText:
    """Return all of the server's rules that apply to a member with these roles in the channel, as a text.

    `channel_id` is the channel of the request, or of its thread; None leaves out the rules of channels.
    """
    asked = subjects(guild_id=guild_id, member_ids=member_ids, role_ids=role_ids, channel_id=channel_id)
    return RulesText(connection.scalar(select(RULES), asked) or "")


def subjects(
    *,
    guild_id: GuildId,
    member_ids: Sequence[MemberId],
    role_ids: Collection[RoleId],
    channel_id: ChannelId | None,
) -> dict[str, object]:
    """Return the values of the statement `RULES`."""
    of_all_kinds = [guild_id, *member_ids, *role_ids, *([channel_id] if channel_id else [])]
    return {"guild": guild_id, "channel": channel_id, "subjects": of_all_kinds}


def rules_from(text: RulesText) -> ServerRules:
    default = channel = Allowances()
    channel_id: ChannelId | None = None
    members: dict[MemberId, Allowances] = {}
    roles: dict[RoleId, Allowances] = {}
    for line in text.split(";") if text else ():
        scope, subject_id, *limits = line.split(" ")
        allowances = Allowances(
            **{field: int(limit) for field, limit in zip(FIELDS, limits, strict=True) if limit != _NOT_SET}
        )
        match RuleScope(scope):
            case RuleScope.GUILD:
                default = allowances
            case RuleScope.ROLE:
                roles[RoleId(int(subject_id))] = allowances
            case RuleScope.MEMBER:
                members[MemberId(int(subject_id))] = allowances
            case RuleScope.CHANNEL:
                channel, channel_id = allowances, ChannelId(int(subject_id))
    # What was set after the member deleted their data goes before what was set earlier.
    member = members[max(members)] if members else Allowances()
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
    after: Values,
    before: Values | None = None,
    subject: RuleSubject | None = None,
) -> None:
    """Add an entry to the server's audit; `before` is left out where something new was done."""
    before = before or {}
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
            about_id=after.get("member_id") or before.get("member_id") or 0,
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
_NOT_SET = "-"
_SPACE, _DASH = (literal_column(f"'{character}'", Text) for character in (" ", _NOT_SET))
_WORDS = [
    cast(rules.c.scope, Text),
    cast(rules.c.subject_id, Text),
    *(func.coalesce(cast(rules.c[field], Text), _DASH) for field in FIELDS),
]
_RULE = reduce(lambda line, word: line + _SPACE + word, _WORDS)
#: One text with a line for each rule that applies. A server may have the same id as its first channel.
RULES = (
    select(func.aggregate_strings(_RULE, ";"))
    .where(
        rules.c.guild_id == bindparam("guild"),
        rules.c.subject_id.in_(bindparam("subjects", expanding=True)),
        or_(rules.c.scope != RuleScope.CHANNEL, rules.c.subject_id == bindparam("channel", type_=BigInteger)),
    )
    .scalar_subquery()
)


# --- out of rows --------------------------------------------------------------------------------------


def _is_about(guild_id: GuildId, subject: RuleSubject) -> Any:
    return (
        (rules.c.guild_id == guild_id) & (rules.c.subject_id == subject.id) & (rules.c.scope == subject.scope)
    )


def choices_from(row: Row) -> GuildChoices:
    return GuildChoices(
        budget_microusd=row.budget_microusd,
        log_channel_id=_channel(row.log_channel_id),
        allowed_channels=row.allowed_channels,
        language=row.language,
        max_roles=row.max_roles,
        max_counts_as=row.max_counts_as,
        notify_after_seconds=row.notify_after_seconds,
        moderation_channel_id=_channel(row.moderation_channel_id),
        words_version=row.words_version,
        names_words=row.names_words,
        feed_channel_id=_channel(row.feed_channel_id),
        has_summary=row.has_summary,
        hide_after_reports=row.hide_after_reports,
        retention_days=row.retention_days,
        only_age_restricted=row.only_age_restricted,
        strikes=strike_rules.read(row.strikes),
        approval=approval_rules.read(row.approval),
    )


def _channel(id_: int | None) -> ChannelId | None:
    return None if id_ is None else ChannelId(id_)


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
        # Without their key, both are empty.
        is_readable=bool(row.before and row.after),
        before=json.loads(row.before or "{}"),
        after=json.loads(row.after or "{}"),
    )
