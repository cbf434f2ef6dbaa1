"""Compares the booked costs with the provider's history, and corrects them.

It handles only jobs that have ended. The cost of all others is settled by their own steps.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.errors import ProviderError
from bot.domain.history_delay import DOUBT_ENDS, SHOWN_WITHIN, SILENT_AFTER
from bot.domain.job import Job
from bot.domain.luma import ACCEPTED_WITHIN
from bot.domain.money import MICROUSD
from bot.domain.provider import Completed, Failed, HistoryRow
from bot.services.limits.budgets import Prices
from bot.services.making.history_search import HistorySearch
from bot.services.protocols import ImageProvider
from bot.services.provider.history_watch import HistoryWatch
from bot.services.provider.landings import Landings
from bot.services.runtime import Runtime
from bot.services.upkeep.extra_bills import ExtraBills
from bot.store.driver.errors import RequestIdTaken
from bot.store.pictures import bills

log = structlog.stdlib.get_logger(__name__)

EVERY_SECONDS = 600.0
#: The first comparison of a process, and one in each such time, goes back as far as a row may be late. All
#: others continue where the last one ended.
FAR_BACK_EVERY = timedelta(hours=6)
#: How long after its request a row may be completed.
OVERLAP = timedelta(hours=2)
ROWS_AT_ONCE = 100
#: No money is held for longer, even if the history could not be read.
GIVE_UP = timedelta(days=30)
#: An error about one request must not hold up the others, but after so many errors no more calls are made.
ERRORS_MOST = 3


@dataclass(slots=True, kw_only=True)
class Reconciliation:
    runtime: Runtime
    provider: ImageProvider
    prices: Prices
    landings: Landings
    history_search: HistorySearch
    models: Sequence[str]
    history_watch: HistoryWatch
    extra_bills: ExtraBills
    _compared_until: datetime | None = field(init=False, default=None)
    _seconds_of_far_back: float = field(init=False, default=float("-inf"))

    async def run(self) -> None:
        while True:
            await self.runtime.clock.sleep(EVERY_SECONDS)
            with self.runtime.outages.survived("reconciliation"):
                await self._round()

    async def _round(self) -> None:
        await self.prices.learn()
        try:
            await self.reconcile()
        except ProviderError as error:
            log.warning("the history cannot be read; the bills are compared later", note=error.note)

    async def reconcile(self) -> None:
        """One round. Raises `ProviderError` if the history could not be read to its end."""
        error = await self._find_out_the_unsettled()
        try:
            await self._compare_all()
        except ProviderError as unreadable:
            self.history_watch.failed(unreadable)
            raise
        self.history_watch.succeeded()
        if error is not None:
            raise error

    # --- the costs of finished pictures ---

    async def _compare_all(self) -> None:
        now = self.runtime.clock.now()
        is_far_back = (
            self.runtime.clock.monotonic() - self._seconds_of_far_back >= FAR_BACK_EVERY.total_seconds()
        )
        since = self._since(now, is_far_back=is_far_back)
        for model in self.models:
            await self._compare_model(model, since, now)
        self._compared_until = now
        if is_far_back:
            await self.extra_bills.forget_the_old()
            self._seconds_of_far_back = self.runtime.clock.monotonic()

    async def _compare_model(self, model: str, since: datetime, until: datetime) -> None:
        batch: list[HistoryRow] = []
        async for row in self._rows(since, until, model):
            batch.append(row)
            if len(batch) == ROWS_AT_ONCE:
                await self._compare(batch)
                batch = []
        await self._compare(batch)

    def _since(self, now: datetime, *, is_far_back: bool) -> datetime:
        if self._compared_until is None or is_far_back:
            return now - SHOWN_WITHIN
        return self._compared_until - max(OVERLAP, self.landings.patience)

    async def _rows(self, since: datetime, until: datetime, model: str) -> AsyncIterator[HistoryRow]:
        """Yield the rows, newest first. The provider gives whole days; older pages are not requested."""
        async for row in self.provider.history(since, until, model):
            if row.created_at is not None and row.created_at < since:
                return
            yield row

    async def _compare(self, rows: list[HistoryRow]) -> None:
        costly = {row.request_id: row for row in rows if _cost(row) is not None}
        for job in await self.runtime.database.read(bills.of_requests, list(costly)):
            assert job.request_id is not None, "it was found by it"
            row = costly[job.request_id]
            if job.cost_microusd != _cost(row):
                await self._settle(job, _cost(row), row)
        await self.extra_bills.look(rows)

    # --- jobs whose cost is unknown ---

    async def _find_out_the_unsettled(self) -> ProviderError | None:
        """Look each job up by itself; return the first error."""
        errors: list[ProviderError] = []
        for job in await self.runtime.database.read(bills.unsettled):
            try:
                if len(errors) < ERRORS_MOST:
                    await self._find_out(job)
            except ProviderError as error:
                errors.append(error)
            if self._is_older(job, GIVE_UP) and await self._settle(job, _best_guess(job)):
                log.warning(
                    "it could not be found out if a job was paid", job=job.id, is_taken_as_paid=_is_made(job)
                )
        return errors[0] if errors else None

    async def _find_out(self, job: Job) -> None:
        if job.request_id is None:
            await self._look_for_its_request(job)
            return
        row = await self.provider.history_row(job.request_id)
        if row is not None:
            await self._settle_by(job, row)
        elif self._is_older(job, SILENT_AFTER if _is_made(job) else self._absent_for):
            await self._settle(job, _best_guess(job))

    async def _look_for_its_request(self, job: Job) -> None:
        """Look for the request of a job whose POST may have been accepted."""
        sent_at = job.submitted_at or job.state_at
        seen = await self.history_search.of(job, sent_at, until=sent_at + ACCEPTED_WITHIN)
        for row in seen.matches:
            try:
                await self._settle_by(job, row)
            except RequestIdTaken:  # by a job with the same inputs, at this moment
                continue
            return
        if self._is_older(job, self._absent_for if seen.is_conclusive else SILENT_AFTER):
            await self._settle(job, None)

    async def _settle_by(self, job: Job, row: HistoryRow) -> None:
        cost = _cost(row)
        if cost is not None or isinstance(row.status, Failed):
            await self._settle(job, cost, row)
        elif self._is_older(job, SILENT_AFTER):
            is_made = _is_made(job) or isinstance(row.status, Completed)
            await self._settle(job, job.held_microusd if is_made else None, row)

    async def _settle(self, job: Job, cost_microusd: int | None, row: HistoryRow | None = None) -> bool:
        """Settle the job; return False if it was settled already."""
        settled = await self.runtime.database.write(
            bills.settle,
            job,
            cost_microusd=cost_microusd,
            request_id=row.request_id if row else job.request_id,
            found_request_at=row.created_at if row else None,
            output_url=row.result.output_url if row and row.result else None,
        )
        if settled is None:
            return False
        booked = job.held_microusd if job.cost_microusd is None else job.cost_microusd
        self.runtime.metrics.cost_difference_usd.inc(((cost_microusd or 0) - booked) / MICROUSD)
        log.info("a cost was corrected", job=job.id, booked_microusd=booked, cost_microusd=cost_microusd)
        return True

    @property
    def _absent_for(self) -> timedelta:
        """The member no longer waits, so that there is time to be surer than during the job."""
        return max(DOUBT_ENDS, self.landings.patience)

    def _is_older(self, job: Job, age: timedelta) -> bool:
        return self.runtime.clock.now() - (job.submitted_at or job.state_at) > age


def _is_made(job: Job) -> bool:
    """Return True if the picture was made. Then it is paid, even if the history does not show it."""
    return job.finished_at is not None


def _best_guess(job: Job) -> int | None:
    """Return the expected price of a picture that was made; otherwise assume that it was not paid."""
    return job.held_microusd if _is_made(job) else None


def _cost(row: HistoryRow) -> int | None:
    """Return the cost in micro-USD, if the history has it."""
    return row.result.cost_microusd if isinstance(row.status, Completed) and row.result else None
