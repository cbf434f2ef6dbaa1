"""Notifies members that pictures which took long are ready: an edit of the card gives them no sign.

A notice is committed as settled before it is sent. So it is sent at most once, and a crash in between loses
it.
"""

from dataclasses import dataclass, field

import structlog

from bot.domain.backoff import Backoff
from bot.domain.card import Card
from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.ids import CardId, ChannelId
from bot.domain.job import Job
from bot.domain.notice import Notice, notice_of, seconds_until_notice
from bot.services.concurrency.keyed_locks import KeyedLocks
from bot.services.elapsed import Stopwatch
from bot.services.protocols import Courier
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.pictures import cards, member_choices, owed_notices
from bot.store.servers import server_settings

log = structlog.stdlib.get_logger(__name__)

#: Between two notices in one channel: pictures and answers need most of its rate limit.
SHORTEST_GAP_SECONDS = 2.0
BACKOFF = Backoff((5.0, 15.0, 60.0))
#: Later, a notice is of no use, and Discord no longer recognizes a repetition.
GIVEN_UP_AFTER_SECONDS = 600.0

#: A card with its jobs, and the wait from which on its member wants a notice; None: never.
CardOver = tuple[Card, list[Job], float | None]


@dataclass(slots=True, kw_only=True)
class Announcements:
    runtime: Runtime
    courier: Courier
    #: Waits up to this long are not announced, where server and member have chosen nothing; None: none is.
    after_seconds: float | None
    _channels: KeyedLocks[ChannelId] = field(init=False, default_factory=KeyedLocks)

    def job_over(self, card_id: CardId) -> None:
        """Announce the card's pictures if this job was its last one."""
        self.runtime.tasks.start(self._settle(card_id), "announcement")

    def owes_after(self, connection: Connection, job: Job) -> bool:
        """Return whether a notice is to be sent because this job is over: then call `job_over`.

        A notice that is not wanted is settled in the same transaction, which saves a commit.
        """
        over = self._over(connection, job.card_id)
        if over is None:
            return False
        card, on_it, after_seconds = over
        if notice_of(card, on_it, job.state_at, after_seconds) is not None:
            return True
        owed_notices.take(connection, card.id)
        return False

    async def settle_due(self) -> None:
        """Take up the cards whose last job ended without an announcement, such as right before a crash."""
        for card_id in await self.runtime.database.read(owed_notices.due):
            self.job_over(card_id)

    async def _settle(self, card_id: CardId) -> None:
        with self.runtime.outages.survived("announcement"):
            taken = await self.runtime.database.write(self._take_if_over, card_id)
            if taken is None:
                return
            card, on_it, after_seconds = taken
            notice = notice_of(card, on_it, self.runtime.clock.now(), after_seconds)
            if notice is not None:
                await self._send(card, notice)

    def _take_if_over(self, connection: Connection, card_id: CardId) -> CardOver | None:
        """Settle the notice of a card whose jobs are all over; return None if there is nothing to settle."""
        over = self._over(connection, card_id)
        return over if over is not None and owed_notices.take(connection, card_id) else None

    def _over(self, connection: Connection, card_id: CardId) -> CardOver | None:
        """Return the card if it owes a notice and its jobs are all over."""
        found = cards.with_jobs(connection, card_id)
        if found is None:
            return None
        card, on_it = found
        if not card.owes_notice or not all(job.is_over for job in on_it):
            return None
        return card, on_it, self._seconds_for(connection, card)

    def _seconds_for(self, connection: Connection, card: Card) -> float | None:
        chosen = server_settings.get(connection, card.guild_id).notify_after_seconds
        notify = member_choices.notify_of(connection, card.member_id)
        return seconds_until_notice(self.after_seconds, chosen, notify)

    async def _send(self, card: Card, notice: Notice) -> None:
        """Try until Discord takes or refuses the notice, but not for long."""
        watch = Stopwatch(self.runtime.clock, self.runtime.clock.now())
        failures = 0
        while watch.watched_seconds < GIVEN_UP_AFTER_SECONDS and await self._is_wanted(card):
            try:
                async with self._channels.of(card.channel_id):
                    await self.courier.announce(card, notice, is_again=failures > 0)
                    await self.runtime.clock.sleep(SHORTEST_GAP_SECONDS)
            except CardGone:
                log.info("announcement refused", card=card.id)
                return
            except CourierUnavailable as error:
                failures += 1
                log.info("not announced yet", card=card.id, attempt=failures, error=str(error))
                await self.runtime.clock.sleep(BACKOFF.spread_after(failures, self.runtime.rng))
            else:
                log.info("announced", card=card.id)
                return
        log.info("announcement dropped", card=card.id)

    async def _is_wanted(self, card: Card) -> bool:
        """Check that the message to reply to still shows the pictures."""
        view = await self.runtime.database.read(cards.with_jobs, card.id)
        if view is None:
            return False
        now, on_it = view
        is_there = now.message_id == card.message_id and not (now.is_gone or now.is_lost)
        return is_there and any(not job.is_away for job in on_it)
