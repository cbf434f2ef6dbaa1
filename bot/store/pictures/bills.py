"""The cost of pictures: the newest costs, and corrections after a job has ended.

Only ended jobs are changed here. An open job settles its own cost with its steps.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.domain.ids import RequestId
from bot.domain.job import ENDS, Job, JobState
from bot.store.driver.connection import Connection, Row
from bot.store.driver.errors import ConstraintViolated, RequestIdTaken
from bot.store.pictures import accounts, dismissed
from bot.store.pictures.job_rows import JOB, job_from
from bot.store.schema.conditions import HAS_COST, IS_UNSETTLED
from bot.store.schema.tables import jobs


def newest_costs(connection: Connection, *, model: str, limit: int) -> list[int]:
    """Return the costs of the pictures that were finished last, in micro-USD."""
    known = select(jobs.c.cost_microusd).where(HAS_COST, jobs.c.model == model)
    return [int(cost) for cost in connection.scalars(known.order_by(jobs.c.finished_at.desc()).limit(limit))]


def unsettled(connection: Connection) -> list[Job]:
    """Return ended jobs of unknown cost, oldest first."""
    return [job_from(row) for row in connection.execute(_UNSETTLED)]


def of_requests(connection: Connection, request_ids: Collection[RequestId]) -> list[Job]:
    """Return ended jobs by the provider's request ids; unknown ids are ignored."""
    return [job_from(row) for row in connection.execute(_OF_REQUESTS, {"asked": list(request_ids)})]


def settle(
    connection: Connection,
    job: Job,
    *,
    cost_microusd: int | None,
    request_id: RequestId | None = None,
    found_request_at: datetime | None = None,
    output_url: str | None = None,
) -> Job | None:
    """Save the cost of an ended job (None = it was never paid), and hold no money for it any more.

    Without a cost and a request, its submit is dismissed. `output_url` is saved if the job has none, but
    never for a rejected picture. Return None if the row no longer matches `job`. Raises `RequestIdTaken`.
    """
    columns: dict[str, object] = {"cost_microusd": cost_microusd, "held_microusd": 0, "asset_url": None}
    if request_id is not None and request_id != job.request_id:
        columns["request_id"] = request_id
        columns["found_request_at"] = found_request_at
        if dismissed.has(connection, request_id):
            raise RequestIdTaken(request_id)
    if job.output_url is None and job.state is not JobState.REJECTED:
        columns["output_url"] = output_url
    same = (
        jobs.c.id == job.id,
        jobs.c.state == job.state,
        jobs.c.state.in_(ENDS),
        jobs.c.held_microusd == job.held_microusd,
        jobs.c.cost_microusd.is_not_distinct_from(job.cost_microusd),
    )
    row: Row | None
    try:
        row = connection.execute(jobs.update().where(*same).values(columns).returning(*JOB)).one_or_none()
    except ConstraintViolated as error:
        if request_id is None:
            raise
        raise RequestIdTaken(request_id) from error
    if row is None:
        return None
    settled = job_from(row)
    accounts.book(connection, job, settled)
    if settled.request_id is None and settled.cost_microusd is None:
        dismissed.keep(connection, job)
    return settled


# --- statements that are run for each look into the history ---------------------------------------------

_UNSETTLED = select(*JOB).where(IS_UNSETTLED).order_by(jobs.c.id)
_OF_REQUESTS = select(*JOB).where(
    jobs.c.request_id.in_(bindparam("asked", expanding=True)), jobs.c.state.in_(ENDS)
)
