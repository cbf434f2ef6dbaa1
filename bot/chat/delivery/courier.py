"""Delivers cards and pictures to Discord. Implements `bot.services.protocols.Courier`.

The caller makes one call at a time for each card: an edit that adds or removes pictures keeps only those that
its view knows.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import discord
import structlog

from bot.chat.delivery.archived_threads import delete_anywhere, open_thread
from bot.chat.delivery.card_update import CardUpdate, mentioning, picture_ids
from bot.chat.delivery.interaction_tokens import InteractionTokens
from bot.chat.delivery.remembered import Remembered
from bot.chat.delivery.sender import ORIGINAL, MessageForm, in_some_form, simpler
from bot.chat.delivery.token_encryption import TokenCipher
from bot.chat.gateway.client import GatewayClient
from bot.chat.incoming.attachments import found_again, pictures_in
from bot.chat.presenter.cards.notes import announcement
from bot.chat.rest.error_codes import DISCORD_ERRORS, Verdict, reason, rungs, verdict
from bot.chat.rest.invalid_request_limit import InvalidRequestLimit
from bot.chat.rest.one_attempt import without_repetition
from bot.domain.card import Card, CardView, Rung, Shown
from bot.domain.clock import Clock
from bot.domain.errors import CardBarred, CardGone, CardTakenAway, CourierUnavailable, PictureTooLarge
from bot.domain.ids import CardId, ChannelId, JobId, MessageId
from bot.domain.job import Job
from bot.domain.notice import Notice
from bot.domain.provider import Picture
from bot.domain.request import PictureLocation
from bot.fault_points import Point, reach
from bot.words.language import speaking

log = structlog.stdlib.get_logger(__name__)

#: A call that takes longer is cancelled. This includes discord.py's waiting for rate limits.
CALL_SECONDS = 90.0
#: How many messages back the bot looks for one of its own.
MESSAGES_SEARCHED = 50

PICTURE_POINTS = Point.PICTURE_BEFORE, Point.PICTURE_AFTER
EDIT_POINTS = Point.EDIT_BEFORE, Point.EDIT_AFTER

T = TypeVar("T")


class DiscordCourier:
    def __init__(
        self,
        *,
        client: GatewayClient,
        token_cipher: TokenCipher,
        clock: Clock,
        call_seconds: float = CALL_SECONDS,
    ) -> None:
        self._client = client
        self._clock = clock
        self._call_seconds = call_seconds
        self._tokens = InteractionTokens(client=client, token_cipher=token_cipher, clock=clock)
        self._shut_out = InvalidRequestLimit(clock)
        #: Cards whose text AutoMod has blocked.
        self._wordless = Remembered[CardId]()

    # --- what the worker asks for ---

    async def show(
        self, view: CardView, pictures: Mapping[JobId, Picture], is_still_so: Callable[[], Awaitable[bool]]
    ) -> Shown:
        self._client.require_login()
        card = view.card
        form = MessageForm(has_words=card.id not in self._wordless, command_ids=self._client.command_ids)
        delivery = CardUpdate(view, pictures, self._clock.now(), is_still_so, form)
        for rung in rungs(
            has_token=self._tokens.webhook(card) is not None,
            has_message=card.message_id is not None,
            is_private=card.is_private,
            has_pictures=bool(pictures),
        ):
            outcome = await self._climb(rung, delivery)
            if isinstance(outcome, discord.Message):
                return _shown(outcome, rung, view.jobs)
            if rung is Rung.EDIT:
                await self._require_place(card, outcome)
        raise CardGone if self._is_gone(card) else CardBarred

    async def look(self, card: Card) -> None:
        self._client.require_login()
        if card.message_id is None:
            return
        channel_id = card.channel_id
        if card.is_private:  # the message is out of the bot's reach
            outcome = await self._refusal(card, self._client.http.get_channel(channel_id))
        else:
            outcome = await self._refusal(card, self._partial(channel_id, card.message_id).fetch())
        await self._require_place(card, outcome)

    async def _require_place(self, card: Card, outcome: Verdict | None) -> None:
        """Raises `CardTakenAway` if the answer to the bot's own token means that; `CourierUnavailable`."""
        if outcome is Verdict.NO_ACCESS:
            # Is it the channel alone, or the server? Its commands show that, even where there is no bot user.
            asked = self._client.http.get_guild_commands(card.application_id, card.guild_id)
            is_gone = await self._refusal(card, asked) in (Verdict.NO_ACCESS, Verdict.CHANNEL_GONE)
        else:
            is_gone = outcome in (Verdict.MESSAGE_GONE, Verdict.CHANNEL_GONE)
        if is_gone:
            raise CardTakenAway

    async def _refusal(self, card: Card, call: Awaitable[object]) -> Verdict | None:
        """Return the verdict of a refused request; None if it succeeds. Raises `CourierUnavailable`."""
        try:
            await self._timed(call)
        except DISCORD_ERRORS as error:
            outcome = self._learn(card, error)
            if outcome is Verdict.LATER:
                raise CourierUnavailable from error
            return outcome
        return None

    async def fresh_url(self, location: PictureLocation) -> str | None:
        self._client.require_login()
        try:
            message = await self._timed(self._partial(location.channel_id, location.message_id).fetch())
        except DISCORD_ERRORS as error:
            log.info("source message cannot be read", why=reason(error))
            if verdict(error) is Verdict.LATER:
                raise CourierUnavailable from error
            return None
        picture = found_again(pictures_in(message), location.attachment_id)
        return None if picture is None else picture.url

    async def remove(self, card: Card) -> None:
        is_refused = await self._by_any(card, self._ways_to_delete(card), if_refused=True)
        if is_refused and not self._is_gone(card):
            raise CardBarred

    async def announce(self, card: Card, notice: Notice, *, is_again: bool) -> None:
        self._client.require_login()
        if card.message_id is None:
            raise CardGone
        if card.is_private:
            await self._announce_alone(card, notice, is_again=is_again)
            return
        if is_again and await self._is_announced(card):
            return
        reach(Point.NOTICE_BEFORE)
        if await self._refusal(card, self._reply(card, card.message_id, notice)) is not None:
            raise CardGone
        reach(Point.NOTICE_AFTER)

    async def _announce_alone(self, card: Card, notice: Notice, *, is_again: bool) -> None:
        """Tell the member of a private card by its token, in one attempt.

        Such a message takes no nonce and cannot be looked for, so a second attempt could double it.
        """
        webhook = self._tokens.webhook(card)
        if is_again or webhook is None:
            raise CardGone
        webhook.type = discord.WebhookType.application  # as it is for a token; others send nothing private
        without_repetition(webhook)
        with speaking(card.language):
            text = announcement(card.member_id, notice)
        sent = webhook.send(text, ephemeral=True, wait=True, allowed_mentions=mentioning(card.member_id))
        reach(Point.NOTICE_BEFORE)
        if await self._refusal(card, sent) is not None:
            raise CardGone
        reach(Point.NOTICE_AFTER)

    async def _reply(self, card: Card, message_id: MessageId, notice: Notice) -> discord.Message:
        """Post it with a nonce: a repetition within minutes posts nothing new.

        If AutoMod refuses the words of a moderator, they are left to the card.
        """

        def send(form: MessageForm) -> Awaitable[discord.Message]:
            with speaking(card.language):
                text = announcement(card.member_id, notice, with_words=form.has_words)
            return self._channel(card.channel_id).send(
                text,
                reference=self._partial(card.channel_id, message_id).to_reference(fail_if_not_exists=True),
                allowed_mentions=mentioning(card.member_id),
                nonce=f"n{card.id}",
            )

        return await in_some_form(send, MessageForm(has_embeds=False))

    async def _is_announced(self, card: Card) -> bool:
        """Look for a notice whose answer was lost. Raises `CourierUnavailable`."""

        async def look() -> bool:
            return any([_replies_to(message, card.message_id) async for message in self._own_messages(card)])

        return bool(await self._by_any(card, [look], if_refused=False))

    async def find(self, card: Card) -> MessageId | None:
        return await self._by_any(card, self._ways_to_find(card), if_refused=None)

    async def _by_any(
        self, card: Card, ways: Iterable[Callable[[], Awaitable[T | None]]], *, if_refused: T | None
    ) -> T | None:
        """Return the result of the first call that is not refused; None if the message is gone."""
        self._client.require_login()
        for way in ways:
            try:
                return await self._timed(way())
            except DISCORD_ERRORS as error:
                outcome = self._learn(card, error)
                if outcome is Verdict.LATER:
                    raise CourierUnavailable from error
                if outcome in (Verdict.MESSAGE_GONE, Verdict.CHANNEL_GONE):
                    return None
                # Any other refusal, such as one of an expired token, says nothing about the message.
        return if_refused

    # --- one rung ---

    async def _climb(self, rung: Rung, delivery: CardUpdate) -> discord.Message | Verdict:
        """Return the updated message, or the reason why this rung failed."""
        await self._look_first(rung, delivery)
        while True:
            try:
                return await self._timed(self._step(rung, delivery))
            except DISCORD_ERRORS as error:
                outcome = self._learn(delivery.view.card, error)
                if outcome is Verdict.MESSAGE_GONE and rung is Rung.TOKEN:
                    self._tokens.bury(delivery.view.card)  # deleted, or the card has moved to another message
                if self._is_simpler(rung, delivery, error):
                    continue
                if not await self._may_try_again(rung, delivery, outcome):
                    log.info("rung failed", card=delivery.view.card.id, rung=rung, why=reason(error))
                    return outcome

    def _is_gone(self, card: Card) -> bool:
        """Return whether the card's message is out of reach, whatever the server's admins change."""
        return card.message_id is None if not card.is_private else self._tokens.webhook(card) is None

    async def _look_first(self, rung: Rung, delivery: CardUpdate) -> None:
        if rung is Rung.MESSAGE or not delivery.should_look:
            return
        for _ in range(2):  # the first look may only find out that the token is dead
            if not delivery.has_looked:
                await self._look(rung, delivery)

    def _is_simpler(self, rung: Rung, delivery: CardUpdate, error: Exception) -> bool:
        """Return whether to try again without the part that was refused. An edit needs no permissions."""
        form = simpler(delivery.form, error)
        if form is None or (rung is not Rung.MESSAGE and not form.has_embeds):
            return False
        delivery.form = form
        if not form.has_words:
            self._wordless.add(delivery.view.card.id)
        return True

    async def _may_try_again(self, rung: Rung, delivery: CardUpdate, outcome: Verdict) -> bool:
        """Return whether the same rung is worth another attempt, with something changed."""
        match outcome:
            case Verdict.LATER:
                raise CourierUnavailable
            case Verdict.TOO_LARGE if delivery.pictures:
                raise PictureTooLarge
            case Verdict.ARCHIVED if delivery.takes_away and not delivery.opens_thread:
                delivery.opens_thread = True
                return True
            case Verdict.INVALID if delivery.changes_files and delivery.kept_ids and not delivery.has_looked:
                return await self._look(rung, delivery)
        return False

    async def _step(self, rung: Rung, delivery: CardUpdate) -> discord.Message:
        card = delivery.view.card
        if rung is Rung.MESSAGE or card.message_id is None:
            return await self._post(delivery)
        if delivery.opens_thread:
            await open_thread(self._client, card.channel_id)
        before, after = PICTURE_POINTS if delivery.pictures else EDIT_POINTS
        reach(before)
        await delivery.may_leave()
        message = await self._edit(rung, card, card.message_id, delivery)
        reach(after)
        return message

    async def _edit(
        self, rung: Rung, card: Card, message_id: MessageId, delivery: CardUpdate
    ) -> discord.Message:
        webhook = self._tokens.webhook(card) if rung is Rung.TOKEN else None
        if webhook is not None:
            return await webhook.edit_message(message_id, **delivery.to_edit())
        return await self._partial(card.channel_id, message_id).edit(**delivery.to_edit())

    async def _post(self, delivery: CardUpdate) -> discord.Message:
        """Post a new message, or complete one that an earlier process posted for these pictures."""
        card = delivery.view.card
        async for message in self._own_messages(card):
            there = picture_ids(message, delivery.view.jobs)
            if message.id != card.message_id and there.keys() & delivery.pictures.keys():
                delivery.look(message)
                return await message.edit(**delivery.to_edit())
        reach(Point.POST_BEFORE)
        await delivery.may_leave()
        posted = await self._channel(card.channel_id).send(**delivery.to_post())
        reach(Point.POST_AFTER)
        return posted

    async def _look(self, rung: Rung, delivery: CardUpdate) -> bool:
        """Read which pictures the message really has. Return False if it cannot be read."""
        card = delivery.view.card
        if card.message_id is None:
            return False
        webhook = self._tokens.webhook(card) if rung is Rung.TOKEN else None
        try:
            if webhook is not None:
                delivery.look(await self._timed(webhook.fetch_message(card.message_id)))
            else:
                delivery.look(await self._timed(self._partial(card.channel_id, card.message_id).fetch()))
        except DISCORD_ERRORS as error:
            if self._learn(card, error) is Verdict.LATER:
                raise CourierUnavailable from error
            return False
        return True

    def _learn(self, card: Card, error: Exception) -> Verdict:
        outcome = verdict(error)
        if outcome is Verdict.TOKEN_DEAD:
            self._tokens.bury(card)
        return outcome

    # --- channels and messages, without asking Discord for them first ---

    def _channel(self, channel_id: ChannelId) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id)

    def _partial(self, channel_id: ChannelId, message_id: MessageId) -> discord.PartialMessage:
        return self._channel(channel_id).get_partial_message(message_id)

    def _ways_to_delete(self, card: Card) -> Iterator[Callable[[], Awaitable[bool | None]]]:
        if card.message_id is None:
            return
        message = self._partial(card.channel_id, card.message_id)
        if (webhook := self._tokens.webhook(card)) is not None:
            yield lambda: webhook.delete_message(message.id)
        if not card.is_private:
            yield lambda: delete_anywhere(self._client, message)

    async def _own_messages(self, card: Card, after: int | None = None) -> AsyncIterator[discord.Message]:
        """Yield the bot's newest messages in the card's channel, or its first ones after a snowflake.

        There are none without the permission Read Message History.
        """
        me = self._client.user
        start = None if after is None else discord.Object(after)
        async for message in self._channel(card.channel_id).history(limit=MESSAGES_SEARCHED, after=start):
            if me is not None and message.author.id == me.id:
                yield message

    def _ways_to_find(self, card: Card) -> Iterator[Callable[[], Awaitable[MessageId | None]]]:
        if (webhook := self._tokens.webhook(card)) is not None:
            yield lambda: self._find_by_token(webhook)
        if not card.is_private:
            yield lambda: self._find_in_channel(card)

    async def _find_by_token(self, webhook: discord.Webhook) -> MessageId:
        return MessageId((await webhook.fetch_message(ORIGINAL)).id)

    async def _find_in_channel(self, card: Card) -> MessageId | None:
        """Find the message that replies to the request, or that Discord names as the response to it."""
        asked = card.interaction_id
        async for message in self._own_messages(card, after=asked):
            metadata, reference = message.interaction_metadata, message.reference
            if (metadata and metadata.id == asked) or (reference and reference.message_id == asked):
                return MessageId(message.id)
        return None

    async def _timed(self, call: Awaitable[T]) -> T:
        try:
            async with asyncio.timeout(self._call_seconds):
                return await self._shut_out.let_through(call)
        except RuntimeError as error:
            if self._client.is_closed():  # closed during the call: the next process goes on
                raise CourierUnavailable from error
            raise


def _replies_to(message: discord.Message, message_id: MessageId | None) -> bool:
    return message.reference is not None and message.reference.message_id == message_id


def _shown(message: discord.Message, rung: Rung, jobs: Sequence[Job]) -> Shown:
    return Shown(
        message_id=MessageId(message.id),
        channel_id=ChannelId(message.channel.id),
        rung=rung,
        attachment_ids=picture_ids(message, jobs),
    )
