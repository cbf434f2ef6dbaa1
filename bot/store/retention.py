"""What of old requests is forgotten: their words. That they were made, and what they cost, stays."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select, update

from bot.domain.ids import JobId
from bot.domain.job import ENDS
from bot.store.schema import jobs


def forgettable(connection: Connection, *, asked_before: datetime, after: JobId, limit: int) -> list[JobId]:
    """Ended and settled jobs of such an age that still have their words, with ids after `after`, in order."""
    old = select(jobs.c.id).where(
        jobs.c.id > after,
        jobs.c.created_at < asked_before,
        jobs.c.state.in_(ENDS),
        jobs.c.held_microusd == 0,
        jobs.c.prompt != "",
    )
    return list(connection.scalars(old.order_by(jobs.c.id).limit(limit)))


_FORGOTTEN = ("sent_prompt", "source_hash", "source_type", "asset_url", "output_url", "failure_note")


def forget(connection: Connection, job_ids: Sequence[JobId]) -> None:
    nothing = dict.fromkeys(_FORGOTTEN)
    connection.execute(update(jobs).where(jobs.c.id.in_(job_ids)).values(prompt="", **nothing))
