"""Posts in the channels of moderators. Implements `bot.services.protocols.ModeratorChannel`."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import discord
import structlog

from bot.chat.delivery.clickable_commands import clickable
from bot.chat.delivery.sender import MessageForm, in_some_form, to_channel
from bot.chat.gateway.client import GatewayClient
from bot.chat.presenter.elements.custom_ids import Action
from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.moderation.feed import feed_message
from bot.chat.presenter.moderation.moderation_posts import moderation_post
from bot.chat.rest.error_codes import DISCORD_ERRORS, Verdict, reason, verdict
from bot.domain.card import Card
from bot.domain.errors import CardBarred, CardGone, CourierUnavailable
from bot.domain.ids import ChannelId, GuildId, JobId, MessageId
from bot.domain.moderation import Decision, FeedBatch, PostView
from bot.domain.provider import Picture
from bot.fault_points import Point, reach
from bot.words.language import language_of, speaking

log = structlog.stdlib.get_logger(__name__)

#: A call may wait for a rate limit, and carries a small picture.
CALL_SECONDS = 60.0
#: How many messages back a post is looked for whose answer may be lost.
MESSAGES_SEARCHED = 50
#: So that the rest of a channel's id depends on all of it, and a nonce has at most 25 characters.
_PRIME = 65_521
#: Final, also if an admin gives the bot all permissions.
GONE = (Verdict.MESSAGE_GONE, Verdict.CHANNEL_GONE, Verdict.IMPOSSIBLE)

#: After these decisions, no one sees the picture any more.
UNSEEN = (Decision.REMOVED, Decision.REJECTED, Decision.EXPIRED)

#: The actions of a feed's buttons about its picture.
FEED_ACTIONS = (Action.REVIEW_REMOVE, Action.REVIEW_GIVE_BACK)

T = TypeVar("T")


class DiscordModeratorChannel:
    def __init__(self, client: GatewayClient, *, call_seconds: float = CALL_SECONDS) -> None:
        self._client = client
        self._call_seconds = call_seconds

    async def post(self, view: PostView, picture: Picture | None) -> MessageId:
        pictures = {} if picture is None or view.job is None else {view.job.id: picture}
        nonce = _nonce(view)

        async def send() -> discord.Message:
            drawn = await self._drawn(view)
            reach(Point.MODERATORS_POST_BEFORE)
            posted = await to_channel(self._channel(view), drawn, nonce, pictures=pictures)
            reach(Point.MODERATORS_POST_AFTER)
            return posted

        return MessageId((await self._asked(view.post.guild_id, send())).id)

    async def find(self, view: PostView) -> MessageId | None:
        try:
            return await self._asked(view.post.guild_id, self._look(view))
        except CardGone:
            return None  # it cannot be looked for: the nonce has to do

    async def _look(self, view: PostView) -> MessageId | None:
        """Look for a message of the bot with a button of this post: an open one has some of its own.

        The button that blocks is not: all posts about one member have it.
        """
        as_posted = replace(view, post=replace(view.post, is_over=False))
        ids, me = custom_ids(await self._drawn(as_posted)), self._client.user
        wanted = {id_ for id_ in ids if id_.partition(":")[0] != Action.REVIEW_BLOCK}
        async for message in self._channel(view).history(limit=MESSAGES_SEARCHED):
            if me is not None and message.author.id == me.id and wanted & _ids_in(message):
                return MessageId(message.id)
        return None

    async def edit(self, view: PostView) -> None:
        assert view.post.message_id is not None, "only posted messages are edited"
        message = self._channel(view).get_partial_message(view.post.message_id)

        async def send() -> discord.Message:
            drawn = await self._drawn(view)

            def edit(form: MessageForm) -> Awaitable[discord.Message]:
                keeps_files = view.post.decision not in UNSEEN
                changes = form.to_edit_beside_files(drawn) if keeps_files else form.to_edit(drawn)
                return message.edit(**changes)

            return await in_some_form(edit)

        await self._asked(view.post.guild_id, send())

    async def _drawn(self, view: PostView) -> Message:
        with speaking(await self._language(view.post.guild_id, view.language, [view.card])):
            return clickable(moderation_post(view), self._client.command_ids)

    # --- the feed ---

    async def post_feed(self, batch: FeedBatch, pictures: Mapping[JobId, Picture]) -> MessageId:
        nonce = f"f{batch.job_ids[0]}-{len(batch.entries)}"
        channel = self._in(batch.guild_id, batch.channel_id)

        async def send() -> discord.Message:
            drawn = await self._feed_drawn(batch, pictures)
            reach(Point.FEED_BEFORE)
            posted = await to_channel(channel, drawn, nonce, pictures=pictures)
            reach(Point.FEED_AFTER)
            return posted

        return MessageId((await self._asked(batch.guild_id, send())).id)

    async def edit_feed(
        self, batch: FeedBatch, message_id: MessageId, pictures: Mapping[JobId, Picture]
    ) -> None:
        message = self._in(batch.guild_id, batch.channel_id).get_partial_message(message_id)

        async def send() -> None:
            drawn = await self._feed_drawn(batch, pictures)
            await in_some_form(lambda form: message.edit(**form.to_edit(drawn, pictures)))

        await self._asked(batch.guild_id, send() if batch.entries else message.delete())

    async def _feed_drawn(self, batch: FeedBatch, pictures: Mapping[JobId, Picture]) -> Message:
        with speaking(await self._language_of(batch)):
            return feed_message(batch, {job_id: picture.extension for job_id, picture in pictures.items()})

    async def find_feed(self, batch: FeedBatch) -> dict[JobId, MessageId]:
        return await self._asked(batch.guild_id, self._look_for(batch))

    async def _look_for(self, batch: FeedBatch) -> dict[JobId, MessageId]:
        """Each entry links to its picture, or has a button or a choice of its own."""
        found: dict[JobId, MessageId] = {}
        me = self._client.user
        async for message in self._in(batch.guild_id, batch.channel_id).history(limit=MESSAGES_SEARCHED):
            if me is not None and message.author.id == me.id:
                there = jobs_in(message)
                found |= {job_id: MessageId(message.id) for job_id in batch.job_ids if job_id in there}
        return found

    async def _language_of(self, batch: FeedBatch) -> str:
        return await self._language(batch.guild_id, batch.language, [entry.card for entry in batch.entries])

    async def _language(self, guild_id: GuildId, chosen: str | None, cards: Sequence[Card | None]) -> str:
        """Return what the server has chosen, or what it has at Discord, as a public card knows."""
        if chosen is not None:
            return chosen
        for card in cards:
            if card is not None and not card.is_private:
                return card.language
        guild = await self._client.http.get_guild(guild_id, with_counts=False)
        return language_of(guild.get("preferred_locale"))

    def _channel(self, view: PostView) -> discord.PartialMessageable:
        assert view.post.channel_id is not None, "the place is saved before anything is sent"
        return self._in(view.post.guild_id, view.post.channel_id)

    def _in(self, guild_id: GuildId, channel_id: ChannelId) -> discord.PartialMessageable:
        return self._client.get_partial_messageable(channel_id, guild_id=guild_id)

    async def _asked(self, guild_id: GuildId, call: Awaitable[T]) -> T:
        self._client.require_login()
        try:
            async with asyncio.timeout(self._call_seconds):
                return await call
        except DISCORD_ERRORS as error:
            log.info("moderators not notified", guild=guild_id, why=reason(error))
            raise _meaning(error) from error
        except RuntimeError as error:
            if self._client.is_closed():  # closed during the call: the next process goes on
                raise CourierUnavailable from error
            raise


def _nonce(view: PostView) -> str:
    """Return what is the same for each attempt, and another in another channel: Discord compares over all."""
    place = (view.post.channel_id or 0) % _PRIME
    return f"m{view.post.id:x}-{int(view.post.at.timestamp()):x}-{place:x}"


def _meaning(error: Exception) -> CardGone | CourierUnavailable:
    outcome = verdict(error)
    if outcome is Verdict.LATER:
        return CourierUnavailable()
    return CardGone() if outcome in GONE else CardBarred()


def custom_ids(message: Message) -> set[str]:
    parts: list[Any] = [part for row in message.rows for part in row]
    return {part.custom_id for part in parts if hasattr(part, "custom_id")}


def jobs_in(message: discord.Message) -> set[int]:
    """Return the ids of the pictures for which a message of a feed has buttons or choices."""
    found: set[str] = set()
    for row in message.components:
        for part in row.children if isinstance(row, discord.ActionRow) else ():
            action, *arguments = str(part.custom_id).split(":")
            if isinstance(part, discord.SelectMenu) and action == Action.FEED_PICK:
                found |= {option.value for option in part.options}
            elif len(arguments) == 1 and action in FEED_ACTIONS:  # those of other posts have more
                found |= {*arguments}
    return {int(number) for number in found if number.isdecimal()}


def _ids_in(message: discord.Message) -> set[str]:
    rows = [row for row in message.components if isinstance(row, discord.ActionRow)]
    return {str(id_) for row in rows for part in row.children if (id_ := part.custom_id)}
