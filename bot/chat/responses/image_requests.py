"""Answers every request for pictures: permission check, admission, and the message that becomes the card."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Protocol

import structlog

from bot.chat.delivery.token_encryption import TokenCipher
from bot.chat.presenter.cards.card import card as draw
from bot.chat.presenter.cards.notes import not_posted
from bot.chat.presenter.elements.message import Message
from bot.chat.responses.first_response import FirstResponse
from bot.chat.rest.error_codes import DISCORD_ERRORS, is_refusal, reason
from bot.chat.servers.ages import Place, asked_with_age
from bot.chat.servers.server_cache import ServerCache
from bot.domain.card import CardView
from bot.domain.clock import Clock
from bot.domain.ids import CardId, ChannelId, MessageId
from bot.domain.request import Door, ImageRequest
from bot.fault_points import Point, reach
from bot.services.making.admission import Admitted, Ask

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """The seconds that members may wait. Discord itself gives up after 3."""

    defer_after_seconds: float = 1.5
    give_up_after_seconds: float = 30.0


class Admitting(Protocol):
    """The part of `bot.services.making.admission.Admission` that is needed here."""

    async def admit(self, ask: Ask) -> Admitted: ...
    async def answered(self, card_id: CardId, *, message_id: MessageId, channel_id: ChannelId) -> None: ...
    async def withdraw(self, card_id: CardId, why: str) -> None: ...
    def doubted(self, card_id: CardId) -> None: ...


class ImageRequests:
    def __init__(
        self,
        *,
        admission: Admitting,
        servers: ServerCache,
        token_cipher: TokenCipher,
        clock: Clock,
        patience: Patience | None = None,
    ) -> None:
        self._admission = admission
        self._servers = servers
        self._token_cipher = token_cipher
        self._clock = clock
        self._patience = patience or Patience()
        self._in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def ask(self, first: FirstResponse, request: ImageRequest, door: Door) -> None:
        """Raises the `Refusal` that says why not. In that case nothing was spent and nothing was sent."""
        first.require_permissions()
        with self._busy():
            new_card = first.new_card(self._token_cipher, self._clock.now())
            ask = Ask(
                request=request,
                door=door,
                card=new_card,
                role_ids=first.role_ids,
                parent_channel_id=first.parent_channel_id,
            )
            admitted = await self._admitted(first, ask)
            if admitted.is_new:
                await self._answer(first, admitted.view)

    async def settled(self, grace_seconds: float) -> None:
        """Wait until no request is between its admission and its response, or until the time is over."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._idle.wait(), grace_seconds)

    async def _admitted(self, first: FirstResponse, ask: Ask) -> Admitted:
        """Promise the response if the admission takes long. Mostly it does not, and needs no other task."""
        promises: list[asyncio.Task[None]] = []
        late = asyncio.get_running_loop().call_later(
            self._patience.defer_after_seconds,
            lambda: promises.append(asyncio.create_task(first.promise())),
        )
        try:
            return await self._with_age(ask)
        finally:
            late.cancel()
            if promises:
                await promises[0]

    async def _with_age(self, ask: Ask) -> Admitted:
        place = Place(
            guild_id=ask.card.guild_id,
            channel_id=ask.parent_channel_id or ask.card.channel_id,
            member_id=ask.card.member_id,
            role_ids=ask.role_ids,
        )
        return await asked_with_age(
            self._servers, place, lambda age: self._admission.admit(replace(ask, age=age))
        )

    async def _answer(self, first: FirstResponse, view: CardView) -> None:
        """Send the card. If it is unknown whether it was sent, the worker looks for it before it goes on."""
        now, card_id = self._clock.now(), view.card.id
        try:
            async with asyncio.timeout(self._patience.give_up_after_seconds):
                reach(Point.ANSWER_BEFORE)
                place = await first.give(draw(view, now))
                reach(Point.ANSWER_AFTER)
        except DISCORD_ERRORS as error:
            log.warning("first response failed", card=card_id, why=reason(error))
            if is_refusal(error):
                await self._admission.withdraw(card_id, f"its first answer was refused: {reason(error)}")
                await _tell(first, not_posted())
            else:
                self._admission.doubted(card_id)
            return
        await self._admission.answered(card_id, message_id=place.message_id, channel_id=place.channel_id)

    @contextmanager
    def _busy(self) -> Iterator[None]:
        self._in_flight += 1
        self._idle.clear()
        try:
            yield
        finally:
            self._in_flight -= 1
            if not self._in_flight:
                self._idle.set()


async def _tell(first: FirstResponse, message: Message) -> None:
    try:
        await first.tell(message)
    except DISCORD_ERRORS as error:
        log.info("member could not be answered", why=reason(error))
