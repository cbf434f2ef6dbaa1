"""Messages that show a card beside its own: those that it has left, and copies of its pictures.

One that it has left links to the new message. A copy is deleted once its picture is taken off the card.
"""

import asyncio
from dataclasses import dataclass, field, replace

import structlog

from bot.domain.card import Card, CardView, LeftMessage
from bot.domain.errors import CardBarred, CardGone, CourierUnavailable
from bot.domain.ids import LeftMessageId
from bot.domain.request import PictureLocation
from bot.services.cards.retry_times import next_try
from bot.services.cards.views import Views
from bot.services.protocols import Courier
from bot.services.runtime import Runtime
from bot.store.pictures import left_messages

log = structlog.stdlib.get_logger(__name__)

#: Edits at the same time; these messages are not urgent.
AT_ONCE = 3


@dataclass(slots=True, kw_only=True)
class LeftMessages:
    runtime: Runtime
    courier: Courier
    views: Views
    _under_way: set[LeftMessageId] = field(init=False, default_factory=set)
    _slots: asyncio.Semaphore = field(init=False, default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def update_due(self) -> None:
        """Start to update the messages that are due."""
        for left in await self.runtime.database.read(left_messages.due, at=self.runtime.clock.now()):
            if left.id not in self._under_way:
                self._under_way.add(left.id)
                self.runtime.tasks.start(self._update(left), "left message")

    async def _update(self, left: LeftMessage) -> None:
        try:
            with self.runtime.outages.survived("left message"):
                async with self._slots:
                    await self._try(left)
        finally:
            self._under_way.discard(left.id)

    async def _try(self, left: LeftMessage) -> None:
        view = await self.views.of(left.card_id)
        if view is None or view.card.message_id == left.message_id:
            await self.runtime.database.write(left_messages.forget, left.id)
            return
        try:
            if left.job_id is None:
                await self._show(_seen_there(view, left), left)
            else:
                await self._check_copy(view, left)
        except CardBarred:
            await self._put_off(left, is_barred=True)
        except CardGone:
            await self.runtime.database.write(left_messages.forget, left.id)
        except CourierUnavailable:
            await self._put_off(left, is_barred=False)

    async def _show(self, view: CardView, left: LeftMessage) -> None:
        if view.is_taken_down:
            await self.courier.remove(view.card)
            await self.runtime.database.write(left_messages.forget, left.id)
        else:
            await self.courier.show(view, {}, lambda: self._is_still_so(view))
            await self.runtime.database.write(left_messages.put_off, left.id, try_at=None)
        log.info("a message that its card has left is up to date", card=left.card_id)

    async def _check_copy(self, view: CardView, left: LeftMessage) -> None:
        """Keep a copy that is as it should be. Delete it with its picture, or if that never came."""
        is_there = any(job.id == left.job_id and not job.is_away for job in view.jobs)
        place = PictureLocation(left.channel_id, left.message_id)
        if is_there and await self.courier.fresh_url(place) is not None:
            await self.runtime.database.write(left_messages.put_off, left.id, try_at=None)
            return
        await self.courier.remove(_seen_there(view, left).card)
        await self.runtime.database.write(left_messages.forget, left.id)
        log.info("a copy is deleted", card=left.card_id, job=left.job_id)

    async def _put_off(self, left: LeftMessage, *, is_barred: bool) -> None:
        at = next_try(self.runtime.clock.now(), left.behind_since, self.runtime.rng, is_barred=is_barred)
        log.info("a left message is not up to date yet", card=left.card_id, is_given_up=at is None)
        await self.runtime.database.write(left_messages.put_off, left.id, try_at=at)

    async def _is_still_so(self, seen: CardView) -> bool:
        """Check, before files are removed, that the same pictures are deleted as before."""
        now = await self.views.of(seen.card.id)
        return now is not None and _deleted(now) == _deleted(seen)


def _deleted(view: CardView) -> list[object]:
    return [job.is_away for job in view.jobs]


def _seen_there(view: CardView, left: LeftMessage) -> CardView:
    """Return the view as the left message shows it."""
    card = replace(
        view.card,
        application_id=left.application_id,
        channel_id=left.channel_id,
        message_id=left.message_id,
        sealed_token=left.sealed_token,
        token_expires_at=left.token_expires_at,
        is_private=left.is_private,
    )
    return replace(view, card=card, is_left=True, moved_to=_place(view.card))


def _place(card: Card) -> PictureLocation | None:
    """Return where everybody can see the card, if anywhere."""
    if card.is_private or card.is_lost or card.message_id is None:
        return None
    return PictureLocation(card.channel_id, card.message_id)
