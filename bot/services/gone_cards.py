"""Requests whose place in Discord is gone: what was not sent is cancelled, and the rest is kept for /jobs.

Discord tells of most of it while it is heard. What it told while nobody listened is asked for, card by card,
when the turn of the card's picture has come: so nothing is asked more often than pictures are sent.
"""

from collections.abc import Callable, Sequence
from typing import Any

import structlog

from bot.domain.card import Card
from bot.domain.clock import Clock
from bot.domain.errors import CardGone, CardTakenAway, CourierUnavailable, PlaceClosed
from bot.domain.ids import CardId, ChannelId, GuildId, JobId, MessageId
from bot.domain.job import Job
from bot.services.insisting import Insisting
from bot.services.protocols import Courier
from bot.store import cards, gone
from bot.store.database import Database

log = structlog.stdlib.get_logger(__name__)

#: Cards that are given up in one transaction: between two of them, others have their turn.
GIVEN_UP_AT_ONCE = 50


class GoneCards:
    def __init__(
        self,
        *,
        database: Database,
        courier: Courier,
        insisting: Insisting,
        clock: Clock,
        drop_job: Callable[[JobId], None],
    ) -> None:
        """`drop_job` takes a job that was cancelled out of the line."""
        self._database = database
        self._courier = courier
        self._insisting = insisting
        self._clock = clock
        self._drop_job = drop_job
        self._heard_since = clock.now()
        #: Of the cards from before: those that were asked about.
        self._looked_at: set[CardId] = set()

    # --- what Discord tells ---

    async def server_left(self, guild_id: GuildId) -> None:
        await self._give_up_all(gone.in_server, guild_id, why="the bot was removed from the server")

    async def channel_deleted(self, channel_id: ChannelId) -> None:
        """Or a thread. With a channel, its threads are gone."""
        await self._give_up_all(gone.in_channel, channel_id, why="its channel was deleted")

    async def messages_deleted(self, channel_id: ChannelId, message_ids: Sequence[MessageId]) -> None:
        await self._give_up_all(gone.of_messages, channel_id, message_ids, why="its message was deleted")

    def missed_news(self) -> None:
        """Discord begins anew to tell what happens: what happened before is never told."""
        self._heard_since = self._clock.now()
        self._looked_at.clear()

    # --- what is found out ---

    async def look(self, job: Job) -> None:
        """Before the job is sent: see whether its card still stands, if news of that may have been missed.

        While Discord does not say, the card is taken to stand.
        """
        if job.created_at >= self._heard_since or job.card_id in self._looked_at:
            return
        self._looked_at.add(job.card_id)
        card = await self._database.read(cards.get, job.card_id)
        if card is None or card.is_gone:
            return
        try:
            await self._courier.look(card)
        except CourierUnavailable as error:
            log.info("card not looked at", card=card.id, error=str(error))
        except CardGone as error:
            await self.found(card, error)

    async def found(self, card: Card, error: CardGone) -> None:
        """An edit or a look has shown that the card is gone, or out of reach."""
        match error:
            case CardTakenAway():
                await self._give_up([card.id], "its message is gone", is_gone=True)
            case PlaceClosed():
                at = self._clock.now()
                others = await self._database.read(gone.out_of_reach, card.channel_id, at)
                doomed = sorted({card.id, *others})
                await self._give_up(doomed, "the bot has no access to its channel", is_gone=False)

    # --- giving up ---

    async def _give_up_all(self, find: Callable[..., list[CardId]], *place: Any, why: str) -> None:
        found = await self._insisting.until_taken(lambda: self._database.read(find, *place))
        await self._give_up(found, why, is_gone=True)

    async def _give_up(self, card_ids: Sequence[CardId], why: str, *, is_gone: bool) -> None:
        for first in range(0, len(card_ids), GIVEN_UP_AT_ONCE):
            some, at = card_ids[first : first + GIVEN_UP_AT_ONCE], self._clock.now()
            cancelled = await self._insisting.until_taken(
                lambda some=some, at=at: self._database.write(  # type: ignore[misc]  # bound now
                    gone.give_up, some, at=at, why=why, is_gone=is_gone
                )
            )
            log.info("given up", cards=some, cancelled=cancelled, why=why)
            for job_id in cancelled:
                self._drop_job(job_id)
