"""The tables with data of members, and all that there is about one member, read in pages.

A table that is not listed here has nothing about members: `tests/meta/test_personal_data.py` compares the
list with the schema.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Column,
    ColumnElement,
    Select,
    Table,
    and_,
    bindparam,
    case,
    or_,
    select,
    type_coerce,
)

from bot.domain.administration import RuleScope
from bot.domain.ids import CardId, MemberId
from bot.domain.job import JobState
from bot.store.driver.connection import Connection, Row
from bot.store.schema.tables import (
    audits,
    blocks,
    cards,
    complaints,
    dismissed,
    durations,
    events,
    exports,
    favourites,
    jobs,
    left_messages,
    member_blocks,
    members,
    moderation_posts,
    posts,
    rules,
    span_totals,
    strikes,
    totals,
)

Value = str | int | float | bool | datetime | date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """Some rows about a member."""

    table: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Value]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A table in the export: under which name, and which rows of it are the member's."""

    name: str
    table: Table
    rows: ColumnElement[bool]
    #: The columns that are left out: secrets of the operator, and encrypted ones.
    without: frozenset[str] = field(default_factory=frozenset)
    #: When a row's `output_url` is left empty: no one may see that picture yet.
    unseen: ColumnElement[bool] | None = None

    @property
    def columns(self) -> list[Column[Any]]:
        return [column for column in self.table.c if column.name not in self.without]

    @property
    def query(self) -> Select[Any]:
        return select(*map(self._shown, self.columns)).where(self.rows).order_by(*self.table.primary_key)

    def _shown(self, column: Column[Any]) -> ColumnElement[Any]:
        if self.unseen is None or column.name != "output_url":
            return column
        return type_coerce(case((self.unseen, None), else_=column), column.type).label(column.name)


_CARDS: BindParameter[Any] = bindparam("cards", expanding=True)
_MEMBER: BindParameter[Any] = bindparam("member")
_JOBS = select(jobs.c.id).where(jobs.c.card_id.in_(_CARDS))

#: What belongs to a request, found by its card.
_OF_REQUESTS = (
    _Part(
        name="requests",
        table=cards,
        rows=cards.c.id.in_(_CARDS),
        without=frozenset({"sealed_token", "token_expires_at"}),
    ),
    _Part(
        name="images",
        table=jobs,
        rows=jobs.c.card_id.in_(_CARDS),
        # The word list of a server is its own secret, unless it lets refusals say the word.
        without=frozenset({"asset_url", "listed_word"}),
        unseen=and_(jobs.c.needs_approval, jobs.c.state.not_in([JobState.READY, JobState.DELIVERED])),
    ),
    _Part(name="steps", table=events, rows=events.c.job_id.in_(_JOBS)),
    _Part(
        name="late_images",
        table=dismissed,
        rows=dismissed.c.job_id.in_(_JOBS),
        without=frozenset({"image_url"}),
        unseen=dismissed.c.job_id.in_(select(jobs.c.id).where(jobs.c.needs_approval)),
    ),
    _Part(
        name="earlier_messages",
        table=left_messages,
        rows=left_messages.c.card_id.in_(_CARDS),
        without=frozenset({"sealed_token", "token_expires_at"}),
    ),
)
#: Everything else, found by the member.
_OF_MEMBER = (
    _Part(name="choices", table=members, rows=members.c.member_id == _MEMBER),
    _Part(name="favourites", table=favourites, rows=favourites.c.member_id == _MEMBER),
    _Part(name="posts", table=posts, rows=posts.c.member_id == _MEMBER),
    _Part(name="exports", table=exports, rows=exports.c.member_id == _MEMBER),
    _Part(
        name="limits",
        table=rules,
        rows=(rules.c.scope == RuleScope.MEMBER) & (rules.c.subject_id == _MEMBER),
    ),
    _Part(name="blocks", table=blocks, rows=blocks.c.id == _MEMBER),
    _Part(
        name="server_blocks",
        table=member_blocks,
        rows=member_blocks.c.member_id == _MEMBER,
        without=frozenset({"actor_id"}),
    ),
    _Part(
        name="strikes",
        table=strikes,
        rows=strikes.c.member_id == _MEMBER,
        without=frozenset({"actor_id"}),
    ),
    _Part(name="reports", table=complaints, rows=complaints.c.member_id == _MEMBER),
    _Part(
        name="moderation",
        table=moderation_posts,
        rows=moderation_posts.c.member_id == _MEMBER,
        without=frozenset({"decided_by", "channel_id", "message_id", "subject_id"}),
    ),
    _Part(
        name="decisions",
        table=moderation_posts,
        rows=moderation_posts.c.decided_by == _MEMBER,
        without=frozenset({"member_id", "channel_id", "message_id", "subject_id"}),
    ),
    _Part(name="totals", table=totals, rows=totals.c.member_id == _MEMBER),
    _Part(name="span_totals", table=span_totals, rows=span_totals.c.member_id == _MEMBER),
    _Part(name="durations", table=durations, rows=durations.c.member_id == _MEMBER),
)

