"""The table of jobs: one row per picture.

`step` is the only way from one state to the next. It is a compare-and-set on (id, state, fence).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, TypedDict, Unpack

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.sql.dml import ReturningUpdate

from bot.domain.failure import Failure
from bot.domain.ids import (
    AttachmentId,
    CardId,
    ChannelId,
    GuildId,
    JobId,
    MemberId,
    MessageId,
    PictureNumber,
    RequestId,
)
from bot.domain.job import STEPS, Hiding, Job, JobState, held_after, is_quiet
from bot.store.driver.connection import Connection, Write
from bot.store.driver.errors import ConstraintViolated, RequestIdTaken, StepRefused
from bot.store.pictures import accounts, cards, dismissed, events
from bot.store.pictures.events import Event
from bot.store.pictures.job_rows import JOB, AnyRow, columns_of, failure_columns, job_from
from bot.store.schema.conditions import HAS_DURATION, HAS_REQUEST_ID, IS_ANSWERED, IS_OPEN, IS_PARKED
from bot.store.schema.tables import cards as card_table
from bot.store.schema.tables import dismissed as dismissed_table
from bot.store.schema.tables import jobs

#: The submit may be under way, or its answer was lost.
IN_DOUBT = (JobState.SUBMITTING, JobState.UNRESOLVED)


class Changes(TypedDict, total=False):
    """The fields of a `Job` that may change, other than its state."""

    submitted_at: datetime | None
    finished_at: datetime
    delivered_at: datetime
    parked_at: datetime | None
    deleted_at: datetime
    moderation_reason: str | None
    hiding: Hiding | None
    source_hash: str
    source_type: str
    asset_url: str | None
    sent_prompt: str | None
    request_id: RequestId
    found_request_at: datetime | None
    output_url: str | None
    cost_microusd: int | None
    provider_seconds: float | None
    polls: int
    attachment_id: AttachmentId
    failure: Failure
    counts: int


# --- changes ------------------------------------------------------------------------------------------


def inserting(job: Job) -> Write:
    """Insert a job that waits in line."""
    return _INSERT, columns_of(job)


def claim(connection: Connection, job_id: JobId) -> Job | None:
    """Take over the job in any state: from now on, steps by older holders are refused."""
    return _job_or_none(connection.execute(_CLAIM, {"job": job_id}).one_or_none())


def claim_all(connection: Connection, job_ids: Sequence[JobId]) -> list[Job]:
    """Take over all of these jobs that exist, in one statement."""
    return [job_from(row) for row in connection.execute(_CLAIM_ALL, {"jobs": job_ids})]


def step(
    connection: Connection, job: Job, to: JobState, *, at: datetime, why: str, **changes: Unpack[Changes]
) -> Job | None:
    """Change the job's state from that of `job` to `to`; return None if the row no longer matches `job`.

    The same transaction books money and totals, records the event, makes the card due unless the step is
    quiet, and saves a dismissed submit. `why` is for operators and contains no secret. At an end, the URLs of
    the source are deleted. What was sent to the provider stays until the cost is settled: a doubtful request
    can only be found by it. Raises `StepRefused` for a step that does not exist, and `RequestIdTaken`.
    """
    if to not in STEPS[job.state]:
        raise StepRefused(job.id, job.state, to)
    columns = {**_columns(changes), "state": to, "state_at": at, "counts": int(to.counts)}
    failure = changes.get("failure")
    cost = changes.get("cost_microusd", job.cost_microusd)
    held = held_after(job, to, failure.kind if failure else None, cost)
    columns["held_microusd"] = held
    if to.is_end:
        columns |= {"source_url": None} | ({} if held else {"asset_url": None})
    stepped = _change(connection, _STEP, job, columns | {"from_state": job.state})
    if stepped is not None:
        accounts.book(connection, job, stepped)
        events.record(connection, _event(job, job.state, to, at, why))
        if job.state is JobState.UNRESOLVED and (to is JobState.QUEUED or (to.is_end and not held)):
            dismissed.keep(connection, job)
        if not is_quiet(job.state, to):
            cards.touch(connection, job.card_id)
    return stepped


def cancel_queued(connection: Connection, found: Iterable[Job], *, at: datetime, why: str) -> list[Job]:
    """Cancel and return those that are not sent yet. A job that is sent at this moment may finish."""
    # All jobs are locked before the money, as by the tasks that drive them.
    held = [note(connection, job) for job in found if job.state is JobState.QUEUED]
    steps = [step(connection, job, JobState.CANCELLED, at=at, why=why) for job in held if job is not None]
    return [job for job in steps if job is not None]


def note(
    connection: Connection, job: Job, *, touches_card: bool = False, **changes: Unpack[Changes]
) -> Job | None:
    """Save changes without a step; return None if another holder has claimed the job since."""
    noted = _change(connection, _NOTE, job, _columns(changes))
    if noted is not None and touches_card:
        cards.touch(connection, job.card_id)
    return noted


def set_source(connection: Connection, card_id: CardId, *, source_hash: str, source_type: str) -> None:
    """Save the prepared source of a card's open jobs, which all edit the same picture."""
    _change_open(connection, card_id, {"source_hash": source_hash, "source_type": source_type})


