"""The left messages: each showed a card until its pictures were posted in a new message, or is a copy."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, exists, insert, or_, select, update

from bot.domain.card import Card, LeftMessage, NewCard
from bot.domain.ids import (
    ApplicationId,
    CardId,
    ChannelId,
    JobId,
    LeftMessageId,
    MessageId,
)
from bot.domain.job import Hiding, Job
from bot.domain.request import PictureLocation
from bot.store.driver.connection import Connection, Row
from bot.store.schema.conditions import HAS_NEXT_TRY, IS_COPY
from bot.store.schema.tables import jobs, left_messages


def keep(connection: Connection, card: Card, *, at: datetime) -> None:
    """Save the message that the card is about to leave. It is out of date from now on."""
    if card.message_id is None:
        return
    known = exists().where(left_messages.c.card_id == card.id, left_messages.c.message_id == card.message_id)
    if connection.execute(select(known)).scalar_one():
        return
    values = {
        "card_id": card.id,
        "application_id": card.application_id,
        "channel_id": card.channel_id,
        "message_id": card.message_id,
        "sealed_token": card.sealed_token,
        "token_expires_at": card.token_expires_at,
        "is_private": card.is_private,
        "behind_since": at,
        "try_at": at,
    }
    connection.execute(insert(left_messages).values(values))


def keep_copy(
    connection: Connection, job: Job, there: NewCard, message_id: MessageId, *, at: datetime
) -> LeftMessageId:
    """Save the message in which the picture is about to be posted again.

    It is due once the token has expired: a message without the picture will never get it then.
    """
    values = {
        "card_id": job.card_id,
        "application_id": there.application_id,
        "channel_id": there.channel_id,
        "message_id": message_id,
        "sealed_token": there.sealed_token,
        "token_expires_at": there.token_expires_at,
        "is_private": False,
        "behind_since": at,
        "try_at": there.token_expires_at,
        "job_id": job.id,
    }
    added = insert(left_messages).values(values).returning(left_messages.c.id)
    return LeftMessageId(connection.scalars(added).one())


def settle_copy(connection: Connection, copy_id: LeftMessageId) -> None:
    """Save that the copy shows its picture, unless it is due to be deleted meanwhile."""
    connection.execute(_SETTLE_COPY, {"copy": copy_id})


def copied_on(connection: Connection, channel_id: ChannelId, message_ids: Sequence[MessageId]) -> list[JobId]:
    """Return the pictures of which these messages are copies."""
    asked = {"channel": channel_id, "messages": message_ids}
    return [JobId(id_) for id_ in connection.scalars(_COPIED_ON, asked)]


def copy_of(connection: Connection, job_id: JobId) -> PictureLocation | None:
    """Return the place of the newest copy of the picture."""
    row = connection.execute(_COPY_OF, {"job": job_id}).first()
    return row and PictureLocation(ChannelId(row.channel_id), MessageId(row.message_id))


def forget_copies(connection: Connection, channel_id: ChannelId, message_ids: Sequence[MessageId]) -> None:
    """Delete the copies on these messages, which no longer exist in Discord."""
    connection.execute(_FORGET_COPIES, {"channel": channel_id, "messages": message_ids})


def due(connection: Connection, *, at: datetime) -> list[LeftMessage]:
    """Return the left messages that are due by this time, the longest due first."""
    return [_left(row) for row in connection.execute(_DUE, {"at": at})]


def of_card(connection: Connection, card_id: CardId) -> list[LeftMessage]:
    asked = select(left_messages).where(left_messages.c.card_id == card_id)
    return [_left(row) for row in connection.execute(asked.order_by(left_messages.c.id))]


def touch(connection: Connection, card_id: CardId, *, at: datetime) -> None:
    """Make the card's left messages due again when its pictures were deleted, and the copies of those."""
    connection.execute(_TOUCH, {"card": card_id, "at": at})


def put_off(connection: Connection, left_id: LeftMessageId, *, try_at: datetime | None) -> None:
    """Save when the message is tried again; None = it is up to date, or given up."""
    connection.execute(update(left_messages).where(left_messages.c.id == left_id).values(try_at=try_at))


def forget(connection: Connection, left_id: LeftMessageId) -> None:
    """Delete a left message that no longer exists in Discord."""
    connection.execute(delete(left_messages).where(left_messages.c.id == left_id))


def forget_tokens(connection: Connection, *, before: datetime) -> None:
    """Remove interaction tokens that expired before a time."""
    connection.execute(_FORGET_TOKENS, {"before": before})


# --- statements that are run each minute ---------------------------------------------------------------

_DUE = (
    select(left_messages)
    .where(HAS_NEXT_TRY, left_messages.c.try_at <= bindparam("at"))
    .order_by(left_messages.c.try_at)
)
_IS_AWAY = or_(jobs.c.deleted_at.is_not(None), jobs.c.hiding.in_((Hiding.HIDDEN, Hiding.RETURNING)))
_ARE_AWAY = select(jobs.c.id).where(jobs.c.card_id == bindparam("card"), _IS_AWAY)
_TOUCH = (
    update(left_messages)
    .where(
        left_messages.c.card_id == bindparam("card"),
        or_(left_messages.c.job_id.is_(None), left_messages.c.job_id.in_(_ARE_AWAY)),
    )
    .values(behind_since=bindparam("at"), try_at=bindparam("at"))
)
_ARE_COPIES_ON = (
    IS_COPY,
    left_messages.c.message_id.in_(bindparam("messages", expanding=True)),
    left_messages.c.channel_id == bindparam("channel"),
)
_COPIED_ON = select(left_messages.c.job_id).where(*_ARE_COPIES_ON).order_by(left_messages.c.id)
_FORGET_COPIES = delete(left_messages).where(*_ARE_COPIES_ON)
_SETTLE_COPY = (
    update(left_messages)
    .where(
        left_messages.c.id == bindparam("copy"), left_messages.c.try_at == left_messages.c.token_expires_at
    )
    .values(try_at=None)
)
_COPY_OF = (
    select(left_messages.c.channel_id, left_messages.c.message_id)
    .where(IS_COPY, left_messages.c.job_id == bindparam("job"))
    .order_by(left_messages.c.id.desc())
    .limit(1)
)
_FORGET_TOKENS = (
    update(left_messages)
    .where(left_messages.c.token_expires_at < bindparam("before"))
    .values(sealed_token=None, token_expires_at=None)
)


def _left(row: Row) -> LeftMessage:
    return LeftMessage(
        id=LeftMessageId(row.id),
        card_id=CardId(row.card_id),
        application_id=ApplicationId(row.application_id),
        channel_id=ChannelId(row.channel_id),
        message_id=MessageId(row.message_id),
        sealed_token=row.sealed_token,
        token_expires_at=row.token_expires_at,
        is_private=row.is_private,
        behind_since=row.behind_since,
        job_id=row.job_id and JobId(row.job_id),
    )
