"""Updates the messages of cards: one edit at a time for each, few while it waits, always the last one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.domain.backoff import Backoff
from bot.domain.card import Card, CardView, Rung, Shown
from bot.domain.errors import CardBarred, CardGone, CardTakenAway, CourierUnavailable
from bot.domain.ids import AttachmentId, CardId, JobId
from bot.domain.job import Job, JobState
from bot.domain.provider import Picture
from bot.services.cards.announcements import Announcements
from bot.services.cards.card_locks import CardLocks, NoOtherProcess
from bot.services.cards.edit_turns import EditTurns
from bot.services.cards.gone_cards import GoneCards
from bot.services.cards.left_messages import LeftMessages
from bot.services.cards.retry_times import next_try
from bot.services.cards.views import Views, as_delivered, as_shown
from bot.services.concurrency.keyed_locks import KeyedLocks
from bot.services.elapsed import Moment
from bot.services.protocols import Courier
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.driver.errors import DatabaseUnavailable
from bot.store.moderation import feed, hidden
from bot.store.pictures import cards, jobs, owed_notices

log = structlog.stdlib.get_logger(__name__)

#: Discord's rate limit for one message is small, and an exhausted one would delay the edit that matters.
SHORTEST_GAP_SECONDS = 5.0
#: The retries of a card that was up to date before. After these, its row says when to try next.
BACKOFF = Backoff((2.0, 5.0, 15.0, 60.0))


@dataclass(slots=True, kw_only=True)
class CardUpdater:
    runtime: Runtime
    courier: Courier
    views: Views
    gone: GoneCards
    announcements: Announcements
    left_messages: LeftMessages
    #: Between processes; taken after the lock of this one.
    shared_locks: CardLocks = field(default_factory=NoOtherProcess)
    _locks: KeyedLocks[CardId] = field(init=False, default_factory=KeyedLocks)
    _following: set[CardId] = field(init=False, default_factory=set)
    #: Of those that are followed: the cards that have changed since they were read.
    _changed: set[CardId] = field(init=False, default_factory=set)
    #: Of those that are followed: the cards with an urgent change.
    _urgent: set[CardId] = field(init=False, default_factory=set)
    _turns: EditTurns = field(init=False, default_factory=EditTurns)
    #: By the monotonic clock, oldest first.
    _shown_at: dict[CardId, float] = field(init=False, default_factory=dict)

    def card_changed(self, card_id: CardId, *, is_urgent: bool = True) -> None:
        """Update the card's message soon. It is not urgent if it only shows how a picture is waiting."""
        self._changed.add(card_id)
        if is_urgent:
            self._urgent.add(card_id)
            self._turns.hurry(card_id)
        if card_id not in self._following:
            self._following.add(card_id)
            self.runtime.tasks.start(self._follow(card_id), "show")

    async def deliver(self, job: Job, picture: Picture) -> Job | None:
        """Put the picture on its card and record that. Return None if another process has the job.

        Raises `CardGone`, `CourierUnavailable`, `PictureTooLarge`.
        """
        async with self._locks.of(job.card_id), self.shared_locks.held(job.card_id):
            begun = Moment(self.runtime.clock)
            view = await self.views.of(job.card_id)
            if view is None or not _holds(view, job):
                return None
            if view.card.is_gone:
                raise CardTakenAway
            try:
                shown = await self.courier.show(
                    as_delivered(view, job), {job.id: picture}, lambda: self._is_still_so(view, begun)
                )
            except CardGone as error:
                await self.gone.found(view.card, error)
                raise
            self._note_shown(job.card_id)
            at = self.runtime.clock.now()
            # Without this record it would be shown again; as a new message, that is a second picture.
            settled = await self.runtime.outages.retried(
                lambda: self.runtime.database.write(self._settle_delivery, job, view.card, shown, at=at)
            )
        if not settled.is_up_to_date:
            self.card_changed(job.card_id)
        if settled.owes_notice:
            self.announcements.job_over(job.card_id)
        if settled.is_in_feed:
            self.runtime.feed_owed.send()
        if settled.job is not None:
            self.runtime.metrics.deliveries.labels(rung=shown.rung).inc()
            log.info("delivered", job=job.id, rung=shown.rung)
        return settled.job

    def _settle_delivery(
        self, connection: Connection, job: Job, seen: Card, shown: Shown, *, at: datetime
    ) -> "_Settled":
        """Record that the picture is in Discord. The card shows this step, but none after it was read."""
        attachments: Mapping[JobId, int] = shown.attachment_ids
        delivered = jobs.step(
            connection,
            job,
            JobState.DELIVERED,
            at=at,
            why=f"delivered by {shown.rung}",
            delivered_at=at,
            attachment_id=AttachmentId(attachments[job.id]),
        )
        if shown.rung is Rung.MESSAGE:  # which mentions the member
            owed_notices.take(connection, job.card_id)
        is_up_to_date = _settle_card(connection, seen, shown, is_one_step=delivered is not None, at=at)
        if delivered is None:
            return _Settled(None, is_up_to_date)
        is_in_feed = feed.owe(connection, delivered, at=at)
        return _Settled(
            delivered, is_up_to_date, is_in_feed, self.announcements.owes_after(connection, delivered)
        )

    async def put_back(self, job: Job, picture: Picture) -> None:
        """Put a picture that was hidden back on its card, and record that.

        Raises `CardGone`, `CourierUnavailable`, `PictureTooLarge`.
        """
        async with self._locks.of(job.card_id), self.shared_locks.held(job.card_id):
            begun = Moment(self.runtime.clock)
            view = await self.views.of(job.card_id)
            if view is None or not _holds(view, job):
                return
            shown = await self.courier.show(
                as_shown(view, job), {job.id: picture}, lambda: self._is_still_so(view, begun)
            )
            self._note_shown(job.card_id)
            at = self.runtime.clock.now()
            await self.runtime.outages.retried(
                lambda: self.runtime.database.write(_settle_return, job, view.card, shown, at=at)
            )
        self.card_changed(job.card_id)

    async def taken_down(self, card_id: CardId, edits: Iterable[CardId]) -> None:
        """Update a card whose pictures were deleted, and those of their edits, which no longer link to it.

        Copies of the pictures are deleted.
        """
        await self.left_messages.update_due()
        await self.show_now(card_id)
        for edit in edits:
            self.card_changed(edit)

    async def show_now(self, card_id: CardId) -> None:
        """Update the card at once, for a member who has just pressed a button and is looking at it.

        If Discord is unavailable, the update follows later: the action itself is already recorded.
        """
        async with self._locks.of(card_id):
            view = await self.views.of(card_id)
            if view is None:
                return
            try:
                await self._show(view)
            except CourierUnavailable as error:
                log.info("card will be updated later", card=card_id, error=str(error))
                self.card_changed(card_id)

    # --- one card at a time ---

    async def _follow(self, card_id: CardId) -> None:
        """Update the card until its message is up to date. The owner of the task logs all other errors."""
        try:
            failures = 0
            while card_id in self._changed:
                await self._wait_for_the_gap(card_id)
                try:
                    async with self._turns.turn(card_id, is_urgent=card_id in self._urgent):
                        await self._show_if_due(card_id, may_wait=failures >= len(BACKOFF.seconds))
                    failures = 0
                except (CourierUnavailable, DatabaseUnavailable) as error:
                    log.info("card not updated yet", card=card_id, attempt=failures, error=str(error))
                    self._changed.add(card_id)
                    failures += 1
                    await self.runtime.clock.sleep(BACKOFF.spread_after(failures, self.runtime.rng))
        finally:
            self._following.discard(card_id)
            self._changed.discard(card_id)
            self._urgent.discard(card_id)
            self._forget_times()

    async def _show_if_due(self, card_id: CardId, *, may_wait: bool) -> None:
        """Update the card if it is due. With `may_wait`, an update that Discord does not take is put off."""
        async with self._locks.of(card_id):
            # A change while it is read and shown requires another update.
            self._changed.discard(card_id)
            view = await self.views.of(card_id)
            if view is None or not _is_due(view.card, self.runtime.clock.now()):
                return
            try:
                await self._show(view)
            except CourierUnavailable:
                if not may_wait and view.card.behind_since is None:
                    raise
                await self._put_off(view.card, is_barred=False)

    async def _is_still_so(self, seen: CardView, begun: Moment) -> bool:
        """Check, before files are added or removed, that no other process has changed them meanwhile."""
        while begun.is_long_ago:
            begun = Moment(self.runtime.clock)
            view = await self.views.of(seen.card.id)
            if view is None or _files(view) != _files(seen):
                return False
            if not await self.shared_locks.is_still_held(seen.card.id):
                return False
        return True

    async def _show(self, view: CardView) -> None:
        """Update the message. Only an update that takes files off is in other processes' way."""
        if not self.shared_locks.has_others or not any(job.is_away for job in view.jobs):
            await self._show_alone(view)
            return
        async with self.shared_locks.held(view.card.id):
            now = await self.views.of(view.card.id)
            if now is not None:
                await self._show_alone(now)

    async def _show_alone(self, view: CardView) -> None:
        card, begun = view.card, Moment(self.runtime.clock)
        try:
            if view.is_taken_down:
                await self.courier.remove(card)
                await self.runtime.database.write(cards.lost, card.id)
                return
            shown = await self.courier.show(view, {}, lambda: self._is_still_so(view, begun))
        except CardBarred:
            await self._put_off(card, is_barred=True)
            return
        except CardGone as error:
            log.info("card is gone", card=card.id, why=type(error).__name__)
            await self.gone.found(card, error)
            await self.runtime.database.write(cards.lost, card.id)
            return
        self._note_shown(card.id)
        is_newest = await self.runtime.database.write(
            cards.shown,
            card,
            revision=card.revision,
            message_id=shown.message_id,
            channel_id=shown.channel_id,
            at=self.runtime.clock.now(),
        )
        if not is_newest:
            log.info("another process shows the card, too; updating it again", card=card.id)
            self.card_changed(card.id)

    async def _put_off(self, card: Card, *, is_barred: bool) -> None:
        """Leave the update to a later sweep, maybe of another process; after a week, give it up."""
        now = self.runtime.clock.now()
        behind_since = card.behind_since or now
        try_at = next_try(now, behind_since, self.runtime.rng, is_barred=is_barred)
        log.info("card is put off", card=card.id, is_barred=is_barred, is_given_up=try_at is None)
        if try_at is None:
            await self.runtime.database.write(cards.lost, card.id)
        else:
            await self.runtime.database.write(
                cards.put_off, card.id, behind_since=behind_since, try_at=try_at
            )

    async def _wait_for_the_gap(self, card_id: CardId) -> None:
        last = self._shown_at.get(card_id)
        if last is not None:
            await self.runtime.clock.sleep(last + SHORTEST_GAP_SECONDS - self.runtime.clock.monotonic())

    def _note_shown(self, card_id: CardId) -> None:
        self._shown_at.pop(card_id, None)
        self._shown_at[card_id] = self.runtime.clock.monotonic()

    def _forget_times(self) -> None:
        """Forget the times that no longer delay an update."""
        long_ago = self.runtime.clock.monotonic() - SHORTEST_GAP_SECONDS
        while self._shown_at and next(iter(self._shown_at.values())) <= long_ago:
            del self._shown_at[next(iter(self._shown_at))]


