"""Cards whose message, channel or server is gone. Waiting jobs are cancelled; /jobs keeps paid pictures.

Discord reports most deletions while the bot is connected. In case it missed one, a card is checked right
before its picture is sent, so that there are never more checks than pictures.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog

from bot.domain.card import Card
from bot.domain.errors import CardGone, CardTakenAway, CourierUnavailable
from bot.domain.ids import CardId, ChannelId, GuildId, MessageId
from bot.domain.job import Job
from bot.services.concurrency.keyed_locks import KeyedLocks
from bot.services.job_tasks import JobTasks
from bot.services.protocols import Courier
from bot.services.runtime import Runtime
from bot.store.moderation import gone
from bot.store.pictures import cards, left_messages

log = structlog.stdlib.get_logger(__name__)

#: Cards that are given up in one transaction. Other writes come between two of them.
GIVEN_UP_AT_ONCE = 50
#: Waits after a check that Discord did not answer. Right after a start, the bot may not be logged in yet.
LOOK_AGAIN_SECONDS = (1.0, 2.0, 5.0)


@dataclass(slots=True, kw_only=True)
class GoneCards:
    runtime: Runtime
    courier: Courier
    job_tasks: JobTasks
    #: False for a process to which Discord reports nothing: it checks every card once.
    hears_discord: bool = True
    _heard_since: datetime = field(init=False)
    #: The older cards that were checked.
    _looked_at: set[CardId] = field(init=False, default_factory=set)
    _locks: KeyedLocks[CardId] = field(init=False, default_factory=KeyedLocks)

    def __post_init__(self) -> None:
        self._heard_since = self.runtime.clock.now()

    # --- what Discord reports ---

    async def server_left(self, guild_id: GuildId) -> None:
        await self._give_up_all(gone.in_server, guild_id, why="the bot was removed from the server")

    async def channel_deleted(self, channel_id: ChannelId) -> None:
        """Handle a deleted channel or thread. The threads of a channel are gone with it."""
        await self._give_up_all(gone.in_channel, channel_id, why="its channel was deleted")

    async def messages_deleted(self, channel_id: ChannelId, message_ids: Sequence[MessageId]) -> None:
        await self._give_up_all(gone.of_messages, channel_id, message_ids, why="its message was deleted")
        if await self.runtime.database.read(left_messages.copied_on, channel_id, message_ids):
            at = self.runtime.clock.now()
            await self.runtime.database.write(gone.forget_copies, channel_id, message_ids, at=at)
            self.runtime.posts_owed.send()

    def missed_news(self) -> None:
        """Discord starts a new session: it never reports what happened before."""
        self._heard_since = self.runtime.clock.now()
        self._looked_at = set()  # checks that are under way keep the old set

    # --- what the bot checks itself ---

    async def look(self, job: Job) -> None:
        """Check, before the job is sent, that its card still exists, if its deletion may have been missed.

        One job of the card asks, and the others wait for the answer. If Discord does not answer within
        `LOOK_AGAIN_SECONDS`, the card is assumed to exist.
        """
        if self.hears_discord and job.created_at >= self._heard_since:
            return
        async with self._locks.of(job.card_id):
            looked_at = self._looked_at
            if job.card_id not in looked_at:
                await self._look_at(job.card_id)
                looked_at.add(job.card_id)

    async def _look_at(self, card_id: CardId) -> None:
        card = await self.runtime.database.read(cards.get, card_id)
        if card is None or card.is_gone:
            return
        for seconds in LOOK_AGAIN_SECONDS:
            try:
                await self.courier.look(card)
            except CardGone as error:
                await self.found(card, error)
            except CourierUnavailable as error:
                log.info("card could not be checked", card=card.id, error=str(error))
                await self.runtime.clock.sleep(seconds)
                continue
            return

    async def found(self, card: Card, error: CardGone) -> None:
        """Handle an error that shows that the card cannot be reached, maybe because its place is gone."""
        if isinstance(error, CardTakenAway):
            await self._give_up([card.id], "its place in Discord is gone")

    # --- giving up ---

    async def _give_up_all(self, find: Callable[..., list[CardId]], *place: Any, why: str) -> None:
        found = await self.runtime.outages.retried(lambda: self.runtime.database.read(find, *place))
        await self._give_up(found, why)

    async def _give_up(self, card_ids: Sequence[CardId], why: str) -> None:
        for first in range(0, len(card_ids), GIVEN_UP_AT_ONCE):
            some, at = card_ids[first : first + GIVEN_UP_AT_ONCE], self.runtime.clock.now()
            cancelled = await self.runtime.outages.retried(
                lambda some=some, at=at: self.runtime.database.write(  # type: ignore[misc]  # bound now
                    gone.give_up, some, at=at, why=why
                )
            )
            self.runtime.posts_owed.send()
            log.info("cards given up", cards=some, cancelled=cancelled, why=why)
            for job_id in cancelled:
                self.job_tasks.drop(job_id)
