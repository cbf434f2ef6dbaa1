"""Builds the services and connects them."""

from collections.abc import Mapping

from bot.domain.quality import Models
from bot.domain.trouble import Trouble
from bot.services.admins.administration import Administration
from bot.services.admins.presets import Presets
from bot.services.admins.reports import Reports
from bot.services.admins.weekly_summaries import WeeklySummaries
from bot.services.admins.welcomes import Welcomes
from bot.services.admins.word_lists import WordLists
from bot.services.cards.announcements import Announcements
from bot.services.cards.cancelled_jobs import CancelledJobs
from bot.services.cards.card_updater import CardUpdater
from bot.services.cards.gone_cards import GoneCards
from bot.services.cards.left_messages import LeftMessages
from bot.services.cards.places_in_line import PlacesInLine
from bot.services.cards.views import Views
from bot.services.choices import Adapters, OperatorChoices, Role, Share
from bot.services.chores import Chores
from bot.services.concurrency.drain import Drain
from bot.services.job_tasks import JobTasks
from bot.services.limits.block_notices import BlockNotices
from bot.services.limits.budgets import BudgetWarnings, Prices
from bot.services.limits.qualities import Qualities
from bot.services.limits.word_checks import WordChecks
from bot.services.making.admission import Admission
from bot.services.making.card_worker import CardWorker
from bot.services.making.delivering import Delivering
from bot.services.making.engine import Engine
from bot.services.making.failing_jobs import FailingJobs
from bot.services.making.handover import EmbeddedHandover, Handover, QueuedHandover
from bot.services.making.history_search import HistorySearch
from bot.services.making.ledger import Ledger
from bot.services.making.polling import Polling
from bot.services.making.previews import Previews
from bot.services.making.resolving import Resolving
from bot.services.making.runner import Runner
from bot.services.making.small_copies import SmallCopies
from bot.services.making.source_folder import SourceFolder
from bot.services.making.sources import Sources
from bot.services.making.submitting import Submitting
from bot.services.making.sweep import Sweep
from bot.services.making.unconfirmed_cards import UnconfirmedCards
from bot.services.members.approvals import Approvals
from bot.services.members.block_list import BlockList
from bot.services.members.complaints import Complaints
from bot.services.members.copies import Copies
from bot.services.members.erasures import Erasures
from bot.services.members.gallery import Gallery
from bot.services.members.moderation import Moderation
from bot.services.members.own_data import OwnData
from bot.services.members.own_pictures import OwnPictures
from bot.services.members.strike_list import StrikeList
from bot.services.process_links import sharing_of
from bot.services.provider.account import ProviderAccount, account_of
from bot.services.runtime import Runtime
from bot.services.services import Services
from bot.services.upkeep.extra_bills import ExtraBills
from bot.services.upkeep.feed import Feed
from bot.services.upkeep.hidden_pictures import HiddenPictures
from bot.services.upkeep.moderator_posts import ModeratorPosts
from bot.services.upkeep.operator_notices import OperatorNotices
from bot.services.upkeep.reconciliation import Reconciliation
from bot.services.upkeep.surveys import BudgetSurvey, DiskSurvey