def _holds(view: CardView, job: Job) -> bool:
    """Return True if the job is as its holder knows it. This is checked again with the write."""
    return any(
        other.id == job.id and other.fence == job.fence and other.state is job.state for other in view.jobs
    )


def _files(view: CardView) -> list[tuple[object, ...]]:
    """Return what decides which files the message has, and which process may change them."""
    return [(job.id, job.fence, job.attachment_id, job.is_away) for job in view.jobs]


def _is_due(card: Card, now: datetime) -> bool:
    is_behind = card.revision > card.shown_revision and card.message_id is not None and not card.is_lost
    return is_behind and (card.try_at is None or card.try_at <= now)


def _settle_return(connection: Connection, job: Job, seen: Card, shown: Shown, *, at: datetime) -> None:
    attachment_id = AttachmentId(shown.attachment_ids[job.id])
    hidden.end(connection, job, attachment_id=attachment_id)
    cards.shown(
        connection,
        seen,
        revision=seen.revision,
        message_id=shown.message_id,
        channel_id=shown.channel_id,
        at=at,
    )


@dataclass(frozen=True, slots=True)
class _Settled:
    """The outcome of a delivery that is recorded. The job is None if another process has it."""

    job: Job | None
    #: Whether the card shows all that its rows say.
    is_up_to_date: bool
    is_in_feed: bool = False
    owes_notice: bool = False


def _settle_card(
    connection: Connection, seen: Card, shown: Shown, *, is_one_step: bool, at: datetime
) -> bool:
    """Record that the card shows what was seen, and maybe one step more. Return whether that is all."""
    now = cards.get(connection, seen.id)
    if now is None:
        return False
    is_up_to_date = is_one_step and now.revision == seen.revision + 1
    is_newest = cards.shown(
        connection,
        seen,
        revision=now.revision if is_up_to_date else seen.revision,
        message_id=shown.message_id,
        channel_id=shown.channel_id,
        at=at,
    )
    return is_up_to_date and is_newest
