"""The operator's account with the provider, as the steps of all jobs share it."""

from dataclasses import dataclass

from bot.services.protocols import ImageProvider
from bot.services.provider.circuit_breaker import CircuitBreaker
from bot.services.provider.history_watch import HistoryWatch
from bot.services.provider.landings import Landings
from bot.services.provider.pacer import Pacer
from bot.services.provider.timing import Timing
from bot.services.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccount:
    runtime: Runtime
    provider: ImageProvider
    breaker: CircuitBreaker
    pacer: Pacer
    timing: Timing
    landings: Landings
    history_watch: HistoryWatch

    async def start(self) -> None:
        """Learn from the past, then run what every call to the provider needs."""
        tasks, sleep = self.runtime.tasks, self.runtime.clock.sleep
        await self.timing.learn(self.runtime.database)
        await self.landings.learn()
        tasks.keep(self.breaker.run, "breaker", sleep)
        tasks.keep(self.pacer.run, "pacer", sleep)
        tasks.keep(self.landings.run, "landings", sleep)
        tasks.keep(self.history_watch.run, "history", sleep)
