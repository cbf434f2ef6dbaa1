"""The services of a process: what chat calls, and what runs beside the requests."""

from dataclasses import dataclass

from bot.services.admins.administration import Administration
from bot.services.admins.presets import Presets
from bot.services.admins.reports import Reports
from bot.services.admins.weekly_summaries import WeeklySummaries
from bot.services.admins.welcomes import Welcomes
from bot.services.admins.word_lists import WordLists
from bot.services.cards.gone_cards import GoneCards
from bot.services.cards.places_in_line import PlacesInLine
from bot.services.choices import Role
from bot.services.chores import Chores
from bot.services.concurrency.drain import Drain
from bot.services.limits.budgets import Prices
from bot.services.limits.qualities import Qualities
from bot.services.making.admission import Admission
from bot.services.making.card_worker import CardWorker
from bot.services.making.previews import Previews
from bot.services.making.small_copies import SmallCopies
from bot.services.making.sweep import Sweep
from bot.services.members.approvals import Approvals
from bot.services.members.block_list import BlockList
from bot.services.members.complaints import Complaints
from bot.services.members.erasures import Erasures
from bot.services.members.gallery import Gallery
from bot.services.members.moderation import Moderation
from bot.services.members.own_data import OwnData
from bot.services.members.own_pictures import OwnPictures
from bot.services.members.strike_list import StrikeList
from bot.services.provider.account import ProviderAccount
from bot.services.runtime import Runtime
from bot.services.upkeep.feed import Feed
from bot.services.upkeep.hidden_pictures import HiddenPictures
from bot.services.upkeep.moderator_posts import ModeratorPosts
from bot.services.upkeep.operator_notices import OperatorNotices
from bot.services.upkeep.reconciliation import Reconciliation

#: SIGTERM: ten seconds in all.
DRAIN_SECONDS = 8.0
#: How often a process learns prices and times that others have seen.
LEARNED_EVERY_SECONDS = 600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The services that chat calls, and those that run beside the requests."""

    runtime: Runtime
    admission: Admission
    gallery: Gallery
    block_list: BlockList
    strike_list: StrikeList
    moderation: Moderation
    complaints: Complaints
    approvals: Approvals
    moderator_posts: ModeratorPosts
    feed: Feed
    hidden_pictures: HiddenPictures
    administration: Administration
    reports: Reports
    welcomes: Welcomes
    weekly_summaries: WeeklySummaries
    own_pictures: OwnPictures
    own_data: OwnData
    erasures: Erasures
    small_copies: SmallCopies
    qualities: Qualities
    previews: Previews
    word_lists: WordLists
    presets: Presets
    gone: GoneCards
    sweep: Sweep
    places_in_line: PlacesInLine
    drain: Drain
    account: ProviderAccount
    prices: Prices
    reconciliation: Reconciliation
    operator_notices: OperatorNotices
    chores: Chores
    role: Role
    #: Of a worker.
    card_worker: CardWorker | None

    async def start(self) -> None:
        """Learn from the past, then take up every open job. Workers wait for their turn to do the chores."""
        tasks, sleep = self.runtime.tasks, self.runtime.clock.sleep
        await self.prices.learn()
        await self.own_data.clear()
        await self.account.start()
        if self.role is not Role.WORKER:
            self.chores.start_notices()
            await self.welcomes.begin()
        if self.role is not Role.GATEWAY:
            tasks.keep(self.places_in_line.run, "line", sleep)
        if self.role is not Role.ALONE:
            tasks.keep(self._learn_again, "learning", sleep)
        if self.card_worker is not None:
            tasks.start(self.card_worker.run(), "queue")
            tasks.keep(self.sweep.run_for_sources, "sources", sleep)
        if self.role is Role.ALONE:
            self.chores.start()

    async def stop(self) -> None:
        """Let work that is costly to repeat finish. The next start resumes everything else from its row."""
        if self.card_worker is None:
            await self.drain.begin(DRAIN_SECONDS)
        else:
            await self.card_worker.stop(DRAIN_SECONDS)
        if self.account.exchange is not None:
            await self.account.exchange.end()

    async def _learn_again(self) -> None:
        """Learn from what other processes have made meanwhile."""
        while True:
            await self.runtime.clock.sleep(LEARNED_EVERY_SECONDS)
            with self.runtime.outages.survived("learning"):
                await self.prices.learn()
                await self.account.learn_again()
