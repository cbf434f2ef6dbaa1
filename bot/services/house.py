"""Connects the services with each other, and starts and stops what runs beside the requests."""

import random
from dataclasses import dataclass
from pathlib import Path

from bot.domain.clock import Clock
from bot.domain.limits import OperatorLimits
from bot.ops.metrics import Metrics
from bot.ops.tasks import TaskOwner
from bot.services.admission import Admission
from bot.services.breaker import Breaker
from bot.services.delivering import Delivering
from bot.services.drain import Drain
from bot.services.engine import Engine
from bot.services.gallery import Gallery
from bot.services.ledger import Ledger
from bot.services.pacer import Pacer
from bot.services.polling import Polling
from bot.services.protocols import Courier, ImageProvider, SourceFetcher
from bot.services.resolving import Resolving
from bot.services.runner import Runner
from bot.services.showing import Showing
from bot.services.sources import Sources
from bot.services.submitting import Submitting
from bot.services.timing import Timing
from bot.services.views import Views
from bot.store.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class Wiring:
    """What the services are connected to, and the operator's choices."""

    database: Database
    provider: ImageProvider
    courier: Courier
    fetcher: SourceFetcher
    clock: Clock
    metrics: Metrics
    tasks: TaskOwner
    rng: random.Random
    limits: OperatorLimits
    model: str
    requests_per_minute: int
    polls_count: bool
    #: USD below which the account counts as empty: the price of one picture.
    least_credits: float
    sources_folder: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What chat calls, and what has to run."""

    admission: Admission
    gallery: Gallery
    engine: Engine
    pacer: Pacer
    breaker: Breaker
    timing: Timing
    _wiring: Wiring

    async def start(self) -> None:
        """Learn from the past, then take up every open job."""
        tasks = self._wiring.tasks
        await self.timing.learn(self._wiring.database)
        tasks.start(self.breaker.run(), "breaker")
        tasks.start(self.pacer.run(), "pacer")
        tasks.start(self.engine.run(), "engine")

    async def stop(self) -> None:
        """Let finish what is dear to repeat; the rest is in its rows."""
        await self.engine.stop()


def wire(to: Wiring) -> Services:
    database, clock, metrics = to.database, to.clock, to.metrics
    drain = Drain()
    breaker = Breaker(provider=to.provider, clock=clock, metrics=metrics, least_credits=to.least_credits)
    pacer = Pacer(per_minute=to.requests_per_minute, polls_count=to.polls_count, clock=clock, metrics=metrics)
    timing = Timing(to.model)
    views = Views(
        database=database, clock=clock, limits=to.limits, pacer=pacer, timing=timing, breaker=breaker
    )
    showing = Showing(
        database=database,
        courier=to.courier,
        views=views,
        clock=clock,
        tasks=to.tasks,
        metrics=metrics,
        rng=to.rng,
    )
    ledger = Ledger(database=database, clock=clock, metrics=metrics, card_changed=showing.card_changed)
    sources = Sources(
        folder=to.sources_folder,
        database=database,
        fetcher=to.fetcher,
        provider=to.provider,
        courier=to.courier,
        clock=clock,
    )
    delivering = Delivering(
        ledger=ledger,
        database=database,
        provider=to.provider,
        showing=showing,
        drain=drain,
        clock=clock,
        metrics=metrics,
        rng=to.rng,
    )
    runner = Runner(
        database=database,
        pacer=pacer,
        submitting=Submitting(
            ledger=ledger,
            provider=to.provider,
            sources=sources,
            pacer=pacer,
            breaker=breaker,
            drain=drain,
            clock=clock,
            metrics=metrics,
        ),
        resolving=Resolving(ledger=ledger, database=database, provider=to.provider, clock=clock),
        polling=Polling(
            ledger=ledger,
            provider=to.provider,
            pacer=pacer,
            timing=timing,
            breaker=breaker,
            clock=clock,
            metrics=metrics,
        ),
        delivering=delivering,
    )
    engine = Engine(
        database=database,
        ledger=ledger,
        runner=runner,
        showing=showing,
        sources=sources,
        courier=to.courier,
        breaker=breaker,
        pacer=pacer,
        drain=drain,
        tasks=to.tasks,
        clock=clock,
        metrics=metrics,
    )
    admission = Admission(
        database=database,
        clock=clock,
        limits=to.limits,
        model=to.model,
        breaker=breaker,
        views=views,
        start_job=engine.start,
        metrics=metrics,
    )
    gallery = Gallery(
        database=database,
        clock=clock,
        limits=to.limits,
        views=views,
        showing=showing,
        delivering=delivering,
        start_job=engine.start,
        drop_job=engine.drop,
    )
    return Services(
        admission=admission,
        gallery=gallery,
        engine=engine,
        pacer=pacer,
        breaker=breaker,
        timing=timing,
        _wiring=to,
    )
