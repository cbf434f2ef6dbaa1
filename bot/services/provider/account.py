"""The operator's account with the provider, as the steps of all jobs share it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from bot.domain.ids import CardId
from bot.domain.quality import Models
from bot.domain.trouble import Trouble
from bot.services.concurrency.wake_up import WakeUp
from bot.services.protocols import ImageProvider
from bot.services.provider.account_news import AccountNewsExchange
from bot.services.provider.any_pacer import AnyPacer
from bot.services.provider.circuit_breaker import CircuitBreaker
from bot.services.provider.history_watch import HistoryWatch
from bot.services.provider.landings import Landings
from bot.services.provider.pacer import Pacer
from bot.services.provider.shared_pacer import SharedPacer
from bot.services.provider.timing import Timing
from bot.services.runtime import Runtime


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFacts:
    """The operator's settings of the account."""

    models: Models
    requests_per_minute: int
    polls_count: bool
    #: In USD: the account counts as empty if less is left.
    least_credits: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Sharing:
    """The settings for an account that other processes use as well."""

    process_id: int
    #: How often it shows that it is alive.
    every_seconds: float
    #: The cards whose files it is changing.
    changing: Callable[[], Collection[CardId]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAccount:
    runtime: Runtime
    provider: ImageProvider
    breaker: CircuitBreaker
    pacer: AnyPacer
    timing: Timing
    landings: Landings
    history_watch: HistoryWatch
    #: None: no other process uses the account.
    exchange: AccountNewsExchange | None = None

    async def start(self) -> None:
        """Learn from the past, then run what every call to the provider needs."""
        tasks, sleep = self.runtime.tasks, self.runtime.clock.sleep
        await self.timing.learn(self.runtime.database)
        await self.landings.learn()
        if self.exchange is not None:
            tasks.keep(self.exchange.run, "fleet", sleep)
        tasks.keep(self.breaker.run, "breaker", sleep)
        tasks.keep(self.pacer.run, "pacer", sleep)
        tasks.keep(self.landings.run, "landings", sleep)
        tasks.keep(self.history_watch.run, "history", sleep)

    async def learn_again(self) -> None:
        """Learn from what other processes have made and measured meanwhile."""
        await self.timing.learn(self.runtime.database)
        await self.landings.learn()


def account_of(
    runtime: Runtime,
    provider: ImageProvider,
    facts: AccountFacts,
    notified: Collection[Trouble],
    sharing: Sharing | None,
) -> ProviderAccount:
    """Build the account, as one process alone or several use it."""
    has_news = WakeUp()
    breaker = CircuitBreaker(
        runtime=runtime,
        provider=provider,
        least_credits=facts.least_credits,
        notified=notified,
        has_news=has_news,
    )
    pacer, exchange = _pacing(runtime, facts, sharing, breaker, has_news)
    return ProviderAccount(
        runtime=runtime,
        provider=provider,
        breaker=breaker,
        pacer=pacer,
        timing=Timing(facts.models.in_use),
        landings=Landings(runtime=runtime, provider=provider, pacer=pacer),
        history_watch=HistoryWatch(runtime=runtime, provider=provider, model=facts.models.standard),
        exchange=exchange,
    )


def _pacing(
    runtime: Runtime, facts: AccountFacts, sharing: Sharing | None, breaker: CircuitBreaker, has_news: WakeUp
) -> tuple[AnyPacer, AccountNewsExchange | None]:
    if sharing is None:
        pacer = Pacer(
            per_minute=facts.requests_per_minute,
            polls_count=facts.polls_count,
            clock=runtime.clock,
            metrics=runtime.metrics,
        )
        return pacer, None
    shared = SharedPacer(
        runtime=runtime,
        process_id=sharing.process_id,
        per_minute=facts.requests_per_minute,
        polls_count=facts.polls_count,
        has_news=has_news,
    )
    exchange = AccountNewsExchange(
        runtime=runtime,
        process_id=sharing.process_id,
        breaker=breaker,
        pacer=shared,
        has_news=has_news,
        every_seconds=sharing.every_seconds,
        changing=sharing.changing,
    )
    return shared, exchange
