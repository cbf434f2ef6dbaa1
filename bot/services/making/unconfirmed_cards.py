"""Cards whose first answer may or may not be in Discord: looked for, then started or withdrawn."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.domain.card import Card
from bot.domain.errors import CourierUnavailable
from bot.domain.ids import CardId, MessageId
from bot.domain.job import JobState
from bot.services.concurrency.drain import Drain
from bot.services.making.handover import Handed, Handover
from bot.services.protocols import Courier
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.pictures import cards, jobs

log = structlog.stdlib.get_logger(__name__)

#: An admission that was not confirmed within this time was cut off by a crash.
UNANSWERED_AFTER = timedelta(seconds=60)
#: Waits before each search for a first answer.
LOOK_AGAIN_SECONDS = (2.0, 5.0, 15.0)


@dataclass(slots=True, kw_only=True)
class UnconfirmedCards:
    runtime: Runtime
    courier: Courier
    handover: Handover
    drain: Drain

    def look_for(self, card_id: CardId) -> None:
        """Find out soon about one card. If that does not succeed, the sweep does it later."""
        if not self.drain.has_begun():
            self.runtime.tasks.start(self._look_for(card_id), "answer")

    async def settle_all(self) -> None:
        """Find out about all cards that have waited for too long."""
        before = self.runtime.clock.now() - UNANSWERED_AFTER
        for card in await self.runtime.database.read(cards.unanswered, before=before):
            await self._settle(card)

    async def _look_for(self, card_id: CardId) -> None:
        with self.runtime.outages.survived("answer"):
            for seconds in LOOK_AGAIN_SECONDS:
                await self.runtime.clock.sleep(seconds)
                card = await self.runtime.database.read(cards.get, card_id)
                if card is None or card.message_id is not None or card.is_lost:
                    return
                await self._settle(card)

    async def _settle(self, card: Card) -> None:
        """Find out if the first answer reached Discord; start the jobs, or withdraw the card."""
        try:
            message_id = await self.courier.find(card)
        except CourierUnavailable:
            return
        if message_id is None:
            await self.runtime.database.write(
                withdraw, card.id, at=self.runtime.clock.now(), why="its answer never reached Discord"
            )
        else:
            handed = await self.runtime.database.write(self._answer, card.id, message_id)
            log.info("an answer had been sent", card=card.id)
            self.handover.handed_over(handed)

    def _answer(self, connection: Connection, card_id: CardId, message_id: MessageId) -> Handed:
        cards.answered(connection, card_id, message_id=message_id)
        return self.handover.hand_over(connection, card_id)


def withdraw(connection: Connection, card_id: CardId, *, at: datetime, why: str) -> None:
    """Cancel the jobs that were not sent yet, and give the card up."""
    for job in jobs.of_card(connection, card_id):
        if job.state is JobState.QUEUED:
            jobs.step(connection, job, JobState.CANCELLED, at=at, why=why)
    cards.lost(connection, card_id)
