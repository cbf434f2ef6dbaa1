"""Dismissed submits: the bot concluded that the provider never accepted them, and may find out otherwise.

The transaction that draws the conclusion saves it here. If the request appears in the provider's history
later, its bill is booked in addition to the job's own, and its picture is offered to the member.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update

from bot.domain.dismissed import Dismissed, Taker
from bot.domain.ids import JobId, RequestId
from bot.domain.job import Job
from bot.domain.trouble import Loss
from bot.store.driver.connection import Connection
from bot.store.driver.errors import ConstraintViolated, RequestIdTaken
from bot.store.pictures import accounts, losses
from bot.store.pictures.job_rows import JOB, AnyRow, job_from
from bot.store.schema.conditions import HAS_FOUND_REQUEST, HAS_REQUEST_ID, IS_DISMISSED
from bot.store.schema.tables import dismissed, jobs


def keep(connection: Connection, job: Job) -> None:
    """Save the job's last submit as dismissed."""
    if job.submitted_at is not None:
        values = {"job_id": job.id, "sent_at": job.submitted_at, "image_url": job.asset_url}
        connection.execute(dismissed.insert().values(values))


def open_ones(connection: Connection) -> list[tuple[Dismissed, Job]]:
    """Return the dismissed submits that have not appeared in the history, oldest first."""
    found = [_dismissed_from(row) for row in connection.execute(_OPEN_ONES)]
    by_id = _by_id(connection, {submit.job_id for submit in found})
    return [(submit, by_id[submit.job_id]) for submit in found]


def takers(connection: Connection, *, sent_since: datetime) -> list[Taker]:
    """Return the submits whose requests were found in the history, those of jobs and dismissed ones."""
    of_jobs = select(*JOB).where(HAS_FOUND_REQUEST, jobs.c.submitted_at >= sent_since)
    takers = [
        Taker(job_from(row), row.submitted_at, row.found_request_at) for row in connection.execute(of_jobs)
    ]
    found = select(dismissed).where(HAS_FOUND_REQUEST, dismissed.c.sent_at >= sent_since)
    of_dismissed = connection.execute(found).all()
    by_id = _by_id(connection, {row.job_id for row in of_dismissed})
    return takers + [Taker(by_id[row.job_id], row.sent_at, row.found_request_at) for row in of_dismissed]


def _by_id(connection: Connection, ids: Collection[JobId]) -> dict[JobId, Job]:
    if not ids:
        return {}
    return {row.id: job_from(row) for row in connection.execute(select(*JOB).where(jobs.c.id.in_(ids)))}


def book(
    connection: Connection,
    submit: Dismissed,
    *,
    request_id: RequestId,
    cost_microusd: int | None,
    output_url: str | None,
    made_at: datetime | None,
    at: datetime,
) -> Job | None:
    """Save the bill of a submit that was accepted after all (None = not paid), and return its job.

    `made_at` is the time of the request. Return None if it was found before, or if the request is a job's
    own. Raises `RequestIdTaken`.
    """
    if connection.execute(select(jobs.c.id).where(jobs.c.request_id == request_id)).first() is not None:
        return None
    found = {
        "request_id": request_id,
        "cost_microusd": cost_microusd,
        "output_url": output_url,
        "found_at": at,
        "found_request_at": made_at,
        "image_url": None,
    }
    is_it = (dismissed.c.id == submit.id, IS_DISMISSED)
    try:
        booked = connection.execute(update(dismissed).where(*is_it).values(found)).rowcount
    except ConstraintViolated as error:
        raise RequestIdTaken(request_id) from error
    if not booked:
        return None
    job = job_from(connection.execute(select(*JOB).where(jobs.c.id == submit.job_id)).one())
    if cost_microusd is not None:
        accounts.book_extra(connection, job, cost_microusd)
        losses.keep(connection, Loss.BILL)
    return job


def has(connection: Connection, request_id: RequestId) -> bool:
    """Return whether this request was found to be a dismissed submit."""
    return connection.execute(_HAS, {"request": request_id}).first() is not None


def pictures_of(connection: Connection, job_ids: Collection[JobId]) -> list[tuple[JobId, str]]:
    """Return the URLs of pictures whose dismissed submits were accepted after all, oldest first."""
    made = select(dismissed.c.job_id, dismissed.c.output_url).where(dismissed.c.output_url.is_not(None))
    made = made.where(dismissed.c.job_id.in_(job_ids)).order_by(dismissed.c.id)
    return [(job_id, url) for job_id, url in connection.execute(made)]


def count_paid(connection: Connection, *, since: datetime) -> int:
    """Count the paid ones of those that were found since then."""
    return int(connection.scalars(_COUNT_PAID, {"since": since}).one())


def forget(connection: Connection, *, sent_before: datetime) -> None:
    """Delete the dismissed submits sent before a time: they are not looked for any more."""
    connection.execute(delete(dismissed).where(IS_DISMISSED, dismissed.c.sent_at < sent_before))


# --- statements that are run every few seconds, or for each look into the history -----------------------

_OPEN_ONES = select(dismissed).where(IS_DISMISSED).order_by(dismissed.c.sent_at, dismissed.c.id)
_HAS = select(dismissed.c.id).where(HAS_REQUEST_ID, dismissed.c.request_id == bindparam("request"))
_COUNT_PAID = (
    select(func.count())
    .select_from(dismissed)
    .where(HAS_REQUEST_ID, dismissed.c.cost_microusd.is_not(None), dismissed.c.found_at >= bindparam("since"))
)


def _dismissed_from(row: AnyRow) -> Dismissed:
    return Dismissed(
        id=row.id,
        job_id=row.job_id,
        sent_at=row.sent_at,
        image_url=row.image_url,
        request_id=row.request_id,
        cost_microusd=row.cost_microusd,
        output_url=row.output_url,
    )
