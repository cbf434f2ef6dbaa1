"""Builds the services and connects them; starts and stops what runs beside the requests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.domain.ids import GuildId
from bot.domain.limits import OperatorLimits
from bot.domain.luma import MAX_MODEL
from bot.domain.money import MICROUSD
from bot.domain.quality import Models
from bot.domain.trouble import Trouble
from bot.services.admins.administration import Administration
from bot.services.admins.reports import Reports
from bot.services.cards.announcements import Announcements
from bot.services.cards.card_updater import CardUpdater
from bot.services.cards.gone_cards import GoneCards
from bot.services.cards.left_messages import LeftMessages
from bot.services.cards.places_in_line import PlacesInLine
from bot.services.cards.views import Views
from bot.services.concurrency.drain import Drain
from bot.services.job_tasks import JobTasks
from bot.services.limits.budgets import BudgetWarnings, Prices
from bot.services.limits.qualities import Qualities
from bot.services.making.admission import Admission
from bot.services.making.delivering import Delivering
from bot.services.making.engine import Engine
from bot.services.making.history_search import HistorySearch
from bot.services.making.ledger import Ledger
from bot.services.making.polling import Polling
from bot.services.making.resolving import Resolving
from bot.services.making.runner import Runner
from bot.services.making.source_folder import SourceFolder
from bot.services.making.sources import Sources
from bot.services.making.submitting import Submitting
from bot.services.making.sweep import Sweep
from bot.services.making.unconfirmed_cards import UnconfirmedCards
from bot.services.members.copies import Copies
from bot.services.members.gallery import Gallery
from bot.services.members.moderation import Moderation
from bot.services.members.own_pictures import OwnPictures
from bot.services.members.small_copies import SmallCopies
from bot.services.protocols import (
    Courier,
    ImageProvider,
    Imaging,
    Notices,
    OperatorPost,
    SourceFetcher,
)
from bot.services.provider.account import ProviderAccount
from bot.services.provider.circuit_breaker import CircuitBreaker
from bot.services.provider.history_watch import HistoryWatch
from bot.services.provider.landings import Landings
from bot.services.provider.pacer import Pacer
from bot.services.provider.timing import Timing
from bot.services.runtime import Runtime
from bot.services.upkeep.extra_bills import ExtraBills
from bot.services.upkeep.operator_notices import OperatorNotices, Watch
from bot.services.upkeep.reconciliation import Reconciliation
from bot.services.upkeep.surveys import BudgetSurvey, DiskSurvey

#: SIGTERM: ten seconds in all.
DRAIN_SECONDS = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapters:
    """The connections to everything outside of this process."""

    provider: ImageProvider
    courier: Courier
    notices: Notices
    fetcher: SourceFetcher
    imaging: Imaging
    #: None if the operator has named no place to be notified of troubles.
    operator_post: OperatorPost | None = None
    #: Those of the services are added.
    watches: Sequence[Watch] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorChoices:
    limits: OperatorLimits
    #: For all servers together in a calendar month; None: no budget.
    budget_microusd: int | None
    #: What a picture is expected to cost until costs have been seen.
    unit_price_microusd: int
    #: The same for pictures of the highest quality; None: it is not offered.
    max_unit_price_microusd: int | None = None
    model: str
    requests_per_minute: int
    polls_count: bool
    sources_folder: Path
    #: The servers that may use the bot; empty: all.
    served_guilds: frozenset[GuildId] = frozenset()
    #: Pictures that take longer are announced to their member; None: none is.
    announced_after_seconds: float | None = None

    @property
    def results_folder(self) -> Path:
        """Apart from the sources: a picture that is paid comes although no source can be kept."""
        return self.sources_folder.with_name("results")

    @property
    def data_folder(self) -> Path:
        return self.sources_folder.parent

    @property
    def models(self) -> Models:
        return Models(self.model, offers_max=self.max_unit_price_microusd is not None)

    @property
    def unit_prices_microusd(self) -> dict[str, int]:
        """Return the expected price of a picture by each model."""
        prices = {self.model: self.unit_price_microusd}
        return (
            prices
            if self.max_unit_price_microusd is None
            else {MAX_MODEL: self.max_unit_price_microusd} | prices
        )

    @property
    def least_credits(self) -> float:
        """The account counts as empty if less is left, in USD, than the dearest picture costs."""
        return max(self.unit_prices_microusd.values()) / MICROUSD


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The services that chat calls, and those that run beside the requests."""

    runtime: Runtime
    admission: Admission
    gallery: Gallery
    moderation: Moderation
    administration: Administration
    reports: Reports
    own_pictures: OwnPictures
    small_copies: SmallCopies
    qualities: Qualities
    gone: GoneCards
    sweep: Sweep
    places_in_line: PlacesInLine
    drain: Drain
    account: ProviderAccount
    prices: Prices
    reconciliation: Reconciliation
    operator_notices: OperatorNotices

    async def start(self) -> None:
        """Learn from the past, then take up every open job."""
        tasks, sleep = self.runtime.tasks, self.runtime.clock.sleep
        await self.prices.learn()
        await self.account.start()
        tasks.keep(self.operator_notices.run, "operator", sleep)
        tasks.keep(self.sweep.run, "sweep", sleep)
        tasks.keep(self.places_in_line.run, "line", sleep)
        tasks.keep(self.reconciliation.run, "reconciliation", sleep)

    async def stop(self) -> None:
        """Let work that is costly to repeat finish. The next start resumes everything else from its row."""
        await self.drain.begin(DRAIN_SECONDS)


