"""The account's rate limit, shared by several processes: turns are leased from the database in batches.

The order is that of `Pacer`, over all processes; see `bot.store.fleet.turns`.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from contextlib import suppress

from bot.domain.ids import JobId, MemberId
from bot.domain.poll_timing import PLENTY, Supply
from bot.services.concurrency.wake_up import WakeUp
from bot.services.provider.pacer import LASTING_SECONDS, REQUESTS_PER_PICTURE
from bot.services.runtime import Runtime
from bot.store.fleet import turns
from bot.store.fleet.turns import WINDOW_SECONDS, Lease, Wanted

#: The time between two leases while every wish is granted, and while something has to wait.
BUSY_SECONDS = 0.1
SHORT_SECONDS = 0.5
#: The longest sleep in a pause, which another process may have ended.
PAUSE_LOOK_SECONDS = 5.0
#: How often the places in line are read, and how scarce requests are.
PLACES_SECONDS = 5.0
SUPPLY_SECONDS = 5.0
#: A lease that took longer than expected by this time is not used: its turns may be another minute's.
LATE_SECONDS = 1.0
#: The longest delay that is expected.
LONGEST_DELAY_SECONDS = 10.0

Turn = asyncio.Future[bool]


class SharedPacer:
    """Grants turns, as long as `run` is running.

    `has_news` is sent when other processes have to know something.
    """

    def __init__(
        self, *, runtime: Runtime, process_id: int, per_minute: int, polls_count: bool, has_news: WakeUp
    ) -> None:
        self._runtime = runtime
        self._clock = runtime.clock
        self._process_id = process_id
        self._per_minute = per_minute
        self._polls_count = polls_count
        self._has_news = has_news
        self._submits: dict[JobId, Turn] = {}
        self._results: deque[Turn] = deque()
        self._polls: deque[Turn] = deque()
        self._at_provider: set[JobId] = set()
        #: Of the submits, those that the database knows; and those that it knows and that wait no longer.
        self._joined: set[JobId] = set()
        self._left: set[JobId] = set()
        self._places: Mapping[JobId, int] = {}
        self._places_at = float("-inf")
        self._lease: Lease | None = None
        self._leased_at = float("-inf")
        #: How long the last lease took.
        self._delay_seconds = 0.0
        self._paused_until = float("-inf")
        #: The end of a pause that no other process knows of yet, by the monotonic clock.
        self._own_pause_until: float | None = None
        self._woken = asyncio.Event()

    # --- for the tasks that wait ---

    async def submit_turn(self, job_id: JobId, member_id: MemberId) -> bool:
        del member_id  # the database knows it
        turn: Turn = asyncio.get_running_loop().create_future()
        self._submits[job_id] = turn
        self._runtime.metrics.queue_length.set(len(self._submits))
        try:
            return await self._wait(turn)
        except asyncio.CancelledError:
            self._leave(job_id)
            self.release(job_id)
            raise
        finally:
            self._runtime.metrics.queue_length.set(len(self._submits))

    async def result_turn(self) -> None:
        await self._wait_among(self._results)

    async def poll_turn(self) -> None:
        if self._polls_count:
            await self._wait_among(self._polls)
        else:
            await self._clock.sleep(self.pause_seconds)

    async def _wait_among(self, waiting: "deque[Turn]") -> None:
        turn: Turn = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        try:
            await self._wait(turn)
        except asyncio.CancelledError:
            with suppress(ValueError):
                waiting.remove(turn)
            raise

    async def _wait(self, turn: Turn) -> bool:
        self._woken.set()
        return await turn

    def _leave(self, job_id: JobId) -> None:
        self._submits.pop(job_id, None)
        if job_id in self._joined:
            self._joined.discard(job_id)
            self._left.add(job_id)
            self._woken.set()

    def occupy(self, job_id: JobId, member_id: MemberId) -> None:
        """Count it for the supply. The turns of members follow from the states of their jobs."""
        del member_id
        self._at_provider.add(job_id)

    def release(self, job_id: JobId) -> None:
        self._at_provider.discard(job_id)

    # --- pauses ---

    def pause(self, seconds: float) -> None:
        until = self._clock.monotonic() + seconds
        self._paused_until = max(self._paused_until, until)
        self._own_pause_until = max(self._own_pause_until or until, until)
        self._has_news.send()

    @property
    def pause_seconds(self) -> float:
        return max(0.0, self._paused_until - self._clock.monotonic())

    @property
    def own_pause_until(self) -> float | None:
        """Return the end of a pause that no other process knows of yet, by the monotonic clock."""
        return self._own_pause_until

    def pause_is_told(self, until: float | None) -> None:
        """The other processes know of a pause of this one's."""
        if self._own_pause_until == until:
            self._own_pause_until = None

    def learn_of_pause(self, seconds: float) -> None:
        """Take over a pause of any process."""
        if seconds > 0:
            self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)

    # --- what the lease tells ---

    def supply(self) -> Supply:
        if not self._polls_count:
            return PLENTY
        lease = self._lease
        if lease is None or self._clock.monotonic() - self._leased_at > SUPPLY_SECONDS:
            self._woken.set()
        if lease is None:
            return Supply(requests_a_second=0.0)
        left = max(lease.left - lease.waiting_submits - lease.waiting_others - 1, 0)
        pictures = max(lease.at_provider, 1)
        return Supply(
            requests_a_second=left / LASTING_SECONDS / pictures,
            line_seconds=lease.waiting_submits * WINDOW_SECONDS / self._per_minute,
        )

    def places(self) -> Mapping[JobId, int]:
        return self._places

    def place(self, job_id: JobId, member_id: MemberId) -> int | None:
        del member_id
        return self._places.get(job_id) if job_id in self._submits else None

    # --- leasing ---

    async def run(self) -> None:
        while True:
            await self._woken.wait()
            self._woken.clear()
            await self._clock.sleep(await self._round())
            if self._is_waiting:
                self._woken.set()

    @property
    def _is_waiting(self) -> bool:
        return bool(self._submits or self._results or self._polls)

    async def _round(self) -> float:
        """Lease turns, and grant them; return the seconds until the next time."""
        try:
            with self._runtime.outages.survived("pacer"):
                await self._lease_turns()
                await self._read_places()
        finally:
            if self._lease is None:  # whatever became of it, the database may know nothing of what waits
                self._joined.clear()
        if not self._is_waiting:
            return BUSY_SECONDS
        return max(SHORT_SECONDS, min(self.pause_seconds, PAUSE_LOOK_SECONDS))

    async def _lease_turns(self) -> None:
        joined, left = self._submits.keys() - self._joined, frozenset(self._left)
        wanted = Wanted(
            process_id=self._process_id,
            joined=sorted(joined),
            left=sorted(left),
            submits=len(self._submits),
            results=len(self._results),
            polls=len(self._polls),
            at_provider=len(self._at_provider),
            delay_seconds=self._delay_seconds,
        )
        self._lease, begun = None, self._clock.monotonic()
        lease = await self._runtime.database.write(
            turns.lease,
            wanted,
            per_minute=self._per_minute,
            submits_most=self._per_minute / REQUESTS_PER_PICTURE,
        )
        self._lease, self._leased_at = lease, self._clock.monotonic()
        self._joined |= joined & self._submits.keys()
        self._left = (self._left - left) | (joined - self._submits.keys())
        self.learn_of_pause(lease.pause_seconds)
        took, expected = self._leased_at - begun, self._delay_seconds
        self._delay_seconds = min(took, LONGEST_DELAY_SECONDS)
        self._joined -= set(lease.submits)
        if took <= expected + LATE_SECONDS:
            self._grant(lease)

    def _grant(self, lease: Lease) -> None:
        for job_id in lease.submits:
            self._left.discard(job_id)
            if (turn := self._submits.pop(job_id, None)) is not None and not turn.done():
                self._at_provider.add(job_id)
                turn.set_result(True)
        for _ in range(lease.others):
            waiting = self._results or self._polls
            if not waiting:
                return
            turn = waiting.popleft()
            if not turn.done():  # cancelled at this moment: the turn is lost
                turn.set_result(True)

    async def _read_places(self) -> None:
        """Read the places in line. Who has none any more was cancelled, or is another process's."""
        if self._clock.monotonic() - self._places_at < PLACES_SECONDS or not self._joined:
            return
        asked = frozenset(self._joined)
        self._places = await self._runtime.database.read(turns.places, self._process_id)
        self._places_at = self._clock.monotonic()
        for job_id in asked - self._places.keys():
            self._joined.discard(job_id)
            self._left.add(job_id)
            if (turn := self._submits.pop(job_id, None)) is not None and not turn.done():
                turn.set_result(False)
        if self._left:
            self._woken.set()