def wire(
    runtime: Runtime, adapters: Adapters, choices: OperatorChoices, share: Share | None = None
) -> Services:
    """Build the services; with a `share`, those of one process among several."""
    provider, courier = adapters.provider, adapters.courier
    role = Role.ALONE if share is None else share.role
    drain = Drain()
    job_tasks = JobTasks(runtime=runtime, drain=drain)
    prices = Prices(
        database=runtime.database,
        model=choices.model,
        unit_prices_microusd=choices.unit_prices_microusd,
    )
    notified: set[Trouble] = set()
    shared_locks, sharing = sharing_of(runtime, share)
    account = account_of(runtime, provider, choices.account, notified, sharing)
    views = Views(runtime=runtime, account=account)
    gone = GoneCards(
        runtime=runtime, courier=courier, job_tasks=job_tasks, hears_discord=role is not Role.WORKER
    )
    announcements = Announcements(
        runtime=runtime, courier=courier, after_seconds=choices.announced_after_seconds
    )
    left_messages = LeftMessages(runtime=runtime, courier=courier, views=views)
    card_updater = CardUpdater(
        runtime=runtime,
        courier=courier,
        views=views,
        gone=gone,
        announcements=announcements,
        left_messages=left_messages,
        shared_locks=shared_locks,
    )
    cancelled_jobs = CancelledJobs(job_tasks=job_tasks, card_updater=card_updater)
    ledger = Ledger(
        runtime=runtime,
        card_updater=card_updater,
        cancelled_jobs=cancelled_jobs,
        announcements=announcements,
    )
    sources = Sources(
        runtime=runtime,
        folder=SourceFolder(choices.sources_folder),
        results_folder=choices.results_folder,
        fetcher=adapters.fetcher,
        provider=provider,
        courier=courier,
        imaging=adapters.imaging,
    )
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
    failing_jobs = FailingJobs(runtime=runtime, job_tasks=job_tasks, ledger=ledger)
    handover: Handover = EmbeddedHandover(runtime=runtime, engine=engine, failing_jobs=failing_jobs)
    card_worker: CardWorker | None = None
    if share is not None:
        handover = QueuedHandover(runtime=runtime, queue=share.queue)
        card_worker = CardWorker(
            runtime=runtime,
            queue=share.queue,
            engine=engine,
            job_tasks=job_tasks,
            failing_jobs=failing_jobs,
            drain=drain,
            most=share.most_cards,
        )
    approvals = Approvals(
        runtime=runtime,
        card_updater=card_updater,
        announcements=announcements,
        cancelled_jobs=cancelled_jobs,
        handover=handover,
    )
    unanswered = UnconfirmedCards(runtime=runtime, courier=courier, handover=handover, drain=drain)
    sweep = Sweep(
        runtime=runtime,
        handover=handover,
        unanswered=unanswered,
        ledger=ledger,
        card_updater=card_updater,
        announcements=announcements,
        left_messages=left_messages,
        sources=sources,
        block_notices=BlockNotices(runtime=runtime, notices=adapters.notices),
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
        word_checks=WordChecks(runtime=runtime),
        breaker=account.breaker,
        views=views,
        cancelled_jobs=cancelled_jobs,
        handover=handover,
        unanswered=unanswered,
    )
    moderation = Moderation(runtime=runtime, card_updater=card_updater, cancelled_jobs=cancelled_jobs)
    gallery = Gallery(
        runtime=runtime,
        limits=choices.limits,
        views=views,
        moderation=moderation,
        cancelled_jobs=cancelled_jobs,
        copies=Copies(delivering=delivering),
        gone=gone,
        handover=handover,
    )
    administration = Administration(
        runtime=runtime,
        limits=choices.limits,
        prices=prices,
        qualities=qualities,
        prompt_days=choices.prompt_days,
    )
    reports = Reports(database=runtime.database)
    small_copies = SmallCopies(runtime=runtime, delivering=delivering)
    own_data = OwnData(runtime=runtime, folder=choices.data_folder / "exports")
    served = choices.served_guilds
    chores = Chores(
        role=role,
        runtime=runtime,
        moderator_posts=ModeratorPosts(
            runtime=runtime, channel=adapters.moderator_channel, delivering=delivering
        ),
        weekly_summaries=WeeklySummaries(
            runtime=runtime, reports=reports, notices=adapters.notices, served_guilds=served
        ),
        sweep=sweep,
        erasures=Erasures(
            runtime=runtime,
            courier=courier,
            answers=adapters.erasure_answers,
            own_data=own_data,
            cancelled_jobs=cancelled_jobs,
        ),
        approvals=approvals,
        feed=Feed(
            runtime=runtime,
            channel=adapters.moderator_channel,
            delivering=delivering,
            small_copies=small_copies,
        ),
        hidden_pictures=HiddenPictures(
            runtime=runtime,
            courier=courier,
            fetcher=adapters.fetcher,
            delivering=delivering,
            card_updater=card_updater,
            folder=choices.data_folder / "hidden",
        ),
        reconciliation=_reconciliation(runtime, account, prices, choices.models),
        operator_notices=_operator_notices(runtime, adapters, choices, account, prices, notified, role),
    )
    return Services(
        runtime=runtime,
        admission=admission,
        gallery=gallery,
        block_list=BlockList(runtime=runtime, cancelled_jobs=cancelled_jobs),
        strike_list=StrikeList(runtime=runtime, cancelled_jobs=cancelled_jobs),
        moderation=moderation,
        complaints=Complaints(runtime=runtime),
        approvals=approvals,
        moderator_posts=chores.moderator_posts,
        hidden_pictures=chores.hidden_pictures,
        feed=chores.feed,
        administration=administration,
        reports=reports,
        weekly_summaries=chores.weekly_summaries,
        welcomes=Welcomes(
            runtime=runtime, administration=administration, notices=adapters.notices, served_guilds=served
        ),
        own_pictures=OwnPictures(runtime=runtime),
        own_data=own_data,
        erasures=chores.erasures,
        small_copies=small_copies,
        qualities=qualities,
        presets=Presets(runtime=runtime),
        previews=Previews(runtime=runtime, admission=admission, account=account),
        word_lists=WordLists(runtime=runtime, fetcher=adapters.fetcher, folder=choices.data_folder / "words"),
        gone=gone,
        sweep=sweep,
        places_in_line=PlacesInLine(runtime=runtime, account=account, card_updater=card_updater),
        drain=drain,
        account=account,
        prices=prices,
        reconciliation=chores.reconciliation,
        operator_notices=chores.operator_notices,
        chores=chores,
        role=role,
        card_worker=card_worker if role is Role.WORKER else None,
    )


def _operator_notices(
    runtime: Runtime,
    adapters: Adapters,
    choices: OperatorChoices,
    account: ProviderAccount,
    prices: Prices,
    notified: set[Trouble],
    role: Role,
) -> OperatorNotices:
    """Build the notices. A gateway leaves to the worker what both would notice."""

    def database() -> Mapping[Trouble, bool]:
        return {Trouble.DATABASE: runtime.outages.is_unavailable}

    is_gateway = role is Role.GATEWAY
    budget = BudgetSurvey(runtime=runtime, prices=prices, cap_microusd=choices.budget_microusd)
    return OperatorNotices(
        runtime=runtime,
        post=adapters.operator_post,
        state_path=choices.data_folder / ("notified-gateway.json" if is_gateway else "notified.json"),
        notified=notified,
        watches=[
            *([] if is_gateway else [account.breaker.troubles, account.history_watch.troubles, database]),
            *adapters.watches,
        ],
        surveys=[] if is_gateway else [DiskSurvey(folder=choices.data_folder), budget],
        announces_losses=not is_gateway,
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
