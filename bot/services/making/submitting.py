"""The step from `queued` to `running`: the source, a turn in line, and one POST.

There is never a second POST while the first is in doubt.
"""

import asyncio
from dataclasses import dataclass, field, replace

import structlog

from bot.domain.backoff import Backoff
from bot.domain.errors import (
    CreditSpent,
    Doubtful,
    FileRefused,
    KeyRefused,
    ModelRefused,
    NotAccepted,
    RateLimited,
    Refused,
    RequestInvalid,
    SourceOutOfReach,
    Unavailable,
)
from bot.domain.failure import SOURCE_NOT_TAKEN, SOURCE_OUT_OF_REACH, Failure, FailureKind, SourceProblem
from bot.domain.job import Job, JobState
from bot.domain.plain_words import plain_words
from bot.domain.provider import Inputs
from bot.fault_points import Point, reach
from bot.services.cards.gone_cards import GoneCards
from bot.services.concurrency.drain import Drain
from bot.services.elapsed import Moment, Stopwatch
from bot.services.making.ledger import Ledger
from bot.services.making.sources import Sources
from bot.services.provider.account import ProviderAccount
from bot.services.runtime import Runtime
from bot.store.driver.errors import RequestIdTaken
from bot.store.pictures import jobs

log = structlog.stdlib.get_logger(__name__)

#: Submits at the same time. Each has a connection of its own; and too many would wait for each other's
#: commits until it is too late to send them.
SENT_AT_ONCE = 50
RETRY_SECONDS = 5.0
DISK_RETRY_SECONDS = 10.0
#: Waits before a source that is not available is tried again.
SOURCE_BACKOFF = Backoff((10.0, 30.0, 60.0, 300.0))
#: How long it is tried: a little less than a job may wait in line.
SOURCE_PATIENCE_SECONDS = 5.5 * 3600.0


