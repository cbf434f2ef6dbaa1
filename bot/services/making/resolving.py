"""The step from `unresolved`: looks a doubtful submit up in the history. It is never sent again blindly."""

from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.domain.backoff import Backoff
from bot.domain.clock import Clock
from bot.domain.errors import ProviderError
from bot.domain.failure import Failure, FailureKind
from bot.domain.history_delay import DOUBT_ENDS, FLOOR, SET_CLOCK
from bot.domain.job import Job, JobState
from bot.domain.luma import CLOCK_SKEW
from bot.domain.provider import HistoryRow
from bot.services.elapsed import Stopwatch
from bot.services.making.history_search import HistorySearch, SearchResult
from bot.services.making.ledger import Ledger
from bot.services.provider.history_watch import HistoryWatch
from bot.services.provider.landings import Landings
from bot.services.runtime import Runtime
from bot.store.driver.errors import RequestIdTaken

log = structlog.stdlib.get_logger(__name__)

#: Before each look, the first one included.
LOOKS = Backoff((3.0, 5.0, 10.0, 20.0, 30.0, 30.0, 30.0, 60.0))


@dataclass(slots=True, kw_only=True)
class Resolving:
    runtime: Runtime
    ledger: Ledger
    history_search: HistorySearch
    landings: Landings
    history_watch: HistoryWatch

    async def unresolved(self, job: Job) -> Job | None:
        """Enter `running` if it is found, or `queued` if it is surely absent; fail at the deadline."""
        watch = _Doubt(job, self.runtime.clock)
        while True:
            await self.runtime.clock.sleep(LOOKS.after(watch.looks + 1))
            seen = await self._look(watch)
            for row in seen.matches:
                try:
                    return await self._adopt(watch, row)
                except RequestIdTaken:  # by a job with the same inputs, at this moment
                    continue
            if seen.is_conclusive:
                watch.was_absent = True
                if watch.watched > self.landings.patience_after(watch.started, seen.shown, job.model):
                    why = f"absent from the history for {watch.watched_seconds:.0f} s: never taken"
                    return await self.ledger.step(job, JobState.QUEUED, why)
            if watch.watched > DOUBT_ENDS:
                return await self._given_up(job, seen)

    async def _look(self, watch: "_Doubt") -> SearchResult:
        watch.looks += 1
        # Before it counts as absent, the search allows for a clock that was set.
        skew = SET_CLOCK if watch.watched > FLOOR else CLOCK_SKEW
        try:
            found = await self.history_search.of(watch.job, watch.sent_at, skew=skew)
        except ProviderError as error:
            self.history_watch.failed(error)
            log.warning("the history cannot be read", job=watch.job.id, note=error.note)
            return SearchResult(is_conclusive=False)
        self.history_watch.succeeded()
        return found

    async def _adopt(self, watch: "_Doubt", row: HistoryRow) -> Job | None:
        if watch.was_absent:
            await self.landings.landed(timedelta(seconds=watch.age_seconds))
        return await self.ledger.step(
            watch.job,
            JobState.RUNNING,
            "found in the history",
            request_id=row.request_id,
            found_request_at=row.created_at,
        )

    async def _given_up(self, job: Job, seen: SearchResult) -> Job | None:
        log.error("it could not be found out if the provider accepted a request", job=job.id)
        why = "absent from the history" if seen.is_conclusive else "the history could not be read"
        return await self.ledger.fail(job, f"{why} until the deadline", Failure(FailureKind.UNKNOWN))


class _Doubt(Stopwatch):
    """One round of looking for a request. After a restart, a new round begins.

    Absence counts from its start only, since the clock may have been set before.
    """

    def __init__(self, job: Job, clock: Clock) -> None:
        self.job = job
        self.sent_at = job.submitted_at or job.state_at
        super().__init__(clock, self.sent_at)
        self.started = clock.monotonic()
        self.looks = 0
        self.was_absent = False

    @property
    def watched(self) -> timedelta:
        return timedelta(seconds=self.watched_seconds)
