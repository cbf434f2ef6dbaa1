"""The usual times of pictures and of edits, each a learned distribution."""

from bot.domain.luma import USUAL_SECONDS, USUAL_SECONDS_OF_OTHERS
from bot.domain.poll_timing import CompletionTimes, Supply
from bot.store import jobs
from bot.store.database import Database

#: How many finished pictures are read at the start. Older ones would hardly count.
LEARNED_FROM = 500


class Timing:
    def __init__(self, model: str) -> None:
        self._model = model
        usual = USUAL_SECONDS.get(model, USUAL_SECONDS_OF_OTHERS)
        self._times = {is_edit: CompletionTimes(usual) for is_edit in (False, True)}

    async def learn(self, database: Database) -> None:
        """Read the stored times, oldest first, as they happened."""
        seen = await database.read(jobs.durations, model=self._model, limit=LEARNED_FROM)
        for is_edit, seconds in reversed(seen):
            self.observe(seconds, is_edit=is_edit)

    def observe(self, seconds: float, *, is_edit: bool) -> None:
        self._times[is_edit].observe(seconds)

    def gap(self, age_seconds: float, supply: Supply, *, is_edit: bool) -> float:
        """Return the seconds until the next poll; see `CompletionTimes.gap`."""
        times = self._times[is_edit]
        return times.gap(age_seconds, times.request_seconds(supply))

    def usual_seconds(self, *, is_edit: bool) -> float:
        return self._times[is_edit].quantile(0.5)
