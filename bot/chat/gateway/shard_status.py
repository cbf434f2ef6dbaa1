"""Which shards hear Discord, and when each had its last word from it."""

from collections.abc import Callable, Iterable


class ShardStatus:
    def __init__(self, now: Callable[[], float]) -> None:
        """`now` gives seconds since some moment, and never jumps."""
        self._now = now
        self._latest_events: dict[int, float] = {}
        self._connected: set[int] = set()

    def expect(self, shard_ids: Iterable[int]) -> None:
        """From now on, these are to hear."""
        self._latest_events = dict.fromkeys(shard_ids, self._now())

    def note_connected(self, shard_id: int) -> None:
        """Discord has said READY or RESUMED."""
        self._connected.add(shard_id)
        self.note_event(shard_id)

    def note_disconnected(self, shard_id: int) -> None:
        self._connected.discard(shard_id)

    def note_event(self, shard_id: int) -> None:
        """A dispatch, or the answer to a heartbeat."""
        self._latest_events[shard_id] = self._now()

    def is_connected(self, shard_id: int) -> bool:
        return shard_id in self._connected

    @property
    def expected(self) -> int:
        return len(self._latest_events)

    @property
    def connected(self) -> int:
        """How many of the expected shards hear."""
        return len(self._connected)

    @property
    def is_complete(self) -> bool:
        """Whether every shard hears."""
        return bool(self._latest_events) and self._latest_events.keys() <= self._connected

    @property
    def oldest_event_at(self) -> float:
        """When the shard that has heard nothing for the longest time had its last word; now, before any."""
        return min(self._latest_events.values(), default=self._now())

    @property
    def silent_seconds(self) -> float:
        return self._now() - self.oldest_event_at