def wire(runtime: Runtime, adapters: Adapters, choices: OperatorChoices) -> Services:
    provider, courier = adapters.provider, adapters.courier
    drain = Drain()
    job_tasks = JobTasks(runtime=runtime, drain=drain)
    prices = Prices(
        database=runtime.database,
        model=choices.model,
        unit_prices_microusd=choices.unit_prices_microusd,
    )
    notified: set[Trouble] = set()
    account = _account(runtime, provider, choices, notified)
    views = Views(runtime=runtime, account=account)
    gone = GoneCards(runtime=runtime, courier=courier, job_tasks=job_tasks)
    announcements = Announcements(
        runtime=runtime, courier=courier, after_seconds=choices.announced_after_seconds
    )
    card_updater = CardUpdater(
        runtime=runtime, courier=courier, views=views, gone=gone, announcements=announcements
    )
    ledger = Ledger(runtime=runtime, card_updater=card_updater, announcements=announcements)
    sources = _sources(runtime, adapters, choices)
    delivering = Delivering(
        runtime=runtime,
        ledger=ledger,
        provider=provider,
        imaging=adapters.imaging,
        folder=choices.results_folder,
        card_updater=card_updater,
        drain=drain,
    )
    runner = Runner(
        runtime=runtime,
        pacer=account.pacer,
        submitting=Submitting(
            runtime=runtime, ledger=ledger, account=account, sources=sources, gone=gone, drain=drain
        ),
        resolving=Resolving(
            runtime=runtime,
            ledger=ledger,
            history_search=HistorySearch(runtime=runtime, provider=provider),
            landings=account.landings,
            history_watch=account.history_watch,
        ),
        polling=Polling(runtime=runtime, ledger=ledger, account=account),
        delivering=delivering,
    )
    engine = Engine(runtime=runtime, runner=runner, job_tasks=job_tasks)
    unanswered = UnconfirmedCards(runtime=runtime, courier=courier, engine=engine, drain=drain)
    sweep = Sweep(
        runtime=runtime,
        engine=engine,
        job_tasks=job_tasks,
        unanswered=unanswered,
        ledger=ledger,
        card_updater=card_updater,
        announcements=announcements,
        left_messages=LeftMessages(runtime=runtime, courier=courier, views=views),
        sources=sources,
        warnings=BudgetWarnings(runtime=runtime, notices=adapters.notices, prices=prices),
        breaker=account.breaker,
    )
    qualities = Qualities(runtime=runtime, models=choices.models)
    admission = Admission(
        runtime=runtime,
        limits=choices.limits,
        prices=prices,
        operator_budget_microusd=choices.budget_microusd,
        served_guilds=choices.served_guilds,
        qualities=qualities,
        breaker=account.breaker,
        views=views,
        engine=engine,
        unanswered=unanswered,
    )
    gallery = Gallery(
        runtime=runtime,
        limits=choices.limits,
        views=views,
        card_updater=card_updater,
        copies=Copies(delivering=delivering),
        gone=gone,
        engine=engine,
        job_tasks=job_tasks,
    )
    return Services(
        runtime=runtime,
        admission=admission,
        gallery=gallery,
        moderation=Moderation(runtime=runtime, card_updater=card_updater),
        administration=Administration(
            runtime=runtime, limits=choices.limits, prices=prices, qualities=qualities
        ),
        reports=Reports(database=runtime.database),
        own_pictures=OwnPictures(runtime=runtime),
        small_copies=SmallCopies(runtime=runtime, delivering=delivering),
        qualities=qualities,
        gone=gone,
        sweep=sweep,
        places_in_line=PlacesInLine(runtime=runtime, account=account, card_updater=card_updater),
        drain=drain,
        account=account,
        prices=prices,
        reconciliation=_reconciliation(runtime, account, prices, choices.models),
        operator_notices=_operator_notices(runtime, adapters, choices, account, prices, notified),
    )


