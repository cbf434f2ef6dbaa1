"""The table of cards: the place of each answer, and the cards whose messages are out of date."""

from datetime import datetime
from operator import attrgetter
from typing import Any

from sqlalchemy import BigInteger, BindParameter, Integer, bindparam, case, exists, func, or_, select, update

from bot.domain.card import LAST_WORD, Card, NewCard
from bot.domain.ids import CardId, ChannelId, MessageId
from bot.domain.job import Job
from bot.store.driver.connection import Connection, Row, Write
from bot.store.pictures import left_messages
from bot.store.pictures.job_rows import JOB, job_from
from bot.store.schema.conditions import HAS_TOKEN, IS_ANSWERED, IS_DUE, IS_OPEN, IS_UNANSWERED
from bot.store.schema.tables import cards, jobs

#: The columns of a card, which have the names of its fields. Its prompt is read with its jobs.
_CARD = [column for column in cards.c if column is not cards.c.prompt]
_FIELDS = [column.name for column in _CARD]
_VALUES = attrgetter(*_FIELDS)


def inserting(card: Card, *, prompt: str) -> Write:
    """Insert the card, all of whose jobs have this `prompt`. An interaction never makes two cards."""
    return _INSERT, {**dict(zip(_FIELDS, _VALUES(card), strict=True)), "prompt": prompt}


def get(connection: Connection, card_id: CardId) -> Card | None:
    row = connection.execute(_GET, {"card": card_id}).one_or_none()
    return None if row is None else _card(row)


def with_jobs(connection: Connection, card_id: CardId) -> tuple[Card, list[Job]] | None:
    """Return the card and its jobs by position, in one statement: each edit of a message needs them."""
    rows = connection.execute(_WITH_JOBS, {"card": card_id})
    return (_card(rows[0][len(JOB) :]), [job_from(row) for row in rows]) if rows else None


def answered(
    connection: Connection,
    card_id: CardId,
    *,
    message_id: MessageId,
    channel_id: ChannelId | None = None,
    revision: int | None = None,
) -> Card:
    """Save the place of the first answer. From now on, the card's jobs may be submitted.

    `revision` is the one that the answer shows, if it is known.
    """
    place = {"message": message_id, "channel": channel_id, "number": revision}
    return _card(connection.execute(_ANSWERED, {"card": card_id, **place}).one())


def shown(
    connection: Connection,
    seen: Card,
    *,
    revision: int,
    message_id: MessageId,
    channel_id: ChannelId,
    at: datetime,
) -> bool:
    """Save the revision that Discord shows, and the place of the message. A lost card is found by this.

    `seen` is the card as the caller read it before the edit. Another process may have shown another revision
    since then. Then the edits may have arrived in either order. So the card counts as showing the older
    revision, and is due again: return False.
    """
    if seen.message_id != message_id:
        left_messages.keep(connection, seen, at=at)
    place = {"card": seen.id, "number": revision, "message": message_id, "channel": channel_id}
    newest = connection.execute(_SHOWN, {**place, "seen_number": seen.shown_revision})
    if (kept := newest.scalar_one_or_none()) is not None:
        return bool(kept == revision)
    return not connection.execute(_SHOWN_OLDER, place).rowcount


def move(connection: Connection, card: Card, to: NewCard, *, message_id: MessageId, at: datetime) -> None:
    """Move the card to the message of another answer."""
    left_messages.keep(connection, card, at=at)
    home = {
        "application_id": to.application_id,
        "channel_id": to.channel_id,
        "sealed_token": to.sealed_token,
        "token_expires_at": to.token_expires_at,
        "is_private": to.is_private,
        "upload_limit": to.upload_limit,
        "language": to.language,
        "message_id": message_id,
        "is_lost": False,
        "is_gone": False,
        "owes_notice": False,  # the member has just asked for the new message
        **_ON_TIME,
    }
    connection.execute(update(cards).where(cards.c.id == card.id).values(home))


def touch(connection: Connection, card_id: CardId) -> None:
    """Make the card due to be shown again."""
    connection.execute(_TOUCH, {"card": card_id})


def touch_fading(connection: Connection, *, at: datetime) -> None:
    """Make private cards with open pictures due once more, just before their tokens expire."""
    connection.execute(_TOUCH_FADING, {"now": at, "soon": at + LAST_WORD})


