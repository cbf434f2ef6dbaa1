"""Which shards hear Discord, and when each had its last word from it."""

from collections.abc import Callable, Iterable


class Hearing:
    def __init__(self, now: Callable[[], float]) -> None:
        """`now` gives seconds since some moment, and never jumps."""
        self._now = now
        self._last_words: dict[int, float] = {}
        self._hearing: set[int] = set()

    def expect(self, shard_ids: Iterable[int]) -> None:
        """From now on, these are to hear."""
        self._last_words = dict.fromkeys(shard_ids, self._now())

    def begin(self, shard_id: int) -> None:
        """Discord has said READY or RESUMED."""
        self._hearing.add(shard_id)
        self.word(shard_id)

    def end(self, shard_id: int) -> None:
        self._hearing.discard(shard_id)

    def word(self, shard_id: int) -> None:
        """A dispatch, or the answer to a heartbeat."""
        self._last_words[shard_id] = self._now()

    def hears(self, shard_id: int) -> bool:
        return shard_id in self._hearing

    @property
    def expected(self) -> int:
        return len(self._last_words)

    @property
    def heard(self) -> int:
        """How many of the expected shards hear."""
        return len(self._hearing)

    @property
    def is_whole(self) -> bool:
        """Whether every shard hears."""
        return bool(self._last_words) and self._last_words.keys() <= self._hearing

    @property
    def last_word(self) -> float:
        """When the shard that has heard nothing for the longest time had its last word; now, before any."""
        return min(self._last_words.values(), default=self._now())

    @property
    def silent_seconds(self) -> float:
        return self._now() - self.last_word
