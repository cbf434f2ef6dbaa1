"""Was it taken? A submit in doubt is looked up in the provider's history, and never simply sent again."""

import structlog

from bot.domain.clock import Clock
from bot.domain.errors import ProviderError
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import RequestId
from bot.domain.job import Job, JobState
from bot.services.ledger import Ledger
from bot.services.protocols import ImageProvider
from bot.services.sightings import CLOCK_SKEW, SET_CLOCK, Seen, Sightings
from bot.store.database import Database
from bot.store.errors import RequestIdTaken

log = structlog.stdlib.get_logger(__name__)

#: A request that the history has not shown for so long was never taken. Counted from here on, whatever the
#: clock says of the time before a restart: somebody may have set it.
LANDING_SECONDS = 120.0
#: How soon to look again, by the number of looks before.
LOOK_AGAIN_SECONDS = (3.0, 5.0, 10.0, 20.0, 30.0)
#: The history cannot be read for so long: nobody can tell any more.
DEADLINE_SECONDS = 3600.0


class Resolving:
    def __init__(self, *, ledger: Ledger, database: Database, provider: ImageProvider, clock: Clock) -> None:
        self._ledger = ledger
        self._sightings = Sightings(database=database, provider=provider, clock=clock)
        self._clock = clock

    async def unresolved(self, job: Job) -> Job | None:
        """Found: running. Surely absent: queued again. History unreachable until the deadline: failed."""
        sent_at = job.submitted_at or job.state_at
        started = self._clock.monotonic()
        look = 0
        while True:
            await self._clock.sleep(LOOK_AGAIN_SECONDS[min(look, len(LOOK_AGAIN_SECONDS) - 1)])
            look += 1
            age = self._clock.monotonic() - started
            try:
                # Before it is called absent, it is looked for wherever a clock that was set may have put it.
                skew = SET_CLOCK if age > LANDING_SECONDS else CLOCK_SKEW
                seen = await self._sightings.of(job, sent_at, skew=skew)
            except ProviderError as error:
                log.warning("the history cannot be read", job=job.id, note=error.note)
                seen = Seen(is_telling=False)
            for row in seen.matches:
                try:
                    return await self._adopt(job, row.request_id)
                except RequestIdTaken:  # by a twin, in this moment
                    continue
            if seen.is_telling and age > LANDING_SECONDS:
                return await self._ledger.step(job, JobState.QUEUED, "absent from the history: never taken")
            if age > DEADLINE_SECONDS:
                return await self._given_up(job)

    async def _adopt(self, job: Job, request_id: RequestId) -> Job | None:
        return await self._ledger.step(job, JobState.RUNNING, "found in the history", request_id=request_id)

    async def _given_up(self, job: Job) -> Job | None:
        log.error("whether a request was taken could not be found out", job=job.id)
        why = "the history was unreachable until the deadline"
        return await self._ledger.fail(job, why, Failure(FailureKind.UNKNOWN))
