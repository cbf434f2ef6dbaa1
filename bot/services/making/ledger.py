"""Records each change of a job before anything acts on it, and then has its card updated."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Unpack

import structlog

from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import MemberId
from bot.domain.job import Job, JobState, is_quiet
from bot.domain.strikes import StrikeCause
from bot.domain.trouble import Loss
from bot.services.cards.announcements import Announcements
from bot.services.cards.cancelled_jobs import CancelledJobs
from bot.services.cards.card_updater import CardUpdater
from bot.services.limits.strikes import strike
from bot.services.runtime import Runtime
from bot.store.admission import stops
from bot.store.driver.database import Connection
from bot.store.moderation import approvals, gone
from bot.store.pictures import jobs, losses
from bot.store.pictures.jobs import Changes

log = structlog.stdlib.get_logger(__name__)

STOPPED = "its member was blocked, or began to delete their data, while it was being sent"


@dataclass(slots=True, kw_only=True)
class Ledger:
    """Makes all changes of driven jobs. Each method returns None if another process has the job."""

    runtime: Runtime
    card_updater: CardUpdater
    cancelled_jobs: CancelledJobs
    announcements: Announcements

    async def step(self, job: Job, to: JobState, why: str, **changes: Unpack[Changes]) -> Job | None:
        """Enter the next state, unless the job has changed since `job` was read."""
        at = self.runtime.clock.now()
        return await self._entered(
            job, why, lambda: self.runtime.database.write(jobs.step, job, to, at=at, why=why, **changes)
        )

    async def submit(self, job: Job, why: str, **changes: Unpack[Changes]) -> Job | None:
        """Enter `submitting`, or `cancelled` if the picture may not be made any more."""
        at = self.runtime.clock.now()
        member_ids = self.runtime.pseudonyms.ids_of(job.member_id)
        return await self._entered(
            job, why, lambda: self.runtime.database.write(submit, job, member_ids, at=at, why=why, **changes)
        )

    async def made(self, job: Job, why: str, **changes: Unpack[Changes]) -> Job | None:
        """Enter `ready`, or `held` if a moderator has to approve the picture first."""
        at = self.runtime.clock.now()
        after = await self._entered(
            job, why, lambda: self.runtime.database.write(approvals.made, job, at=at, why=why, **changes)
        )
        if after is not None and after.state is JobState.HELD:
            self.runtime.posts_owed.send()
        return after

    async def _entered(self, job: Job, why: str, write: Callable[[], Awaitable[Job | None]]) -> Job | None:
        after = await self.runtime.outages.retried(write)
        if after is None:
            log.info("left to another holder", job=job.id, state=job.state)
            return None
        log.info("step", job=job.id, before=job.state, after=after.state, why=why)
        if not is_quiet(job.state, after.state):
            self.card_updater.card_changed(job.card_id, is_urgent=not after.state.is_in_work)
        if after.state.is_end:
            self.announcements.job_over(job.card_id)
        return after

    async def fail(
        self, job: Job, why: str, failure: Failure, polls: int = 0, *, loses_file: bool = False
    ) -> Job | None:
        """End the job. `failure` is for the member; `why` is for the job's history."""
        at, cancelled = self.runtime.clock.now(), list[Job]()

        async def write() -> Job | None:
            after, waiting = await self.runtime.database.write(
                _fail,
                job,
                failure,
                self.runtime.pseudonyms.ids_of(job.member_id),
                at=at,
                why=why,
                polls=job.polls + polls,
                loses_file=loses_file,
            )
            cancelled.extend(waiting)
            return after

        after = await self._entered(job, why, write)
        self.cancelled_jobs.drop(cancelled)
        if after is not None:
            self.runtime.metrics.failures.labels(kind=failure.kind).inc()
            if failure.kind is FailureKind.BUG:
                log.error("a bug ended a job", job=job.id, why=why)
        return after

    async def end(self, job: Job, why: str, failure: Failure) -> None:
        """Take the job from the task that drives it, in any process, and end it."""
        claimed = await self.runtime.database.write(jobs.claim, job.id)
        if claimed is not None and claimed.state is job.state:
            await self.fail(claimed, why, failure)

    async def note(self, job: Job, *, touches_card: bool = False, **changes: Unpack[Changes]) -> Job | None:
        """Record something about the job without changing its state."""
        after = await self.runtime.outages.retried(
            lambda: self.runtime.database.write(jobs.note, job, touches_card=touches_card, **changes)
        )
        if after is not None and touches_card:
            self.card_updater.card_changed(job.card_id)
        return after


def submit(
    connection: Connection,
    job: Job,
    member_ids: Sequence[MemberId],
    *,
    at: datetime,
    why: str,
    **changes: Unpack[Changes],
) -> Job | None:
    """Step to `submitting`; to `cancelled` if the card is gone, or the member was blocked meanwhile."""
    if stops.is_stopped(connection, job.guild_id, member_ids, asked_at=job.created_at, at=at):
        return jobs.step(connection, job, JobState.CANCELLED, at=at, why=STOPPED)
    return gone.submit(connection, job, at=at, why=why, **changes)


def _fail(
    connection: Connection,
    job: Job,
    failure: Failure,
    member_ids: Sequence[MemberId],
    *,
    at: datetime,
    why: str,
    polls: int,
    loses_file: bool,
) -> tuple[Job | None, Sequence[Job]]:
    """End the job. Return also the waiting jobs of its member that a strike for it has cancelled."""
    after = jobs.step(connection, job, JobState.FAILED, at=at, why=why, failure=failure, polls=polls)
    if after is not None and loses_file:
        losses.keep(connection, Loss.FILE)
    if after is None or failure.kind is not FailureKind.BLOCKED:
        return after, ()
    struck = strike(
        connection,
        guild_id=job.guild_id,
        member_ids=member_ids,
        cause=StrikeCause.FILTER,
        at=at,
        card_id=job.card_id,
    )
    return after, () if struck is None else struck.cancelled
