"""Blocks by the operator. Who is blocked gets no more pictures, and waiting jobs are cancelled."""

from collections.abc import Sequence
from datetime import datetime

from bot.store.admission import blocks
from bot.store.driver.database import Connection
from bot.store.pictures import jobs

WHY = "blocked by the operator"


def block(
    connection: Connection,
    subject_ids: Sequence[int],
    *,
    reason: str,
    at: datetime,
    until: datetime | None = None,
) -> int:
    """Block a server, or a member in all servers; return how many waiting pictures are cancelled.

    `subject_ids` are all ids under which there may be a block to be replaced, the subject's own first.
    Without `until`, it has no end.

    A running bot finds its jobs changed and leaves them alone.
    """
    subject_id = subject_ids[0]
    blocks.remove(connection, *subject_ids)
    blocks.put(connection, subject_id, reason=reason, at=at, until=until)
    return len(jobs.cancel_queued(connection, jobs.queued_of(connection, subject_id), at=at, why=WHY))
