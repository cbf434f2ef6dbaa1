"""The news that processes tell each other about the account: why it is paused, and for how long."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from bot.domain.ids import CardId
from bot.services.concurrency.wake_up import WakeUp
from bot.services.provider.circuit_breaker import CircuitBreaker
from bot.services.provider.shared_pacer import SharedPacer
from bot.services.runtime import Runtime
from bot.store.fleet import fleet


@dataclass(slots=True, kw_only=True)
class AccountNewsExchange:
    """Shows again and again that the process is alive, and with that tells and learns what is new."""

    runtime: Runtime
    process_id: int
    breaker: CircuitBreaker
    pacer: SharedPacer
    #: The breaker and the pacer have something to tell.
    has_news: WakeUp
    every_seconds: float
    #: The cards whose files this process is changing.
    changing: Callable[[], Collection[CardId]]
    _finds_told: int = field(init=False, default=0)
    _revision: int = field(init=False, default=0)

    async def run(self) -> None:
        while True:
            with self.runtime.outages.survived("fleet"):
                await self.exchange()
            await self.has_news.wait(self.runtime.clock.sleep, self.every_seconds)

    async def exchange(self) -> None:
        finds, pause_until = self.breaker.finds, self.pacer.own_pause_until
        pause = 0.0 if pause_until is None else max(0.0, pause_until - self.runtime.clock.monotonic())
        state = await self.runtime.database.write(
            fleet.beat,
            self.process_id,
            changing=self.changing(),
            news=None if finds == self._finds_told else self.breaker.news,
            pause_seconds=pause,
        )
        self._finds_told = finds
        self.pacer.pause_is_told(pause_until)
        self.pacer.learn_of_pause(state.pause_seconds)
        if self.breaker.finds == finds and state.revision != self._revision:
            self.breaker.learn(state.news)
        self._revision = state.revision

    async def end(self) -> None:
        """Let nothing wait for this process any more."""
        with self.runtime.outages.survived("fleet"):
            await self.runtime.database.write(fleet.leave, self.process_id)
