"""Deletes all that is kept about members who ask for it, and their messages in Discord if they want that.

An erasure is a row in the store, so that it survives restarts. It covers what was there when the member
asked. What waits is cancelled at once. Requests that are being made, or whose cost is not known yet, are
deleted as soon as that is over. What has to outlive it is kept under another id (`bot.domain.pseudonyms`).
Pictures on whose reports no moderator has decided are taken down in any case: no one could remove them later.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from bot.domain.card import Card
from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.ids import ApplicationId, ChannelId, MemberId, MessageId
from bot.domain.job import Job
from bot.domain.privacy import Erasure, ErasureState
from bot.fault_points import Point, reach
from bot.services.cards.cancelled_jobs import CancelledJobs
from bot.services.concurrency.wake_up import WakeUp
from bot.services.members.own_data import OwnData
from bot.services.protocols import Courier, ErasureAnswers
from bot.services.runtime import Runtime
from bot.store.driver.connection import Row
from bot.store.driver.database import Connection
from bot.store.moderation import feed
from bot.store.privacy import erasing, erasures, messages_beside, personal_data

log = structlog.stdlib.get_logger(__name__)

EVERY_SECONDS = 20.0
#: Requests that are deleted in one transaction.
AT_ONCE = 50
TAKEN_DOWN_AT_ONCE = 10
#: A message that Discord neither deletes nor refuses within this time is left alone.
GIVEN_UP_AFTER = timedelta(days=7)
#: A pause for other writes.
PAUSE_SECONDS = 0.05
#: Between two messages that are deleted in Discord: deliveries need most of the rate limit.
GAP_SECONDS = 0.5


@dataclass(slots=True, kw_only=True)
class Erasures:
    runtime: Runtime
    courier: Courier
    answers: ErasureAnswers
    own_data: OwnData
    cancelled_jobs: CancelledJobs
    _asked: WakeUp = field(init=False, default_factory=WakeUp)

    # --- what members ask for ---

    async def begin(self, erasure: Erasure) -> ErasureState:
        """Begin to delete the member's data, or let messages be taken down as well by one that has begun.

        Raises `ExportUnderWay`.
        """
        member_id = erasure.member_id
        self.own_data.require_not_exporting(member_id)
        log_rows = await self.runtime.database.read(personal_data.log_about, member_id)
        member_ids = self.runtime.pseudonyms.ids_of(member_id)
        cancelled = await self.runtime.database.write(_begin, erasure, member_ids, log_rows)
        reach(Point.ERASURE_BEGUN)
        self.cancelled_jobs.drop(cancelled)
        self.runtime.posts_owed.send()
        log.info("deletion of a member's data begun", cancelled=len(cancelled))
        self._asked.send()
        return await self._state(erasure)

    async def of(self, member_id: MemberId) -> ErasureState | None:
        """Return how the last deletion of the member's data goes, or has ended."""
        member_ids = self.runtime.pseudonyms.ids_of(member_id)
        erasure = await self.runtime.database.read(erasures.get, *member_ids)
        return None if erasure is None else await self._state(erasure)

    async def _state(self, erasure: Erasure) -> ErasureState:
        if erasure.done_at is not None:
            return ErasureState(erasure=erasure)
        return await self.runtime.database.read(_state, erasure, at=self.runtime.clock.now())

    # --- the work ---

    async def run(self) -> None:
        while True:
            with self.runtime.outages.survived("erasures"):
                await self.go_on()
            await self._asked.wait(self.runtime.clock.sleep, EVERY_SECONDS)

    async def go_on(self) -> None:
        """Delete what can be deleted now, a few requests of each member in turn."""
        while any([await self._some(erasure) for erasure in await self._under_way()]):
            await self.runtime.clock.sleep(PAUSE_SECONDS)
        await self._say_what_is_done()

    async def _under_way(self) -> list[Erasure]:
        return await self.runtime.database.read(erasures.under_way)

    async def _some(self, erasure: Erasure) -> bool:
        """Delete a few requests; return whether there was something to do."""
        found = await self.runtime.database.read(
            erasing.ready,
            erasure.member_id,
            asked_before=erasure.asked_at,
            at=self.runtime.clock.now(),
            limit=TAKEN_DOWN_AT_ONCE if erasure.takes_down else AT_ONCE,
        )
        if not found:
            await self._finish_if_over(erasure)
            return False
        leaving = found if erasure.takes_down else await self.runtime.database.read(erasing.reported, found)
        staying = [card for card in found if card not in leaving]
        if staying:
            await self._erase(erasure, staying)
        taken_down = [card for card in leaving if await self._is_taken_down(erasure, card)]
        return bool(staying or taken_down)

    async def _erase(
        self, erasure: Erasure, found: Sequence[Card], *, taken_down: int = 0, not_taken_down: int = 0
    ) -> None:
        await self.runtime.database.write(
            _erase,
            erasure,
            found,
            self.runtime.pseudonyms.of(erasure.member_id),
            at=self.runtime.clock.now(),
            taken_down=taken_down,
            not_taken_down=not_taken_down,
        )

    # --- messages in Discord ---

    async def _is_taken_down(self, erasure: Erasure, card: Card) -> bool:
        """Delete the card's messages, then its request. Return False if that is not possible now."""
        others = await self.runtime.database.write(messages_beside.hold, card, at=self.runtime.clock.now())
        if others is None:
            return False
        shown = [card, *(_in_place_of(card, row) for row in others)]
        is_last_try = self.runtime.clock.now() - erasure.asked_at > GIVEN_UP_AFTER
        try:
            outcomes = [await self._remove(place) for place in shown if place.message_id is not None]
        except CourierUnavailable as error:
            log.info("message not deleted yet", card=card.id, error=str(error))
            if not is_last_try:
                return False
            outcomes = [False]
        reach(Point.ERASURE_TAKEN_DOWN)
        await self._erase(
            erasure, [card], taken_down=outcomes.count(True), not_taken_down=outcomes.count(False)
        )
        return True

    async def _remove(self, card: Card) -> bool:
        """Delete a message; return False if that is not possible. Raises `CourierUnavailable`."""
        await self.runtime.clock.sleep(GAP_SECONDS)
        if card.is_private and not self._has_token(card):
            return False
        try:
            await self.courier.remove(card)
        except CardGone:
            return False
        return True

    def _has_token(self, card: Card) -> bool:
        """Return whether a private message can still be reached."""
        expires_at = card.token_expires_at
        return (
            card.sealed_token is not None and expires_at is not None and expires_at > self.runtime.clock.now()
        )

    # --- the end ---

    async def _finish_if_over(self, erasure: Erasure) -> None:
        read, write = self.runtime.database.read, self.runtime.database.write
        left = await read(erasing.count_left, erasure.member_id, asked_before=erasure.asked_at)
        if left:
            return
        log_rows = await read(personal_data.log_about, erasure.member_id)
        pseudonym = self.runtime.pseudonyms.of(erasure.member_id)
        done = await write(_finish, erasure, pseudonym, log_rows, at=self.runtime.clock.now())
        if done is None:
            return
        reach(Point.ERASURE_DONE)
        await self.runtime.database.overwrite_deleted()
        log.info("a member's data deleted", taken_down=done.taken_down, not_taken_down=done.not_taken_down)

    async def _say_what_is_done(self) -> None:
        """Let the answers say it that still can. All other members read it when they next ask."""
        read, write = self.runtime.database.read, self.runtime.database.write
        for done in await read(erasures.unsaid, at=self.runtime.clock.now()):
            try:
                is_said = await self.answers.show(ErasureState(erasure=done))
            except CourierUnavailable as error:
                log.info("a member was not notified that their data are deleted", error=str(error))
                continue
            reach(Point.ERASURE_SAID)
            await write(erasures.remove if is_said else erasures.forget_answer, done.member_id)


