"""The history of each job: one row for every state that it entered, with the reason."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select

from bot.domain.ids import JobId
from bot.domain.job import JobState
from bot.store.driver.connection import Connection, Write
from bot.store.schema.tables import events


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    job_id: JobId
    #: None for the first event: the job was admitted.
    from_state: JobState | None
    to_state: JobState
    at: datetime
    why: str


def record(connection: Connection, recorded: Event) -> None:
    connection.execute(*recording(recorded))


def recording(recorded: Event) -> Write:
    e = recorded
    return _RECORD, {
        "job_id": e.job_id,
        "from_state": e.from_state,
        "to_state": e.to_state,
        "at": e.at,
        "why": e.why,
    }


def of_job(connection: Connection, job_id: JobId) -> list[Event]:
    """Return the events of a job, oldest first."""
    rows = connection.execute(_OF_JOB, {"job": job_id})
    return [
        Event(
            job_id=JobId(row.job_id), from_state=row.from_state, to_state=row.to_state, at=row.at, why=row.why
        )
        for row in rows
    ]


_RECORD = insert(events)
_OF_JOB = select(events).where(events.c.job_id == bindparam("job")).order_by(events.c.id)
