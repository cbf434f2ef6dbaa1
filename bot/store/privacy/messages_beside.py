"""The messages that show the pictures of a card elsewhere: those that it left, and those for moderators."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, exists, false, literal, not_, null, or_, select

from bot.domain.card import Card
from bot.store.driver.column_types import UtcMicroseconds
from bot.store.driver.connection import Connection, Row
from bot.store.schema.tables import feed_entries, jobs, left_messages, moderation_posts

#: A message whose answer did not come is looked for in its channel, which takes no longer.
FOUND_WITHIN = timedelta(minutes=10)


def hold(connection: Connection, card: Card, *, at: datetime) -> list[Row] | None:
    """Let nothing more be posted about the card, and return the messages that show its pictures alone.

    Return None while it is not known whether a message was posted: a process that was killed could not save
    its id, so it is looked for first.
    """
    asked = {"card": card.id, "begun_after": at - FOUND_WITHIN}
    if any(connection.scalar(in_doubt, asked) for in_doubt in _IN_DOUBT):
        return None
    for unsent in _DELETE_UNSENT:
        connection.execute(unsent, asked)
    return [row for query in _MESSAGES for row in connection.execute(query, asked)]


_CARD: BindParameter[Any] = bindparam("card")
_BEGUN_AFTER = bindparam("begun_after", type_=UtcMicroseconds)
_JOBS = select(jobs.c.id).where(jobs.c.card_id == _CARD)
_ARE_UNSENT = [
    (table, (table.c.job_id.in_(_JOBS), table.c.message_id.is_(None)))
    for table in (moderation_posts, feed_entries)
]
_IN_DOUBT = (
    select(
        exists().where(
            *_ARE_UNSENT[0][1],
            moderation_posts.c.channel_id.is_not(None),
            moderation_posts.c.try_at.is_not(None),
            or_(moderation_posts.c.behind_since.is_(None), moderation_posts.c.behind_since > _BEGUN_AFTER),
        )
    ),
    select(exists().where(*_ARE_UNSENT[1][1], feed_entries.c.begun_at > _BEGUN_AFTER)),
)
_DELETE_UNSENT = [delete(table).where(*are_unsent) for table, are_unsent in _ARE_UNSENT]

_beside = feed_entries.alias("beside")
_IS_SHARED = exists().where(
    _beside.c.message_id.is_not(None),
    _beside.c.message_id == feed_entries.c.message_id,
    _beside.c.job_id.not_in(_JOBS),
)
_MESSAGES = (
    select(
        left_messages.c.channel_id,
        left_messages.c.message_id,
        left_messages.c.application_id,
        left_messages.c.sealed_token,
        left_messages.c.token_expires_at,
        left_messages.c.is_private,
    ).where(left_messages.c.card_id == _CARD),
    *(
        select(
            table.c.channel_id,
            table.c.message_id,
            literal(0).label("application_id"),
            null().label("sealed_token"),
            null().label("token_expires_at"),
            false().label("is_private"),
        ).where(table.c.job_id.in_(_JOBS), table.c.message_id.is_not(None), *alone)
        for table, alone in ((moderation_posts, ()), (feed_entries, (not_(_IS_SHARED),)))
    ),
)
