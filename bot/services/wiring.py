"""Connects the services with each other, and starts and stops what runs beside the requests."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bot.domain.clock import Clock
from bot.domain.ids import GuildId, JobId
from bot.domain.limits import OperatorLimits
from bot.ops.metrics import Metrics
from bot.ops.tasks import TaskOwner
from bot.services.admins.administration import Administration
from bot.services.admins.reports import Reports
from bot.services.cards.gone_cards import GoneCards
from bot.services.cards.left_messages import LeftMessages
from bot.services.cards.showing import Showing
from bot.services.cards.views import Views
from bot.services.concurrency.drain import Drain
from bot.services.concurrency.insisting import Insisting
from bot.services.limits.budgeting import BudgetWarnings, Prices
from bot.services.limits.rulebook import Rulebook
from bot.services.making.admission import Admission
from bot.services.making.delivering import Delivering
from bot.services.making.engine import Engine
from bot.services.making.ledger import Ledger
from bot.services.making.polling import Polling
from bot.services.making.resolving import Resolving
from bot.services.making.runner import Runner
from bot.services.making.sources import Sources
from bot.services.making.submitting import Submitting
from bot.services.members.copies import Copies
from bot.services.members.gallery import Gallery
from bot.services.protocols import Courier, ImageProvider, Imaging, Notices, SourceFetcher
from bot.services.provider.breaker import Breaker
from bot.services.provider.landings import Landings
from bot.services.provider.pacer import Pacer
from bot.services.provider.timing import Timing
from bot.services.upkeep.reconciling import Reconciling
from bot.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the services are connected to, and the operator's choices."""

    database: Database
    provider: ImageProvider
    courier: Courier
    notices: Notices
    fetcher: SourceFetcher
    imaging: Imaging
    clock: Clock
    metrics: Metrics
    tasks: TaskOwner
    rng: random.Random
    limits: OperatorLimits
    #: Over all servers in a calendar month; None: no budget.
    budget_microusd: int | None
    #: What a picture is expected to cost until costs have been seen.
    unit_price_microusd: int
    model: str
    requests_per_minute: int
    polls_count: bool
    #: USD below which the account counts as empty: the price of one picture.
    least_credits: float
    sources_folder: Path
    #: The servers that may use the bot; empty: all.
    served_guilds: frozenset[GuildId] = frozenset()

    @property
    def results_folder(self) -> Path:
        """Apart from the sources: a picture that is paid comes although no source can be kept."""
        return self.sources_folder.with_name("results")


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What chat calls, and what has to run."""

    admission: Admission
    gallery: Gallery
    administration: Administration
    reports: Reports
    gone: GoneCards
    engine: Engine
    pacer: Pacer
    breaker: Breaker
    timing: Timing
    landings: Landings
    prices: Prices
    reconciling: Reconciling
    _wiring: Wiring

    async def start(self) -> None:
        """Learn from the past, then take up every open job."""
        tasks, sleep = self._wiring.tasks, self._wiring.clock.sleep
        await self.timing.learn(self._wiring.database)
        await self.landings.learn()
        await self.prices.learn()
        tasks.keep(self.breaker.run, "breaker", sleep)
        tasks.keep(self.pacer.run, "pacer", sleep)
        tasks.keep(self.landings.run, "landings", sleep)
        tasks.keep(self.engine.run, "engine", sleep)
        tasks.keep(self.engine.follow_the_line, "line", sleep)
        tasks.keep(self.reconciling.run, "reconciling", sleep)

    async def stop(self) -> None:
        """Let finish what is dear to repeat; the rest is in its rows."""
        await self.engine.stop()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Parts:
    """What several services share."""

    drain: Drain
    breaker: Breaker
    pacer: Pacer
    timing: Timing
    landings: Landings
    rulebook: Rulebook
    prices: Prices
    views: Views
    gone: GoneCards
    showing: Showing
    insisting: Insisting
    ledger: Ledger
    sources: Sources


def wire(to: Wiring) -> Services:
    def drop_job(job_id: JobId) -> None:
        engine.drop(job_id)

    parts = _parts(to, drop_job)
    delivering = _delivering(to, parts)
    engine = _engine(to, parts, _runner(to, parts, delivering))
    admission = Admission(
        database=to.database,
        clock=to.clock,
        rulebook=parts.rulebook,
        prices=parts.prices,
        operator_budget_microusd=to.budget_microusd,
        served_guilds=to.served_guilds,
        model=to.model,
        breaker=parts.breaker,
        views=parts.views,
        start_job=engine.start,
        look_for_card=engine.look_for,
        insisting=parts.insisting,
        metrics=to.metrics,
    )
    gallery = Gallery(
        database=to.database,
        clock=to.clock,
        rulebook=parts.rulebook,
        views=parts.views,
        showing=parts.showing,
        copies=Copies(delivering),
        start_job=engine.start,
        drop_job=engine.drop,
    )
    return Services(
        admission=admission,
        gallery=gallery,
        administration=Administration(
            database=to.database, clock=to.clock, rulebook=parts.rulebook, prices=parts.prices
        ),
        reports=Reports(database=to.database),
        gone=parts.gone,
        engine=engine,
        pacer=parts.pacer,
        breaker=parts.breaker,
        timing=parts.timing,
        landings=parts.landings,
        prices=parts.prices,
        reconciling=Reconciling(
            database=to.database,
            provider=to.provider,
            prices=parts.prices,
            landings=parts.landings,
            clock=to.clock,
            metrics=to.metrics,
        ),
        _wiring=to,
    )


def _parts(to: Wiring, drop_job: Callable[[JobId], None]) -> _Parts:
    database, clock, metrics = to.database, to.clock, to.metrics
    breaker = Breaker(provider=to.provider, clock=clock, metrics=metrics, least_credits=to.least_credits)
    pacer = Pacer(per_minute=to.requests_per_minute, polls_count=to.polls_count, clock=clock, metrics=metrics)
    timing = Timing(to.model)
    views = Views(database=database, clock=clock, pacer=pacer, timing=timing, breaker=breaker)
    insisting = Insisting(clock, metrics)
    gone = GoneCards(
        database=database, courier=to.courier, insisting=insisting, clock=clock, drop_job=drop_job
    )
    showing = Showing(
        database=database,
        insisting=insisting,
        courier=to.courier,
        views=views,
        gone=gone,
        clock=clock,
        tasks=to.tasks,
        metrics=metrics,
        rng=to.rng,
    )
    return _Parts(
        drain=Drain(),
        breaker=breaker,
        pacer=pacer,
        timing=timing,
        landings=Landings(database=database, provider=to.provider, pacer=pacer, clock=clock, metrics=metrics),
        rulebook=Rulebook(to.limits),
        prices=Prices(database=database, model=to.model, unit_price_microusd=to.unit_price_microusd),
        views=views,
        gone=gone,
        showing=showing,
        insisting=insisting,
        ledger=Ledger(
            database=database,
            insisting=insisting,
            clock=clock,
            metrics=metrics,
            card_changed=showing.card_changed,
        ),
        sources=Sources(
            folder=to.sources_folder,
            results=to.results_folder,
            database=database,
            fetcher=to.fetcher,
            provider=to.provider,
            courier=to.courier,
            imaging=to.imaging,
            clock=clock,
        ),
    )


def _delivering(to: Wiring, parts: _Parts) -> Delivering:
    return Delivering(
        ledger=parts.ledger,
        database=to.database,
        provider=to.provider,
        imaging=to.imaging,
        folder=to.results_folder,
        showing=parts.showing,
        drain=parts.drain,
        clock=to.clock,
        metrics=to.metrics,
        rng=to.rng,
    )


def _runner(to: Wiring, parts: _Parts, delivering: Delivering) -> Runner:
    submitting = Submitting(
        ledger=parts.ledger,
        provider=to.provider,
        sources=parts.sources,
        gone=parts.gone,
        pacer=parts.pacer,
        breaker=parts.breaker,
        drain=parts.drain,
        landings=parts.landings,
        clock=to.clock,
        metrics=to.metrics,
    )
    polling = Polling(
        ledger=parts.ledger,
        provider=to.provider,
        pacer=parts.pacer,
        timing=parts.timing,
        landings=parts.landings,
        breaker=parts.breaker,
        clock=to.clock,
        metrics=to.metrics,
    )
    return Runner(
        database=to.database,
        pacer=parts.pacer,
        submitting=submitting,
        resolving=Resolving(
            ledger=parts.ledger,
            database=to.database,
            provider=to.provider,
            landings=parts.landings,
            clock=to.clock,
        ),
        polling=polling,
        delivering=delivering,
        metrics=to.metrics,
    )


def _engine(to: Wiring, parts: _Parts, runner: Runner) -> Engine:
    return Engine(
        database=to.database,
        ledger=parts.ledger,
        runner=runner,
        showing=parts.showing,
        left_messages=LeftMessages(
            database=to.database,
            courier=to.courier,
            views=parts.views,
            clock=to.clock,
            tasks=to.tasks,
            rng=to.rng,
        ),
        sources=parts.sources,
        courier=to.courier,
        warnings=BudgetWarnings(
            database=to.database, notices=to.notices, prices=parts.prices, clock=to.clock
        ),
        breaker=parts.breaker,
        pacer=parts.pacer,
        drain=parts.drain,
        tasks=to.tasks,
        clock=to.clock,
        metrics=to.metrics,
    )