def _in_place_of(card: Card, row: Row) -> Card:
    """Return a card at the place of another message."""
    return replace(
        card,
        application_id=ApplicationId(row.application_id or card.application_id),
        channel_id=ChannelId(row.channel_id),
        message_id=MessageId(row.message_id),
        sealed_token=row.sealed_token,
        token_expires_at=row.token_expires_at,
        is_private=bool(row.is_private),
    )


def _begin(
    connection: Connection, erasure: Erasure, member_ids: Sequence[MemberId], log_rows: Sequence[Row]
) -> list[Job]:
    """Save the erasure, and delete all that belongs to no request; return the jobs that are cancelled."""
    member_id, pseudonym = member_ids[0], member_ids[1]
    before = erasures.get(connection, *member_ids)
    if before is not None and before.done_at is None:
        takes_down = before.takes_down or erasure.takes_down
        erasures.put(connection, replace(erasure, asked_at=before.asked_at, takes_down=takes_down))
        return []
    erasures.remove(connection, *member_ids)
    erasures.put(connection, erasure)
    erasing.erase_choices(connection, member_id)
    erasing.keep_under(connection, member_id, pseudonym)
    erasing.erase_log(connection, log_rows, member_id)
    return erasing.cancel_waiting(connection, member_id, at=erasure.asked_at)


def _erase(
    connection: Connection,
    erasure: Erasure,
    found: Sequence[Card],
    pseudonym: MemberId,
    *,
    at: datetime,
    taken_down: int,
    not_taken_down: int,
) -> None:
    card_ids = [card.id for card in found]
    if erasure.takes_down or taken_down:
        feed.outdate_beside(connection, card_ids)
    erasing.erase_cards(connection, card_ids, pseudonym, at=at)
    erasures.count(connection, erasure.member_id, taken_down=taken_down, not_taken_down=not_taken_down)


def _finish(
    connection: Connection,
    erasure: Erasure,
    pseudonym: MemberId,
    log_rows: Sequence[Row],
    *,
    at: datetime,
) -> Erasure | None:
    """Delete the rest once no request is left; return None while some are."""
    member_id = erasure.member_id
    saved = erasures.get(connection, member_id)
    if saved is None or erasing.count_left(connection, member_id, asked_before=erasure.asked_at):
        return None
    erasing.erase_log(connection, log_rows, member_id)
    erasing.erase_totals(connection, member_id, pseudonym)
    erasures.remove(connection, member_id, pseudonym)
    done = replace(saved, member_id=pseudonym, done_at=at)
    erasures.put(connection, done)
    return done


def _state(connection: Connection, erasure: Erasure, *, at: datetime) -> ErasureState:
    """Return how many requests are left, and how many of these have to wait."""
    asked = {"asked_before": erasure.asked_at}
    left = erasing.count_left(connection, erasure.member_id, **asked)
    ready = erasing.count_ready(connection, erasure.member_id, **asked, at=at)
    return ErasureState(erasure=erasure, left=left, waiting=left - ready)
