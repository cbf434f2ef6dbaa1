"""The public places of pictures, so that no link leads to a message without a picture."""

from collections.abc import Collection

from sqlalchemy import BigInteger, bindparam, or_, select, update

from bot.domain.ids import CardId, JobId
from bot.domain.request import PictureLocation, Source
from bot.store.driver.connection import Connection
from bot.store.schema.tables import cards, jobs


def of_source(connection: Connection, source: Source | None) -> PictureLocation | None:
    """Return the public place of the source; None if it has none, or if its message is private or gone.

    The bot does not learn when messages are deleted that are not its cards.
    """
    place = source.location if source else None
    if place is None:
        return None
    asked = {"message": place.message_id, "channel": place.channel_id, "attachment": place.attachment_id}
    there = connection.execute(_THERE, asked)
    is_seen = any(not (row.is_private or row.is_lost or row.deleted_at or row.hiding) for row in there)
    return place if is_seen or not there else None


def touch_edits_of(connection: Connection, job_ids: Collection[JobId]) -> list[CardId]:
    """Make the public cards with edits of these jobs due to be shown again, and return their ids."""
    edits = select(jobs.c.card_id).where(jobs.c.source_job_id.in_(job_ids))
    is_reachable = (~cards.c.is_private, ~cards.c.is_lost, cards.c.message_id.is_not(None))
    touched = update(cards).where(cards.c.id.in_(edits), *is_reachable)
    touched = touched.values(revision=cards.c.revision + 1)
    return list(connection.scalars(touched.returning(cards.c.id)))


_ATTACHMENT = bindparam("attachment", type_=BigInteger)
_THERE = (
    select(cards.c.is_private, cards.c.is_lost, jobs.c.deleted_at, jobs.c.hiding)
    .join(jobs, jobs.c.card_id == cards.c.id)
    .where(
        cards.c.message_id == bindparam("message"),
        cards.c.channel_id == bindparam("channel"),
        or_(_ATTACHMENT.is_(None), jobs.c.attachment_id == _ATTACHMENT),
    )
)