def set_asset(connection: Connection, card_id: CardId, asset_url: str | None) -> None:
    """Save the URL at which the provider finds the source of a card's open jobs."""
    _change_open(connection, card_id, {"asset_url": asset_url})


def touch_cards(connection: Connection, job_ids: Collection[JobId]) -> set[CardId]:
    """Make the cards of these jobs due to be shown again, and return their ids."""
    of_these = card_table.c.id.in_(select(jobs.c.card_id).where(jobs.c.id.in_(job_ids)))
    touched = card_table.update().where(of_these).values(revision=card_table.c.revision + 1)
    return set(connection.scalars(touched.returning(card_table.c.id)))


# --- single jobs --------------------------------------------------------------------------------------


def get(connection: Connection, job_id: JobId) -> Job | None:
    return _job_or_none(connection.execute(_GET, {"job": job_id}).one_or_none())


def numbered(connection: Connection, guild_id: GuildId, number: PictureNumber) -> Job | None:
    """Return the job with this number in the server."""
    return _job_or_none(connection.execute(_OF_NUMBER, {"guild": guild_id, "number": number}).one_or_none())


def of_card(connection: Connection, card_id: CardId) -> list[Job]:
    """Return the jobs of a card by position."""
    return [job_from(row) for row in connection.execute(_OF_CARD, {"card": card_id})]


def of_message(connection: Connection, *, channel_id: ChannelId, message_id: MessageId) -> list[Job]:
    """Return the jobs that a message of the bot shows, by position; [] for any other message."""
    shown_there = (
        select(*JOB)
        .join(card_table, jobs.c.card_id == card_table.c.id)
        .where(card_table.c.message_id == message_id, card_table.c.channel_id == channel_id)
        .order_by(jobs.c.card_id, jobs.c.position)
    )
    return _jobs(connection, shown_there)


def recent(
    connection: Connection,
    *,
    guild_id: GuildId,
    member_id: MemberId,
    limit: int,
    states: Collection[JobState] | None = None,
) -> list[Job]:
    """Return a member's jobs in one server, newest first."""
    asked = select(*JOB).where(jobs.c.member_id == member_id, jobs.c.guild_id == guild_id)
    if states is not None:
        asked = asked.where(jobs.c.state.in_(states))
    return _jobs(connection, asked.order_by(jobs.c.id.desc()).limit(limit))


# --- what is left to do -------------------------------------------------------------------------------


def open_ids(connection: Connection) -> list[JobId]:
    """Return the jobs of answered cards for which the bot has something to do, oldest first."""
    return list(connection.scalars(_OPEN_IDS))


def first_queued(connection: Connection, *, limit: int) -> list[JobId]:
    """Return the jobs that have waited longest to be sent."""
    queued = select(jobs.c.id).where(IS_OPEN, jobs.c.state == JobState.QUEUED)
    return list(connection.scalars(queued.order_by(jobs.c.id).limit(limit)))


def queued_of(connection: Connection, subject_id: int) -> list[Job]:
    """Return the jobs of a server or a member that are not sent yet."""
    is_of_subject = or_(jobs.c.guild_id == subject_id, jobs.c.member_id == subject_id)
    queued = select(*JOB).where(IS_OPEN, jobs.c.state == JobState.QUEUED, is_of_subject)
    return _jobs(connection, queued.order_by(jobs.c.id))


def overdue(connection: Connection, asked_before: Mapping[JobState, datetime]) -> list[Job]:
    """Return the open jobs in these states that were requested before the time given for the state."""
    return _jobs(
        connection, _overdue(tuple(asked_before)), **{str(it): at for it, at in asked_before.items()}
    )


def parked_before(connection: Connection, before: datetime) -> list[Job]:
    """Return the jobs that were parked before a time, longest first."""
    return _jobs(connection, _PARKED_BEFORE, before=before)


def in_doubt(connection: Connection) -> list[Job]:
    """Return the jobs that the provider may or may not have accepted, oldest first."""
    return _jobs(connection, _IN_DOUBT)


def counts_by_state(connection: Connection) -> dict[JobState, int]:
    """Count the jobs that are not ended and not parked, by state; states without jobs are 0."""
    counts = dict.fromkeys((state for state in JobState if not state.is_end), 0)
    return counts | {row.state: row.jobs for row in connection.execute(_COUNTS_BY_STATE)}


def sources_in_use(connection: Connection) -> set[str]:
    """Return the hashes of the prepared sources that open jobs may need."""
    return set(connection.scalars(_SOURCES_IN_USE))


