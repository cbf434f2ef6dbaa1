"""The account's rate limit, shared: submits first, then results, then polls; members take turns.

While others wait, submits get only their share. Otherwise a long line would starve the polls for pictures
that are already paid.
"""

import asyncio
import heapq
from collections import deque

from bot.domain.clock import Clock
from bot.domain.fair_queue import FairQueue
from bot.domain.ids import JobId, MemberId
from bot.domain.poll_timing import PLENTY, Supply
from bot.ops.metrics import Metrics

#: The provider's minute and one more second, since requests take different times to arrive.
WINDOW_SECONDS = 61.0
#: A submit, a result, and about two polls.
REQUESTS_PER_PICTURE = 4
#: A turn counts against its member for at least the time of a picture. Otherwise a member whose requests are
#: refused at once would always be next again.
TURN_SECONDS = 60.0
#: Polls use what is left of the minute at a rate at which it would last this long: slower and slower.
LASTING_SECONDS = 10.0


class Pacer:
    """Grants turns, as long as `run` is running. It knows of no other process; see `SharedPacer`."""

    def __init__(self, *, per_minute: int, polls_count: bool, clock: Clock, metrics: Metrics) -> None:
        self._per_minute = per_minute
        self._polls_count = polls_count
        self._clock = clock
        self._metrics = metrics
        self._line = FairQueue()
        self._submits: dict[JobId, tuple[MemberId, asyncio.Future[None]]] = {}
        self._results: deque[asyncio.Future[None]] = deque()
        self._polls: deque[asyncio.Future[None]] = deque()
        #: The member of each job, and when its turn began.
        self._at_provider: dict[JobId, tuple[MemberId, float]] = {}
        #: Turns of jobs that left the provider early: when they stop counting, and for which member.
        self._short_turns: list[tuple[float, MemberId]] = []
        #: When each request of the last minute was granted, and True if it was a submit.
        self._granted: deque[tuple[float, bool]] = deque()
        self._granted_submits = 0
        self._paused_until = float("-inf")
        self._woken = asyncio.Event()

    # --- for the tasks that wait ---

    async def submit_turn(self, job_id: JobId, member_id: MemberId) -> bool:
        turn = asyncio.get_running_loop().create_future()
        self._submits[job_id] = (member_id, turn)
        self._line.join(job_id, member_id)
        self._metrics.queue_length.set(len(self._line))
        try:
            await self._wait(turn)
        except asyncio.CancelledError:
            if self._submits.pop(job_id, None):
                self._line.leave(job_id, member_id)
            self.release(job_id)
            raise
        finally:
            self._metrics.queue_length.set(len(self._line))
        return True

    async def result_turn(self) -> None:
        await self._wait_among(self._results)

    async def poll_turn(self) -> None:
        if self._polls_count:
            await self._wait_among(self._polls)
        else:
            await self._clock.sleep(self._paused_until - self._clock.monotonic())

    async def _wait_among(self, waiting: "deque[asyncio.Future[None]]") -> None:
        turn = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        try:
            await self._wait(turn)
        except asyncio.CancelledError:
            if turn in waiting:
                waiting.remove(turn)
            raise

    async def _wait(self, turn: "asyncio.Future[None]") -> None:
        self._woken.set()
        await turn

    def occupy(self, job_id: JobId, member_id: MemberId) -> None:
        """Count the job as being with the provider. A second call changes nothing."""
        if job_id not in self._at_provider:
            self._at_provider[job_id] = member_id, self._clock.monotonic()
            self._line.started(member_id)

    def release(self, job_id: JobId) -> None:
        """Count the job as no longer being with the provider."""
        if job_id in self._at_provider:
            member_id, began = self._at_provider.pop(job_id)
            heapq.heappush(self._short_turns, (began + TURN_SECONDS, member_id))
            self._end_turns()

    def pause(self, seconds: float) -> None:
        """Send nothing for this time, after a 429."""
        self._paused_until = max(self._paused_until, self._clock.monotonic() + seconds)

    @property
    def pause_seconds(self) -> float:
        """Return how much longer nothing is sent; 0 if there is no pause."""
        return max(0.0, self._paused_until - self._clock.monotonic())

    def supply(self) -> Supply:
        """Return how scarce requests are now; see `poll_timing`."""
        if not self._polls_count:
            return PLENTY
        self._forget_the_old()
        waiting = len(self._submits) + len(self._results) + len(self._polls)
        left = max(self._per_minute - len(self._granted) - waiting - 1, 0)  # one for the next result
        pictures = max(len(self._at_provider), 1)
        return Supply(
            requests_a_second=left / LASTING_SECONDS / pictures,
            line_seconds=len(self._submits) * WINDOW_SECONDS / self._per_minute,
        )

    def places(self) -> dict[JobId, int]:
        """Return the place in line of each waiting job; 1 is next."""
        self._end_turns()
        return self._line.places()

    def place(self, job_id: JobId, member_id: MemberId) -> int | None:
        """Return one job's place in line, or None if it does not wait."""
        self._end_turns()
        return self._line.place(job_id, member_id)

    # --- granting ---

    async def run(self) -> None:
        while True:
            self._woken.clear()
            if not (self._submits or self._results or self._polls):
                await self._woken.wait()
            elif (delay := self._delay_seconds()) > 0:
                await self._clock.sleep(delay)
            else:
                self._grant()

    def _delay_seconds(self) -> float:
        self._forget_the_old()
        now = self._clock.monotonic()
        delay = self._paused_until - now
        if len(self._granted) >= self._per_minute:
            delay = max(delay, self._granted[0][0] + WINDOW_SECONDS - now)
        return delay

    def _forget_the_old(self) -> None:
        now = self._clock.monotonic()
        # The same sum as for the delay: by any other, one may be over before the other, by a rounding.
        while self._granted and self._granted[0][0] + WINDOW_SECONDS <= now:
            _, was_submit = self._granted.popleft()
            self._granted_submits -= was_submit

    def _grant(self) -> None:
        others = self._results or self._polls
        is_submit = bool(self._submits) and (not others or self._submits_are_below_their_share())
        self._granted.append((self._clock.monotonic(), is_submit))
        self._granted_submits += is_submit
        turn = self._next_submit() if is_submit else others.popleft()
        if not turn.done():  # cancelled at this moment: the turn is lost
            turn.set_result(None)

    def _next_submit(self) -> "asyncio.Future[None]":
        self._end_turns()
        job_id = self._line.next()
        member_id, turn = self._submits.pop(job_id)
        self._at_provider[job_id] = member_id, self._clock.monotonic()
        return turn

    def _end_turns(self) -> None:
        now = self._clock.monotonic()
        while self._short_turns and self._short_turns[0][0] <= now:
            _, member_id = heapq.heappop(self._short_turns)
            self._line.ended(member_id)

    def _submits_are_below_their_share(self) -> bool:
        return self._granted_submits < self._per_minute / REQUESTS_PER_PICTURE
