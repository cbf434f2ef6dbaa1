"""A fair queue of jobs: a member who asks for forty pictures does not delay another member's first."""

from collections import Counter, deque

from bot.domain.ids import JobId, MemberId


class FairQueue:
    """Jobs that wait to be submitted: members with the fewest running jobs first, then the oldest."""

    def __init__(self) -> None:
        self._waiting: dict[MemberId, deque[tuple[int, JobId]]] = {}
        self._running: Counter[MemberId] = Counter()
        self._turn = 0

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def join(self, job_id: JobId, member_id: MemberId) -> None:
        self._turn += 1
        self._waiting.setdefault(member_id, deque()).append((self._turn, job_id))

    def leave(self, job_id: JobId, member_id: MemberId) -> None:
        """Remove a job that has not had its turn. A job that does not wait is ignored."""
        left = deque(entry for entry in self._waiting.get(member_id, ()) if entry[1] != job_id)
        if left:
            self._waiting[member_id] = left
        else:
            self._waiting.pop(member_id, None)

    def next(self) -> JobId:
        """Take the next job out of the queue and count it as running. The queue must not be empty."""
        member_id = min(self._waiting, key=lambda member: (self._running[member], self._waiting[member][0]))
        _, job_id = self._waiting[member_id].popleft()
        if not self._waiting[member_id]:
            del self._waiting[member_id]
        self.started(member_id)
        return job_id

    def started(self, member_id: MemberId) -> None:
        self._running[member_id] += 1

    def ended(self, member_id: MemberId) -> None:
        self._running[member_id] -= 1
        if self._running[member_id] <= 0:
            del self._running[member_id]

    def places(self) -> dict[JobId, int]:
        """Return the place of each waiting job, 1 = next, if no job is added and none ends."""
        order = sorted(
            (self._running[member_id] + ahead, turn, job_id)
            for member_id, entries in self._waiting.items()
            for ahead, (turn, job_id) in enumerate(entries)
        )
        return {job_id: place for place, (_, _, job_id) in enumerate(order, start=1)}

    def place(self, job_id: JobId, member_id: MemberId) -> int | None:
        """Return the place of one job without looking at all others; None if it does not wait."""
        for ahead, (turn, waiting) in enumerate(self._waiting.get(member_id, ())):
            if waiting == job_id:
                key = self._running[member_id] + ahead, turn
                return 1 + sum(self._before(key, other) for other in self._waiting)
        return None

    def _before(self, key: tuple[int, int], member_id: MemberId) -> int:
        """Count the member's jobs that come before this key."""
        entries = self._waiting[member_id]
        rank = key[0] - self._running[member_id]
        if not 0 <= rank < len(entries):
            return len(entries) if rank > 0 else 0
        return rank + (entries[rank][0] < key[1])
