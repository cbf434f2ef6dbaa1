"""The usual times of pictures and of edits by each model, each a learned distribution."""

from collections.abc import Sequence

from bot.domain.luma import USUAL_SECONDS, USUAL_SECONDS_OF_OTHERS
from bot.domain.poll_timing import CompletionTimes, Supply
from bot.store.driver.database import Database
from bot.store.pictures import jobs

#: How many finished pictures are read at the start. Older ones would hardly count.
LEARNED_FROM = 500


class Timing:
    def __init__(self, models: Sequence[str]) -> None:
        self._models = models
        self._times: dict[tuple[str, bool], CompletionTimes] = {}

    async def learn(self, database: Database) -> None:
        """Read the stored times of each model, oldest first, as they happened, in place of what is known."""
        self._times.clear()
        for model in self._models:
            seen = await database.read(jobs.durations, model=model, limit=LEARNED_FROM)
            for is_edit, seconds in reversed(seen):
                self.observe(seconds, model=model, is_edit=is_edit)

    def observe(self, seconds: float, *, model: str, is_edit: bool) -> None:
        self._of(model, is_edit=is_edit).observe(seconds)

    def gap(self, age_seconds: float, supply: Supply, *, model: str, is_edit: bool) -> float:
        """Return the seconds until the next poll; see `CompletionTimes.gap`."""
        times = self._of(model, is_edit=is_edit)
        return times.gap(age_seconds, times.request_seconds(supply))

    def usual_seconds(self, *, model: str, is_edit: bool) -> float:
        return self._of(model, is_edit=is_edit).quantile(0.5)

    def _of(self, model: str, *, is_edit: bool) -> CompletionTimes:
        if (model, is_edit) not in self._times:
            usual = USUAL_SECONDS.get(model, USUAL_SECONDS_OF_OTHERS)
            self._times[model, is_edit] = CompletionTimes(usual)
        return self._times[model, is_edit]
