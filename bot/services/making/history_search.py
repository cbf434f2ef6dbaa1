"""Searches the provider's history for a submit whose answer was lost."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.ids import RequestId
from bot.domain.job import Job
from bot.domain.luma import CLOCK_SKEW
from bot.domain.provider import HistoryRow
from bot.services.making.submitting import inputs_of
from bot.services.protocols import ImageProvider
from bot.services.provider.shared_history import SharedHistory
from bot.services.runtime import Runtime
from bot.store.pictures import jobs


@dataclass(frozen=True, slots=True)
class SearchResult:
    #: Requests with the same inputs, oldest first. Jobs with the same inputs are interchangeable.
    matches: list[HistoryRow] = field(default_factory=list)
    #: False if the history was not read, or hides the inputs of a request that may be this one.
    is_conclusive: bool = True
    #: All requests to the job's model in the history from this time, including those of others.
    shown: frozenset[RequestId] = frozenset()


@dataclass(slots=True, kw_only=True)
class HistorySearch:
    runtime: Runtime
    provider: ImageProvider
    _by_model: dict[str, SharedHistory] = field(init=False, default_factory=dict)

    async def of(
        self, job: Job, sent_at: datetime, until: datetime | None = None, *, skew: timedelta = CLOCK_SKEW
    ) -> SearchResult:
        """Return the requests since the POST that no job of ours has. Raises `ProviderError`."""
        since = sent_at - skew
        last = max(until or self.runtime.clock.now(), sent_at) + skew
        rows = await self._history_of(job.model).rows(since, last)
        shown = frozenset(row.request_id for row in rows)
        if not job.words or (job.is_edit and job.asset_url is None):
            # Restored from a backup before its source was handed over, or encrypted with a key that is lost:
            # it cannot be recognised.
            return SearchResult(is_conclusive=not await self._free(rows), shown=shown)
        inputs = inputs_of(job, job.asset_url)
        free = await self._free([row for row in rows if not row.inputs or self.provider.is_same(inputs, row)])
        return SearchResult(
            matches=[row for row in reversed(free) if row.inputs],
            is_conclusive=all(row.inputs for row in free),
            shown=shown,
        )

    def _history_of(self, model: str) -> SharedHistory:
        if model not in self._by_model:
            self._by_model[model] = SharedHistory(
                provider=self.provider, clock=self.runtime.clock, model=model
            )
        return self._by_model[model]

    async def _free(self, rows: list[HistoryRow]) -> list[HistoryRow]:
        """Return the rows that no job of ours has."""
        known = await self.runtime.database.read(jobs.known_request_ids, [row.request_id for row in rows])
        return [row for row in rows if row.request_id not in known]
