"""The status of the shards: which are connected, and when each received its latest event."""

from collections.abc import Callable, Iterable


class ShardStatus:
    def __init__(self, now: Callable[[], float]) -> None:
        """`now` returns the seconds since some moment, and never jumps."""
        self._now = now
        self._latest_events: dict[int, float] = {}
        self._connected: set[int] = set()
        #: The shards whose servers are known.
        self._introduced: set[int] = set()

    def expect(self, shard_ids: Iterable[int]) -> None:
        """Set the shards that should be connected from now on."""
        self._latest_events = dict.fromkeys(shard_ids, self._now())

    def begin(self, shard_id: int) -> None:
        """Expect this shard as well, without what an earlier session knew of it."""
        self._introduced.discard(shard_id)
        self._latest_events[shard_id] = self._now()

    def end(self, shard_id: int) -> None:
        """Another process serves it from now on, or none."""
        self._latest_events.pop(shard_id, None)
        self._introduced.discard(shard_id)

    def note_connected(self, shard_id: int) -> None:
        """Discord has said READY or RESUMED."""
        self._connected.add(shard_id)
        self.note_event(shard_id)

    def note_disconnected(self, shard_id: int) -> None:
        self._connected.discard(shard_id)

    def note_event(self, shard_id: int) -> None:
        """A dispatch, or the answer to a heartbeat."""
        self._latest_events[shard_id] = self._now()

    def note_introduced(self, shard_id: int) -> None:
        """All servers of the shard have introduced themselves, or did not in time."""
        self._introduced.add(shard_id)

    def is_connected(self, shard_id: int) -> bool:
        return shard_id in self._connected

    def is_ready(self, shard_id: int) -> bool:
        """Return whether the shard is connected, and its servers are known."""
        return shard_id in self._connected and shard_id in self._introduced

    @property
    def expected(self) -> int:
        return len(self._latest_events)

    @property
    def connected(self) -> int:
        """Return how many shards are connected."""
        return len(self._connected)

    @property
    def is_complete(self) -> bool:
        """Return whether every shard is connected."""
        return bool(self._latest_events) and self._latest_events.keys() <= self._connected

    @property
    def knows_servers(self) -> bool:
        """Return whether the servers of every shard are known."""
        return self._latest_events.keys() <= self._introduced

    @property
    def oldest_event_at(self) -> float:
        """Return when the shard that has been silent the longest received its latest event; now, if none."""
        return min(self._latest_events.values(), default=self._now())

    @property
    def silent_seconds(self) -> float:
        return self._now() - self.oldest_event_at