def due(connection: Connection, *, at: datetime | None = None) -> list[CardId]:
    """Return the answered cards that are out of date, oldest first; with `at`, those to be tried by then."""
    found = connection.scalars(_DUE) if at is None else connection.scalars(_DUE_BY, {"at": at})
    return [CardId(id_) for id_ in found]


def put_off(connection: Connection, card_id: CardId, *, behind_since: datetime, try_at: datetime) -> None:
    """Postpone the next edit of the card's message to `try_at`, for all processes."""
    behind = {"behind_since": behind_since, "try_at": try_at}
    connection.execute(update(cards).where(cards.c.id == card_id).values(behind))


def unanswered(connection: Connection, *, before: datetime) -> list[Card]:
    """Return the cards made before a time whose first answer did not reach Discord and that are not lost."""
    return [_card(row) for row in connection.execute(_UNANSWERED, {"before": before})]


def lost(connection: Connection, card_id: CardId) -> None:
    """Mark the card as lost: the bot cannot edit its message, so it is never due or unanswered again."""
    connection.execute(update(cards).where(cards.c.id == card_id).values(is_lost=True))


def forget_tokens(connection: Connection, *, before: datetime) -> int:
    """Remove interaction tokens that expired before a time; return how many."""
    return connection.execute(_FORGET_TOKENS, {"before": before}).rowcount


_INSERT = cards.insert()
#: Finds the card that a request has made before.
ID_OF_INTERACTION = select(cards.c.id).where(cards.c.interaction_id == bindparam("interaction"))
_IS_IT = cards.c.id == bindparam("card")
_GET = select(*_CARD).where(_IS_IT)
_WITH_JOBS = (
    select(*JOB, *_CARD).join(cards, jobs.c.card_id == cards.c.id).where(_IS_IT).order_by(jobs.c.position)
)
_TOUCH = update(cards).where(_IS_IT).values(revision=cards.c.revision + 1)
_HAS_OPEN = exists().where(jobs.c.card_id == cards.c.id, IS_OPEN)
_FADES_SOON = (cards.c.token_expires_at > bindparam("now"), cards.c.token_expires_at <= bindparam("soon"))
_TOUCH_FADING = (
    update(cards)
    .where(HAS_TOKEN, *_FADES_SOON, IS_ANSWERED, cards.c.is_private, _HAS_OPEN)
    .values(revision=cards.c.revision + 1)
)
_DUE = select(cards.c.id).where(IS_DUE).order_by(cards.c.id)
_DUE_BY = _DUE.where(or_(cards.c.try_at.is_(None), cards.c.try_at <= bindparam("at")))
_UNANSWERED = select(*_CARD).where(IS_UNANSWERED, cards.c.created_at < bindparam("before"))
_FORGET_TOKENS = (
    update(cards).where(HAS_TOKEN, cards.c.token_expires_at < bindparam("before")).values(sealed_token=None)
)
_NUMBER = bindparam("number", type_=Integer)
#: The values of a card that is up to date.
_ON_TIME: dict[str, None] = {"behind_since": None, "try_at": None}
_PLACE: dict[str, BindParameter[Any]] = {
    "message_id": bindparam("message"),
    "channel_id": bindparam("channel"),
}
_ANSWERED = (
    update(cards)
    .where(_IS_IT)
    .values(
        message_id=_PLACE["message_id"],
        channel_id=func.coalesce(bindparam("channel", type_=BigInteger), cards.c.channel_id),
        shown_revision=case((cards.c.shown_revision < _NUMBER, _NUMBER), else_=cards.c.shown_revision),
    )
    .returning(*_CARD)
)
_WAS_LAST = or_(cards.c.shown_revision == bindparam("seen_number"), cards.c.shown_revision == _NUMBER)
_SHOWN = (
    update(cards)
    .where(_IS_IT, cards.c.shown_revision <= _NUMBER)
    .values(
        shown_revision=case((_WAS_LAST, _NUMBER), else_=cards.c.shown_revision),
        is_lost=cards.c.is_gone,
        **_PLACE,
        **_ON_TIME,
    )
    .returning(cards.c.shown_revision)
)
_SHOWN_OLDER = (
    update(cards)
    .where(
        _IS_IT,
        cards.c.shown_revision > _NUMBER,
        *(cards.c[name] == place for name, place in _PLACE.items()),
    )
    .values(shown_revision=_NUMBER)
)


def _card(row: Row) -> Card:
    return Card(**dict(zip(_FIELDS, row, strict=True)))