def _operator_notices(
    runtime: Runtime,
    adapters: Adapters,
    choices: OperatorChoices,
    account: ProviderAccount,
    prices: Prices,
    notified: set[Trouble],
) -> OperatorNotices:
    def database() -> Mapping[Trouble, bool]:
        return {Trouble.DATABASE: runtime.outages.is_unavailable}

    return OperatorNotices(
        runtime=runtime,
        post=adapters.operator_post,
        state_path=choices.data_folder / "notified.json",
        notified=notified,
        watches=[account.breaker.troubles, account.history_watch.troubles, database, *adapters.watches],
        surveys=[
            DiskSurvey(folder=choices.data_folder),
            BudgetSurvey(runtime=runtime, prices=prices, cap_microusd=choices.budget_microusd),
        ],
    )


def _account(
    runtime: Runtime, provider: ImageProvider, choices: OperatorChoices, notified: set[Trouble]
) -> ProviderAccount:
    pacer = Pacer(
        per_minute=choices.requests_per_minute,
        polls_count=choices.polls_count,
        clock=runtime.clock,
        metrics=runtime.metrics,
    )
    return ProviderAccount(
        runtime=runtime,
        provider=provider,
        breaker=CircuitBreaker(
            runtime=runtime, provider=provider, least_credits=choices.least_credits, notified=notified
        ),
        pacer=pacer,
        timing=Timing(choices.models.in_use),
        landings=Landings(runtime=runtime, provider=provider, pacer=pacer),
        history_watch=HistoryWatch(runtime=runtime, provider=provider, model=choices.model),
    )


def _sources(runtime: Runtime, adapters: Adapters, choices: OperatorChoices) -> Sources:
    return Sources(
        runtime=runtime,
        folder=SourceFolder(choices.sources_folder),
        results_folder=choices.results_folder,
        fetcher=adapters.fetcher,
        provider=adapters.provider,
        courier=adapters.courier,
        imaging=adapters.imaging,
    )


def _reconciliation(
    runtime: Runtime, account: ProviderAccount, prices: Prices, models: Models
) -> Reconciliation:
    provider, landings = account.provider, account.landings
    return Reconciliation(
        runtime=runtime,
        provider=provider,
        prices=prices,
        landings=landings,
        history_watch=account.history_watch,
        history_search=HistorySearch(runtime=runtime, provider=provider),
        models=models.ever_used,
        extra_bills=ExtraBills(runtime=runtime, provider=provider, prices=prices, landings=landings),
    )