@dataclass(slots=True, kw_only=True)
class Submitting:
    runtime: Runtime
    ledger: Ledger
    account: ProviderAccount
    sources: Sources
    gone: GoneCards
    drain: Drain
    _sending: asyncio.Semaphore = field(init=False, default_factory=lambda: asyncio.Semaphore(SENT_AT_ONCE))

    async def queued(self, job: Job) -> Job | None:
        """Submit the job. It returns to the line if the provider surely did not accept it."""
        try:
            inputs = await self._inputs(job)
        except FileRefused as error:
            return await self.ledger.fail(job, "the source cannot be used", _source_failure(error))
        except SourceOutOfReach as error:
            log.error("a source could not be downloaded", job=job.id, note=error.note)
            failure = Failure(FailureKind.SOURCE, SOURCE_OUT_OF_REACH, error.note)
            return await self.ledger.fail(job, "the source could not be downloaded", failure)
        except Refused as error:
            return await self._refused(job, error)
        except Unavailable as error:
            log.error("a source could not be uploaded", job=job.id, note=error.note)
            failure = Failure(FailureKind.PROVIDER, SOURCE_NOT_TAKEN, error.note)
            return await self.ledger.fail(job, "the provider never accepted the source", failure)
        await self.account.breaker.closed()
        if not await self.account.pacer.submit_turn(job.id, job.member_id):
            return await self._read_again(job)
        return await self._in_turn(job, inputs)

    async def _in_turn(self, job: Job, inputs: Inputs) -> Job | None:
        await self.gone.look(job)
        async with self._sending:
            if self.account.breaker.is_open:  # tripped while this job waited in line
                self.account.pacer.release(job.id)
                return job
            with self.drain.busy():
                after = await self._submit(job, inputs)
        if after is not None and after.state is JobState.QUEUED:
            self.account.pacer.release(job.id)
            await self.runtime.clock.sleep(RETRY_SECONDS)
        return after

    async def submitting(self, job: Job) -> Job | None:
        """Handle a job that a start finds so: it is unknown if its POST was sent."""
        return await self.ledger.step(job, JobState.UNRESOLVED, "found at a start, between commit and answer")

    async def _read_again(self, job: Job) -> Job | None:
        """Return the job as it is now; None if another process has it."""
        now = await self.runtime.database.read(jobs.get, job.id)
        return now if now is not None and now.fence == job.fence else None

    # --- the source ---

    async def _inputs(self, job: Job) -> Inputs:
        if not job.prompt:
            note = "its prompt is encrypted with a key that is missing in SECRET_KEY"
            raise RequestInvalid(note, Failure(FailureKind.BUG))
        if job.sent_prompt is None:  # as it is, or from a version that sent every prompt as it was
            job = replace(job, sent_prompt=plain_words(job.prompt))
        if not job.words:
            raise RequestInvalid("nothing is left of the prompt without ids and links")
        url = await self._source_url(job) if job.is_edit else None
        return inputs_of(job, url)

    async def _source_url(self, job: Job) -> str:
        while True:
            try:
                prepared = await self._prepared(job)
                return await self.sources.hand_over(prepared)
            except OSError as error:
                log.error("a source cannot be kept on disk; retrying", error=type(error).__name__)
                self.runtime.metrics.loop_errors.labels(loop="sources").inc()
                await self.runtime.clock.sleep(DISK_RETRY_SECONDS)

    async def _prepared(self, job: Job) -> Job:
        """Raises `FileRefused`; `SourceOutOfReach` after `SOURCE_PATIENCE_SECONDS`."""
        watch = Stopwatch(self.runtime.clock, job.created_at)
        failures = 0
        while True:
            try:
                return await self.sources.prepare(job)
            except SourceOutOfReach as error:
                if watch.age_seconds > SOURCE_PATIENCE_SECONDS:
                    raise
                log.warning(
                    "a source cannot be downloaded yet", job=job.id, attempt=failures, note=error.note
                )
            failures += 1
            await self.runtime.clock.sleep(SOURCE_BACKOFF.after(failures))

    # --- the POST ---

    async def _submit(self, job: Job, inputs: Inputs) -> Job | None:
        begun = Moment(self.runtime.clock)
        submitting = await self.ledger.submit(
            job,
            "about to be sent",
            submitted_at=begun.at,
            asset_url=inputs.image_url,
            sent_prompt=None if inputs.prompt == job.prompt else inputs.prompt,
        )
        if submitting is None or submitting.state is JobState.CANCELLED:
            return submitting
        reach(Point.SUBMIT_COMMITTED)
        if begun.is_long_ago:
            why = f"not sent: {begun.seconds_ago:.1f} s passed since the commit began"
            return await self.ledger.step(submitting, JobState.QUEUED, why)
        self.runtime.metrics.waiting_seconds.observe(max(0.0, (begun.at - job.created_at).total_seconds()))
        return await self._send(submitting, inputs, begun)

    async def _send(self, job: Job, inputs: Inputs, begun: Moment) -> Job | None:
        try:
            request_id = await self.account.provider.submit(inputs, lambda: self._is_still_ours(job, begun))
        except NotAccepted as error:
            return await self._not_accepted(job, error)
        except Refused as error:
            return await self._refused(job, error)
        except Doubtful as error:
            return await self.ledger.step(job, JobState.UNRESOLVED, f"in doubt: {error.note}")
        except asyncio.CancelledError:
            await asyncio.shield(self.ledger.step(job, JobState.UNRESOLVED, "cut off while being sent"))
            raise
        log.info("accepted", job=job.id, request_id=request_id)
        self.account.landings.accepted(request_id, job.model)
        self.account.breaker.accepted()
        try:
            return await self.ledger.step(job, JobState.RUNNING, "accepted", request_id=request_id)
        except RequestIdTaken:
            # A doubtful job with the same inputs found this request in the history, and took it.
            return await self.ledger.step(
                job, JobState.UNRESOLVED, "a job with the same inputs took its request"
            )

    async def _is_still_ours(self, job: Job, begun: Moment) -> bool:
        """Check once connected: if that took long, this process may have slept, and lost the job."""
        while begun.is_long_ago:
            begun = Moment(self.runtime.clock)
            if await self.ledger.note(job, submitted_at=begun.at) is None:
                return False
        return True

    async def _not_accepted(self, job: Job, error: NotAccepted) -> Job | None:
        if isinstance(error, RateLimited):
            self.account.pacer.pause(error.retry_after_seconds)
        return await self.ledger.step(job, JobState.QUEUED, f"not accepted: {error.note}")

    async def _refused(self, job: Job, error: Refused) -> Job | None:
        if isinstance(error, KeyRefused | CreditSpent | ModelRefused):
            self.account.breaker.trip(error)
            if job.state is JobState.QUEUED:
                await self.account.breaker.closed()
                return job
            return await self.ledger.step(job, JobState.QUEUED, f"waits for the operator: {error.note}")
        known = error.failure if isinstance(error, RequestInvalid) else None
        failure = known or Failure(FailureKind.INVALID, note=error.note)
        return await self.ledger.fail(job, "refused by the provider", failure)


def inputs_of(job: Job, image_url: str | None) -> Inputs:
    """Return the inputs as they are sent. A request is found in the provider's history by them."""
    return Inputs(
        model=job.model,
        prompt=job.words,
        aspect_ratio=job.aspect_ratio,
        style=job.style,
        image_url=image_url,
    )


def _source_failure(error: FileRefused) -> Failure:
    problem: SourceProblem = error.problem
    return Failure(FailureKind.SOURCE, detail=problem)