NAMES = (*(part.name for part in (*_OF_REQUESTS, *_OF_MEMBER)), "log")
EXPORTED_TABLES = (*(part.table for part in (*_OF_REQUESTS, *_OF_MEMBER)), audits)


def card_ids(connection: Connection, member_id: MemberId) -> list[CardId]:
    """Return the cards of all requests of the member, oldest first."""
    return sorted(connection.scalars(_CARD_IDS, {"member": member_id}))


def of_requests(connection: Connection, some: Sequence[CardId]) -> list[Exported]:
    """Return all rows of these requests."""
    return [_exported(connection, part, {"cards": list(some)}) for part in _OF_REQUESTS]


def beside_requests(connection: Connection, member_id: MemberId) -> list[Exported]:
    """Return all rows about the member that belong to no request. Reads some tables as a whole."""
    found = [_exported(connection, part, {"member": member_id}) for part in _OF_MEMBER]
    log = list(_log(connection, member_id))
    return [*found, Exported(table="log", columns=audits.c.keys(), rows=log)]


def _exported(connection: Connection, part: _Part, asked: Mapping[str, object]) -> Exported:
    rows = connection.execute(_QUERIES[part.name], asked)
    return Exported(table=part.name, columns=[column.name for column in part.columns], rows=rows)


# --- the log of changes ---------------------------------------------------------------------------------


def log_about(connection: Connection, member_id: MemberId) -> list[Row]:
    """Return the entries of what the member did, and of what was done to them."""
    rows = connection.execute(_AUDITS, {"member": member_id})
    return [row for row in rows if row.actor_id == member_id or is_about(row, member_id)]


def is_about(row: Row, member_id: MemberId) -> bool:
    """Return whether an entry of the log is about something that was done to the member."""
    is_subject = row.scope is RuleScope.MEMBER and row.subject_id == member_id
    if is_subject or row.about_id is not None:
        return is_subject or bool(row.about_id == member_id)
    return any(_names(text, member_id) for text in (row.before, row.after))


def _names(text: str, member_id: MemberId) -> bool:
    values = json.loads(text or "{}")
    return isinstance(values, dict) and values.get("member_id") == member_id


def _log(connection: Connection, member_id: MemberId) -> Iterator[Row]:
    """Yield the entries without who else made a change."""
    for row in log_about(connection, member_id):
        yield row if row.actor_id == member_id else row._replace(actor_id=None)


_CARD_IDS = select(jobs.c.card_id).where(jobs.c.member_id == _MEMBER).distinct()
_QUERIES = {part.name: part.query for part in (*_OF_REQUESTS, *_OF_MEMBER)}
#: Old entries say only in their values, which are encrypted, whom they are about.
_AUDITS = (
    select(audits)
    .where(
        or_(
            audits.c.actor_id == _MEMBER,
            audits.c.subject_id == _MEMBER,
            audits.c.about_id == _MEMBER,
            audits.c.about_id.is_(None),
        )
    )
    .order_by(audits.c.id)
)
