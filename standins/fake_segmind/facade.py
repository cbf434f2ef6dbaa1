"""The stand-in for its users (tests, benchmarks, the page): start it, inspect it, make it misbehave."""

import random
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from types import TracebackType
from typing import Self

from standins.changes import Changes
from standins.clock import Clock, VirtualClock
from standins.fake_segmind.faults import Faults
from standins.fake_segmind.jobs import Latency, Workshop
from standins.fake_segmind.limits import RateLimit
from standins.fake_segmind.pace import Pace
from standins.fake_segmind.records import Bill, KeySeen, SeenRequest
from standins.fake_segmind.server import KEYLESS_ROUTES, Server
from standins.fake_segmind.state import Asset, State

#: No key of the real one.
SANDBOX_KEY = "SG_sandbox"


class FakeSegmind:
    """One server for all four bases. Use as `async with`, or call `start` and `stop`.

    `speed` divides how long pictures take; all other times follow `clock`. `latency` (seconds before that
    division, or a function of a random generator) replaces the usual duration. With `small`, pictures are
    drawn thumbnail-sized, and without `keeps_requests` none is recorded: both are for load tests.
    """

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        host: str = "127.0.0.1",
        port: int = 0,
        speed: float = 1.0,
        seed: int = 0,
        key: str = SANDBOX_KEY,
        latency: Latency | None = None,
        small: bool = False,
        requests_per_minute: int | None = None,
        polls_count: bool = True,
        history_delay_seconds: float = 1.0,
        keeps_requests: bool = True,
    ) -> None:
        time = clock or VirtualClock()
        self._pace = Pace(time, speed)
        changes = Changes()
        workshop = Workshop(clock=time, pace=self._pace, changes=changes, rng=random.Random(seed))
        workshop.latency, workshop.is_small = latency, small
        self._state = State(
            clock=time,
            key=key,
            workshop=workshop,
            rate_limit=RateLimit(time, requests_per_minute, polls_count=polls_count),
            changes=changes,
            history_delay=timedelta(seconds=history_delay_seconds),
            keeps_requests=keeps_requests,
        )
        self._server = Server(self._state, host, port)

    async def start(self) -> Self:
        await self._server.start()
        return self

    async def stop(self) -> None:
        await self._server.stop()
        await self._state.workshop.close()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.stop()

    # --- where it answers ------------------------------------------------------------------------------

    @property
    def api_url(self) -> str:
        return f"http://{self._server.address}"

    @property
    def assets_url(self) -> str:
        return self.api_url

    @property
    def history_url(self) -> str:
        return self.api_url

    @property
    def output_host(self) -> str:
        """Host and port of finished pictures."""
        return self._server.address

    def name_files_at(self, url: str) -> None:
        """Set the address of finished pictures, for a caller that routes this address here."""
        self._state.files_url = url

    @property
    def clock(self) -> Clock:
        """The clock that all its times follow."""
        return self._state.clock

    # --- what can be set ---------------------------------------------------------------------------

    @property
    def faults(self) -> Faults:
        return self._state.faults

    @property
    def key(self) -> str:
        """The one key that it takes."""
        return self._state.key

    @property
    def rate_limit(self) -> RateLimit:
        return self._state.rate_limit

    @property
    def history_delay_seconds(self) -> float:
        """The time until a new request appears in the history."""
        return self._state.history_delay.total_seconds()

    @history_delay_seconds.setter
    def history_delay_seconds(self, seconds: float) -> None:
        self._state.history_delay = timedelta(seconds=seconds)

    @property
    def speed(self) -> float:
        return self._pace.speed

    @speed.setter
    def speed(self, speed: float) -> None:
        self._pace.speed = speed

    @property
    def latency(self) -> Latency | None:
        return self._state.workshop.latency

    @latency.setter
    def latency(self, latency: Latency | None) -> None:
        self._state.workshop.latency = latency

    @property
    def credits(self) -> Decimal:
        """USD on the account."""
        return self._state.workshop.credits

    @credits.setter  # noqa: A003  Python's own `credits` is for its prompt
    def credits(self, credits_usd: Decimal) -> None:
        self._state.workshop.credits = credits_usd

    # --- what it has seen ------------------------------------------------------------------------------

    @property
    def requests(self) -> list[SeenRequest]:
        """Every request, the oldest first."""
        return self._state.requests

    @property
    def assets(self) -> list[Asset]:
        """Every uploaded source, the oldest first."""
        return list(self._state.assets.values())

    @property
    def bills(self) -> list[Bill]:
        """Every accepted submit, the oldest first."""
        return self._state.workshop.bills

    @property
    def paid(self) -> list[Bill]:
        return [bill for bill in self.bills if bill.is_paid]

    @property
    def open(self) -> list[Bill]:
        """The bills of jobs that are not finished."""
        return self._state.workshop.open

    def requests_to(self, route: str) -> list[SeenRequest]:
        return [request for request in self.requests if request.route == route]

    @property
    def key_leaks(self) -> list[SeenRequest]:
        """Requests that carried a key to where none belongs: to files, and to the foreign host."""
        return [
            request
            for request in self.requests
            if request.key is not KeySeen.MISSING
            and (request.route in KEYLESS_ROUTES or request.host != self.output_host)
        ]

    async def until(self, predicate: Callable[[], object], timeout: float = 10.0) -> None:  # noqa: ASYNC109  a deadline in real seconds
        """Return once it is true; looked at after each request and each step of a job. Else TimeoutError."""
        await self._state.changes.until(predicate, within_seconds=timeout)
