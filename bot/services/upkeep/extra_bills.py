"""Bills without a job, for requests that counted as never accepted, but had been accepted.

A request in the provider's history is ours only if a submit with the same inputs was dismissed at that time.
Other users of the account are left alone, and each submit is found at most once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from bot.domain.dismissed import Dismissed, Taker
from bot.domain.history_delay import SHOWN_WITHIN
from bot.domain.job import Job
from bot.domain.luma import ACCEPTED_WITHIN, CLOCK_SKEW
from bot.domain.money import MICROUSD
from bot.domain.provider import Completed, HistoryRow, StillRunning
from bot.services.limits.budgets import Prices
from bot.services.making.submitting import inputs_of
from bot.services.protocols import ImageProvider
from bot.services.provider.landings import Landings
from bot.services.runtime import Runtime
from bot.store.driver.errors import RequestIdTaken
from bot.store.pictures import dismissed, jobs

log = structlog.stdlib.get_logger(__name__)

Candidate = tuple[Dismissed, Job]


@dataclass(slots=True, kw_only=True)
class ExtraBills:
    runtime: Runtime
    provider: ImageProvider
    prices: Prices
    landings: Landings

    async def look(self, rows: Sequence[HistoryRow]) -> None:
        """Book the rows that are ours with the jobs that sent them. The rows were read before this call."""
        candidates = await self.runtime.database.read(dismissed.open_ones)
        if not candidates:
            return
        since = self.runtime.clock.now() - SHOWN_WITHIN
        takers = await self.runtime.database.read(dismissed.takers, sent_since=since)
        known = await self.runtime.database.read(jobs.known_request_ids, [row.request_id for row in rows])
        for row in rows:
            if row.request_id not in known and not isinstance(row.status, StillRunning):
                await self._look_at(row, candidates, takers)

    async def forget_the_old(self) -> None:
        await self.runtime.database.write(
            dismissed.forget, sent_before=self.runtime.clock.now() - SHOWN_WITHIN
        )

    async def _look_at(self, row: HistoryRow, candidates: list[Candidate], takers: list[Taker]) -> None:
        candidate = next((pair for pair in candidates if self._is_from(row, *pair, takers)), None)
        if candidate is None or await self._is_in_doubt(row):
            return
        submit, job = candidate
        try:
            is_booked = await self._book(row, submit, job.model)
        except RequestIdTaken:  # by a job with the same inputs, at this moment
            return
        if is_booked:
            candidates.remove(candidate)
            if row.created_at:
                takers.append(Taker(job, submit.sent_at, row.created_at))

    def _is_from(self, row: HistoryRow, submit: Dismissed, job: Job, takers: Sequence[Taker]) -> bool:
        if not self._has_inputs(row, submit, job):
            return False
        if row.created_at is None:
            return True
        takers = [taker for taker in takers if self._has_inputs(row, submit, taker.job)]
        return any(_may_be_of(submit.sent_at, at) for at in _exchanged_for(row.created_at, takers))

    def _has_inputs(self, row: HistoryRow, submit: Dismissed, job: Job) -> bool:
        has_both = bool(job.prompt and row.inputs)
        return has_both and self.provider.is_same(inputs_of(job, submit.image_url), row)

    async def _is_in_doubt(self, row: HistoryRow) -> bool:
        """Return True if a job that is being looked up may be the owner of the row: it comes first."""
        in_doubt = await self.runtime.database.read(jobs.in_doubt)
        return any(self.provider.is_same(inputs_of(job, job.asset_url), row) for job in in_doubt)

    async def _book(self, row: HistoryRow, submit: Dismissed, model: str) -> bool:
        cost = self._cost(row, model)
        now = self.runtime.clock.now()
        job = await self.runtime.database.write(
            dismissed.book,
            submit,
            request_id=row.request_id,
            cost_microusd=cost,
            output_url=row.result.output_url if row.result else None,
            made_at=row.created_at,
            at=now,
        )
        if job is None:
            return False
        await self.landings.landed(now - (row.created_at or submit.sent_at))
        if cost is not None:
            self.runtime.metrics.extra_bills.inc()
            self.runtime.metrics.cost_difference_usd.inc(cost / MICROUSD)
            log.error(
                "a request was billed that had been absent from the history for longer than it ever took",
                job=job.id,
                request_id=row.request_id,
                cost_microusd=cost,
            )
        return True

    def _cost(self, row: HistoryRow, model: str) -> int | None:
        """Return the cost; for a picture without a bill, the expected price, so that it is not overlooked."""
        if not isinstance(row.status, Completed):
            return None
        billed = row.result.cost_microusd if row.result else None
        return self.prices.of(model) if billed is None else billed


def _may_be_of(sent_at: datetime, made_at: datetime) -> bool:
    return sent_at - CLOCK_SKEW <= made_at <= sent_at + ACCEPTED_WITHIN


def _exchanged_for(made_at: datetime, takers: Sequence[Taker]) -> set[datetime]:
    """Return when the request was made, and each request that was taken in its place.

    Jobs with the same inputs are interchangeable: a job in doubt takes whichever request the history shows
    first, and leaves its own for another job, which may have taken that of a third.
    """
    times, known = {made_at}, 0
    while len(times) > known:
        known = len(times)
        times |= {taker.taken_at for taker in takers if any(_may_be_of(taker.sent_at, at) for at in times)}
    return times
