"""The left messages: each showed a card until its pictures were posted in a new message."""

from datetime import datetime

from sqlalchemy import bindparam, delete, exists, insert, select, update

from bot.domain.card import Card, LeftMessage
from bot.domain.ids import (
    ApplicationId,
    CardId,
    ChannelId,
    LeftMessageId,
    MessageId,
)
from bot.store.driver.connection import Connection, Row
from bot.store.schema.conditions import HAS_NEXT_TRY
from bot.store.schema.tables import left_messages


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


def due(connection: Connection, *, at: datetime) -> list[LeftMessage]:
    """Return the left messages that are due by this time, the longest due first."""
    return [_left(row) for row in connection.execute(_DUE, {"at": at})]


def of_card(connection: Connection, card_id: CardId) -> list[LeftMessage]:
    asked = select(left_messages).where(left_messages.c.card_id == card_id)
    return [_left(row) for row in connection.execute(asked.order_by(left_messages.c.id))]


def touch(connection: Connection, card_id: CardId, *, at: datetime) -> None:
    """Make the card's left messages due again, for example when its pictures were deleted."""
    behind = {"behind_since": at, "try_at": at}
    connection.execute(update(left_messages).where(left_messages.c.card_id == card_id).values(behind))


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
    )