def known_request_ids(connection: Connection, request_ids: Iterable[RequestId]) -> set[RequestId]:
    """Return those ids that belong to a job of ours, or to a dismissed submit of one."""
    asked = list(request_ids)
    return {
        request_id
        for known in _KNOWN_REQUEST_IDS
        for request_id in connection.scalars(known, {"asked": asked})
    }


def durations(connection: Connection, *, model: str, limit: int) -> list[tuple[bool, float]]:
    """Return the newest finished pictures as pairs: is it an edit, and the provider's seconds."""
    newest = (
        select(jobs.c.is_edit, jobs.c.provider_seconds)
        .where(HAS_DURATION, jobs.c.model == model)
        .order_by(jobs.c.finished_at.desc())
        .limit(limit)
    )
    return [(is_edit, seconds) for is_edit, seconds in connection.execute(newest)]


# --- statements that are run often: built once, since that takes longer than running them --------------

_IS_IT = jobs.c.id == bindparam("job")
_INSERT = jobs.insert()
_GET = select(*JOB).where(_IS_IT)
#: Of the server, from the jobs themselves, so that a rolled back request leaves no gap.
LAST_NUMBER = select(func.max(jobs.c.number)).where(jobs.c.guild_id == bindparam("guild"))
_OF_NUMBER = select(*JOB).where(jobs.c.guild_id == bindparam("guild"), jobs.c.number == bindparam("number"))
_OF_CARD = select(*JOB).where(jobs.c.card_id == bindparam("card")).order_by(jobs.c.position)
_CLAIM = jobs.update().where(_IS_IT).values(fence=jobs.c.fence + 1).returning(*JOB)
_CLAIM_ALL = (
    jobs.update()
    .where(jobs.c.id.in_(bindparam("jobs", expanding=True)))
    .values(fence=jobs.c.fence + 1)
    .returning(*JOB)
)
_NOTE = jobs.update().where(_IS_IT, jobs.c.fence == bindparam("held_fence")).returning(*JOB)
_STEP = _NOTE.where(jobs.c.state == bindparam("from_state"))
_OPEN_IDS = (
    select(jobs.c.id)
    .join(card_table, jobs.c.card_id == card_table.c.id)
    .where(IS_OPEN, IS_ANSWERED, jobs.c.state != JobState.HELD)
    .order_by(jobs.c.id)
)
_PARKED_BEFORE = (
    select(*JOB).where(IS_PARKED, jobs.c.parked_at < bindparam("before")).order_by(jobs.c.parked_at)
)
_IN_DOUBT = select(*JOB).where(IS_OPEN, jobs.c.state.in_(IN_DOUBT)).order_by(jobs.c.id)
_COUNTS_BY_STATE = select(jobs.c.state, func.count().label("jobs")).where(IS_OPEN).group_by(jobs.c.state)
_SOURCES_IN_USE = select(jobs.c.source_hash).where(IS_OPEN, jobs.c.source_hash.is_not(None))
_KNOWN_REQUEST_IDS = [
    select(table.c.request_id).where(
        HAS_REQUEST_ID, table.c.request_id.in_(bindparam("asked", expanding=True))
    )
    for table in (jobs, dismissed_table)
]


@cache
def _overdue(states: tuple[JobState, ...]) -> Select[Any]:
    late = or_(*((jobs.c.state == state) & (jobs.c.created_at < bindparam(str(state))) for state in states))
    return select(*JOB).where(IS_OPEN, late).order_by(jobs.c.id)


# --- in and out of rows -------------------------------------------------------------------------------


def _change(
    connection: Connection, statement: ReturningUpdate[Any], job: Job, columns: dict[str, object]
) -> Job | None:
    """Change the row if it still matches the statement."""
    held = {"job": job.id, "held_fence": job.fence}
    found = columns.get("request_id")
    if isinstance(found, str) and dismissed.has(connection, RequestId(found)):
        raise RequestIdTaken(RequestId(found))
    try:
        row = connection.execute(statement, {"fence": job.fence, **columns, **held}).one_or_none()
    except ConstraintViolated as error:
        if not isinstance(found, str):
            raise
        raise RequestIdTaken(RequestId(found)) from error
    return _job_or_none(row)


def _change_open(connection: Connection, card_id: CardId, columns: dict[str, object]) -> None:
    connection.execute(jobs.update().where(IS_OPEN, jobs.c.card_id == card_id).values(columns))


def _columns(changes: Changes) -> dict[str, object]:
    columns: dict[str, object] = {**changes}
    if "failure" in changes:
        del columns["failure"]
        columns |= failure_columns(changes["failure"])
    return columns


def _jobs(connection: Connection, selected: Select[Any], **values: object) -> list[Job]:
    return [job_from(row) for row in connection.execute(selected, values)]


def _job_or_none(row: AnyRow | None) -> Job | None:
    return None if row is None else job_from(row)


def _event(job: Job, came_from: JobState | None, to: JobState, at: datetime, why: str) -> Event:
    return Event(job_id=job.id, from_state=came_from, to_state=to, at=at, why=why)
