"""Blocks by the operator. Who is blocked gets no more pictures, and waiting jobs are cancelled."""

from datetime import datetime

from bot.domain.job import JobState
from bot.store import blocks, jobs
from bot.store.database import Connection

WHY = "blocked by the operator"


def block(connection: Connection, subject_id: int, *, reason: str, at: datetime) -> int:
    """Block a server, or a member in all servers; return how many waiting pictures are cancelled.

    A running bot finds its jobs changed and leaves them alone.
    """
    blocks.put(connection, subject_id, reason=reason, at=at)
    cancelled = [
        jobs.step(connection, job, JobState.CANCELLED, at=at, why=WHY)
        for job in jobs.queued_of(connection, subject_id)
    ]
    return len(cancelled)
