"""The step from `running` to `ready` or `held`: polls the provider when it is worth a request."""

import math
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.domain.backoff import Backoff
from bot.domain.clock import Clock
from bot.domain.errors import (
    KeyRefused,
    ProviderError,
    RateLimited,
    RequestUnknown,
    Unavailable,
)
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import RequestId
from bot.domain.job import Job
from bot.domain.luma import RECORD_LAGS, RECORD_LIVES
from bot.domain.provider import Completed, Failed, Result, Status, StillRunning
from bot.services.elapsed import Stopwatch
from bot.services.making.ledger import Ledger
from bot.services.provider.account import ProviderAccount
from bot.services.runtime import Runtime

log = structlog.stdlib.get_logger(__name__)

#: After this time the card says that it takes longer, and polls are slow.
DEADLINE_SECONDS = 600.0
SLOW_GAP_SECONDS = 30.0
#: How often a gap is recalculated while it passes: requests get scarce or plenty as other jobs come and go.
RECKON_SECONDS = 5.0
#: After this time a request fails if even the history does not show how it ended.
GIVE_UP_SECONDS = 24 * 3600.0
#: A request that neither the record nor the history knows for this time is lost. Both may be late; the
#: history may be as late as it ever was.
LOST_AFTER = timedelta(minutes=5)
BACKOFF = Backoff((1.0, 2.0, 5.0, 10.0, 30.0))


@dataclass(slots=True, kw_only=True)
class Polling:
    runtime: Runtime
    ledger: Ledger
    account: ProviderAccount

    async def running(self, job: Job) -> Job | None:
        """Poll until the provider has ended. The same step settles the cost and the times."""
        watch = _Watch(job, self.runtime.clock)
        while True:
            if watch.age_seconds <= DEADLINE_SECONDS:
                await self._learned_gap(watch)
            else:
                await self._slow_gap(watch)
            answer = await self._ask(watch)
            if isinstance(answer, Failed):
                return await self._failed(watch, answer)
            if isinstance(answer, Result):
                return await self._finished(watch, answer)
            if watch.age_seconds > GIVE_UP_SECONDS and watch.watched_seconds > RECORD_LIVES.total_seconds():
                failure = Failure(FailureKind.EXPIRED)
                return await self.ledger.fail(
                    job, "the provider never said how it ended", failure, watch.polls
                )

    # --- when to ask ---

    async def _slow_gap(self, watch: "_Watch") -> None:
        """Wait before a late job is polled, which is done rarely."""
        if not watch.is_late:
            watch.is_late = True
            await self.ledger.note(watch.job, touches_card=True)
        await self.runtime.clock.sleep(max(SLOW_GAP_SECONDS, BACKOFF.after(watch.errors)))

    async def _learned_gap(self, watch: "_Watch") -> None:
        """Wait for the learned gap, or for the backoff after errors."""
        asked_at = watch.age_seconds
        left = math.inf
        while left > RECKON_SECONDS:
            supply, job = self.account.pacer.supply(), watch.job
            gap = self.account.timing.gap(asked_at, supply, model=job.model, is_edit=job.is_edit)
            left = asked_at + max(gap, BACKOFF.after(watch.errors)) - watch.age_seconds
            await self.runtime.clock.sleep(min(left, RECKON_SECONDS))

    # --- what to ask ---

    async def _ask(self, watch: "_Watch") -> Result | Status:
        """Look at the request once. Without an answer it counts as still running."""
        request_id = watch.job.request_id
        assert request_id is not None, "a running job has the provider's id"
        try:
            answer = await self._look(watch, request_id)
        except RateLimited as error:
            self.account.pacer.pause(error.retry_after_seconds)
        except KeyRefused as error:
            self.account.breaker.trip(error)
            watch.errors += 1
        except ProviderError as error:
            log.info("no answer about a request", job=watch.job.id, note=error.note)
            watch.errors += 1
        else:
            watch.errors = 0
            return answer
        return StillRunning()

    async def _look(self, watch: "_Watch", request_id: RequestId) -> Result | Status:
        if watch.age_seconds > RECORD_LIVES.total_seconds():
            return await self._from_history(watch, request_id)
        try:
            await self.account.pacer.poll_turn()
            watch.polls += 1
            status = await self.account.provider.status(request_id)
            if not isinstance(status, Completed):
                return status
            await self.account.pacer.result_turn()
            return await self.account.provider.result(request_id)
        except RequestUnknown:
            if watch.age_seconds < RECORD_LAGS.total_seconds():
                return StillRunning()
            return await self._from_history(watch, request_id)

    async def _from_history(self, watch: "_Watch", request_id: RequestId) -> Result | Status:
        row = await self.account.provider.history_row(request_id)
        if row is not None:
            watch.missing_since = None
            return row.result or row.status
        if watch.missing_since is None:
            watch.missing_since = watch.watched_seconds
        missing = timedelta(seconds=watch.watched_seconds - watch.missing_since)
        if missing > max(LOST_AFTER, self.account.landings.patience):
            return Failed(Failure(FailureKind.EXPIRED))
        raise Unavailable("neither the record nor the history knows it yet")

    # --- the end ---

    async def _failed(self, watch: "_Watch", answer: Failed) -> Job | None:
        self._learn(watch, answer.provider_seconds)
        why = f"the provider failed: {answer.failure.kind}"
        return await self.ledger.fail(watch.job, why, answer.failure, watch.polls)

    async def _finished(self, watch: "_Watch", result: Result) -> Job | None:
        seconds = self._learn(watch, result.provider_seconds)
        return await self.ledger.made(
            watch.job,
            "made",
            finished_at=self.runtime.clock.now(),
            output_url=result.output_url,
            cost_microusd=result.cost_microusd,
            provider_seconds=seconds,
            polls=watch.job.polls + watch.polls,
        )

    def _learn(self, watch: "_Watch", provider_seconds: float | None) -> float:
        """Return how long it took: as the provider says, or as the bot saw it, which is a bit more."""
        seen = watch.age_seconds
        seconds = provider_seconds if provider_seconds is not None and provider_seconds <= seen else seen
        self.account.timing.observe(seconds, model=watch.job.model, is_edit=watch.job.is_edit)
        self.runtime.metrics.provider_seconds.observe(seen)
        self.runtime.metrics.polls_per_picture.observe(watch.job.polls + watch.polls)
        return seconds


class _Watch(Stopwatch):
    """The memory of one round of polling a job. After a restart, a new round begins."""

    def __init__(self, job: Job, clock: Clock) -> None:
        super().__init__(clock, job.submitted_at or job.state_at)
        self.job = job
        self.polls = 0
        self.errors = 0
        self.is_late = False
        #: By `watched_seconds`: since when neither the record nor the history knows the request.
        self.missing_since: float | None = None
