"""Blocks by the operator. Who is blocked gets no more pictures, and waiting jobs are cancelled."""

from datetime import datetime

from bot.store.admission import blocks
from bot.store.driver.database import Connection
from bot.store.pictures import jobs

WHY = "blocked by the operator"


def block(
    connection: Connection, subject_id: int, *, reason: str, at: datetime, until: datetime | None = None
) -> int:
    """Block a server, or a member in all servers; return how many waiting pictures are cancelled.

    Without `until`, it has no end.

    A running bot finds its jobs changed and leaves them alone.
    """
    blocks.put(connection, subject_id, reason=reason, at=at, until=until)
    return len(jobs.cancel_queued(connection, jobs.queued_of(connection, subject_id), at=at, why=WHY))
