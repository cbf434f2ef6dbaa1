"""Handles replies to a picture that mention the bot, such as "@bot make it night".

A member who addresses the bot in another way gets an explanation: with a mention of it or its role without a
picture, or with a reply that pings it. Such a message always gets an answer if there is any way to send one.
A reply that does not ping the bot is a conversation among members.

This needs no privileged intent: the text of a message that mentions the bot is always readable, the bot's own
pictures are known from the store, and other pictures are read by REST, as far as the bot may read them.
"""

import re
from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import discord
import structlog

from bot.chat.access import message_content
from bot.chat.access.command_permissions import CommandUser
from bot.chat.actions.edit_modals import source_of
from bot.chat.delivery.clickable_commands import clickable
from bot.chat.delivery.sender import sign, to_channel
from bot.chat.gateway.client import GatewayClient
from bot.chat.gateway.raw_events import hear
from bot.chat.incoming.attachments import only_one, pictures_in
from bot.chat.incoming.mentions import MessageMentions
from bot.chat.incoming.payload import guild_id_of, roles_of
from bot.chat.presenter.cards.notes import how_to_imagine, how_to_reply, mention_me
from bot.chat.presenter.elements.message import Message
from bot.chat.responses.context import Context, Cooldown
from bot.chat.responses.error_handler import describe
from bot.chat.responses.first_response import ReplyResponse
from bot.chat.rest.error_codes import DISCORD_ERRORS, is_final, reason
from bot.chat.servers.server_cache import Channel, Server, managed_role
from bot.domain.block import BlockedHere
from bot.domain.errors import (
    CommandDenied,
    CourierUnavailable,
    MessageHidden,
    NoPicture,
    StoreUnavailable,
    TooManyPictures,
)
from bot.domain.ids import ChannelId, GuildId, MessageId
from bot.domain.job import Job
from bot.domain.quiet import Quieted
from bot.domain.request import Door, ImageRequest, Source
from bot.words.language import ENGLISH, speaking

log = structlog.stdlib.get_logger(__name__)

_SPOKEN = (discord.MessageType.default, discord.MessageType.reply)

#: A member who repeats a request that is refused gets words once in this time, and else a reaction.
SECONDS_BETWEEN_REFUSALS = 10.0
#: A reply that pings the bot without a mention in its text may be meant for others: a member gets words once
#: a day, and else a reaction.
SECONDS_BETWEEN_HINTS = 24 * 3600.0
#: In a channel where nothing can be sent, nothing is tried for this time: each try is a refused request.
SECONDS_BETWEEN_TRIES = 60.0
#: How many messages' mentions of roles are remembered until discord.py has read them.
MESSAGES_HEARD = 100


class ReplyListener:
    def __init__(self, context: Context, client: GatewayClient) -> None:
        self._context = context
        self._client = client
        self._refusals = Cooldown(context.clock, SECONDS_BETWEEN_REFUSALS)
        self._hints = Cooldown(context.clock, SECONDS_BETWEEN_HINTS)
        #: Channels where nothing can be sent, and until when nothing is tried there.
        self._closed_until: dict[int, float] = {}
        self._roles_mentioned: OrderedDict[int, frozenset[int]] = OrderedDict()
        #: By server, as each introduced itself.
        self._own_roles: dict[int, int | None] = {}
        hear(client, "MESSAGE_CREATE", self._hear)
        hear(client, "GUILD_CREATE", self._hear_server)

    def _hear(self, data: Mapping[str, Any]) -> None:
        """Remember which roles a message mentions: discord.py keeps only those that are in its cache."""
        with suppress(AttributeError, KeyError, TypeError, ValueError):  # not of Discord's form: left out
            if roles := data.get("mention_roles"):
                self._roles_mentioned[int(data["id"])] = frozenset(map(int, roles))
        if len(self._roles_mentioned) > MESSAGES_HEARD:
            self._roles_mentioned.popitem(last=False)

    def _hear_server(self, data: Mapping[str, Any]) -> None:
        with suppress(AttributeError, KeyError, TypeError, ValueError):  # not of Discord's form: left out
            own_id = str(self._client.user.id) if self._client.user else ""
            self._own_roles[int(data["id"])] = managed_role(data["roles"], own_id)

    async def handle(self, message: discord.Message) -> None:
        """Handle a message if it addresses the bot, and ignore all others."""
        guild_id, me = guild_id_of(message), self._client.user
        if guild_id is None or me is None or message.author.bot or message.type not in _SPOKEN:
            return
        mention = await self._mention(message, guild_id, me.id)
        if mention is None and not _is_pinged(message, me.id):
            return
        if self._is_quieted(message) or not await self._client.sharing.takes(message.id, guild_id):
            return
        with speaking(await self._language(guild_id)):
            try:
                if mention is not None:
                    await self._hear_out(message, guild_id, me.id, mention)
                else:
                    is_repeated = self._hints.is_repeated(message.author.id, "hint")
                    await self._answer(message, None if is_repeated else self._how_to_reply())
            except Exception as error:  # noqa: BLE001  the last place to handle it
                self._context.error_handler.report(error, message.author.id)
                if isinstance(error, BlockedHere):
                    await self._answer(message, None)  # what everybody would read: `/usage` says it alone
                elif mention is not None:
                    await self._refuse(message, describe(error))

    def _is_quieted(self, message: discord.Message) -> bool:
        """Return whether the author was refused too often: then nothing is said in the channel."""
        try:
            self._context.error_handler.require_patience(message.author.id)
        except Quieted:
            return True
        return False

    async def _language(self, guild_id: int) -> str:
        """Return the server's language, since everyone reads the answer; English while it is unknown."""
        chosen = None
        with suppress(StoreUnavailable):  # which the answer itself will say
            chosen = await self._context.administration.language(GuildId(guild_id))
        with suppress(CourierUnavailable):
            return chosen or (await self._context.servers.get(guild_id)).language
        return ENGLISH

    async def _mention(self, message: discord.Message, guild_id: int, me: int) -> re.Pattern[str] | None:
        """Return how the text mentions the bot: by its user, or by the role that Discord made for it."""
        by_name = _mention_of(me)
        if by_name.search(message.content or ""):
            return by_name
        roles = self._roles_mentioned.pop(message.id, frozenset())
        own = await self._own_role(guild_id) if roles else None
        return _mention_of(me, own) if own in roles else None

    async def _own_role(self, guild_id: int) -> int | None:
        """Use the role of the first event while Discord does not answer: only the answering depends on it."""
        try:
            return (await self._context.servers.get(guild_id)).managed_role_id
        except CourierUnavailable:
            return self._own_roles.get(guild_id)

    async def _hear_out(
        self, message: discord.Message, guild_id: int, me: int, mention: re.Pattern[str]
    ) -> None:
        content = message.content or await _content_by_rest(message)
        if not content:
            await self._refuse(message, mention_me(me))
            return
        prompt = " ".join(part.strip() for part in mention.split(content)).strip()
        if _replied_to(message) is not None:
            await self._enter(message, guild_id, prompt)
        elif prompt and not pictures_in(message):
            await self._refuse(message, how_to_imagine())
        else:
            await self._refuse(message, self._how_to_reply())

    def _how_to_reply(self) -> Message:
        return how_to_reply(reads_messages=message_content.is_readable(self._client))

    async def _enter(self, message: discord.Message, guild_id: int, prompt: str) -> None:
        """Check permissions, which a message, unlike an interaction, does not bring along.

        Raises `CourierUnavailable` until Discord has answered.
        """
        server = await self._context.servers.get(guild_id)
        channel = await self._context.servers.channel(server, message.channel.id)
        if channel is None:
            raise NoPicture
        user = _command_user(message, server, channel)
        if not user.permissions.use_application_commands:
            raise CommandDenied("edit")
        request = ImageRequest.checked(
            prompt=prompt,
            names=MessageMentions(message),
            source=await self._source(message, GuildId(guild_id)),
        )
        await self._context.permission_checks.require_use_by(user, "edit")
        first = ReplyResponse(message, server, channel, self._client.application_id or 0)
        await self._context.image_requests.ask(first, request, Door.REPLY)

    async def _source(self, message: discord.Message, guild_id: GuildId) -> Source:
        place = ChannelId(message.channel.id), MessageId(_replied_to(message) or 0)
        ours = await self._context.gallery.jobs_of_message(*place, guild_id)
        if ours:
            job = _only_picture(ours)
            card = await self._context.gallery.card_of(job)
            if card.is_private:
                raise NoPicture  # a reply that only a tampered client can write; its answer would be public
            return source_of(job, card, _resolved(message))
        replied = await self._replied_message(message, place[1])
        found = pictures_in(replied)
        if not found and not replied.content and not message_content.is_readable(self._client):
            raise MessageHidden
        return only_one(found).source_in(*place)

    async def _replied_message(self, message: discord.Message, message_id: MessageId) -> discord.Message:
        resolved = _resolved(message)
        if resolved is not None and pictures_in(resolved):
            return resolved
        try:
            return await message.channel.fetch_message(message_id)
        except DISCORD_ERRORS as error:
            if is_final(error):
                raise NoPicture from error
            raise CourierUnavailable from error

    async def _refuse(self, message: discord.Message, words: Message) -> None:
        if self._refusals.is_repeated(message.author.id, "refusal"):
            await self._answer(message, None)
        else:
            await self._answer(message, words)

    async def _answer(self, message: discord.Message, words: Message | None) -> None:
        """Answer with the words; with a reaction where posting is not allowed, or without words."""
        if self._client.is_closed() or self._is_closed(message.channel.id):
            return
        try:
            if words is None or not await _is_told(message, clickable(words, self._client.command_ids)):
                await sign(message)
        except DISCORD_ERRORS as error:
            log.info("member could not be answered", channel=message.channel.id, why=reason(error))
            if is_final(error):
                self._close(message.channel.id)

    def _is_closed(self, channel_id: int) -> bool:
        return self._context.clock.monotonic() < self._closed_until.get(channel_id, 0.0)

    def _close(self, channel_id: int) -> None:
        now = self._context.clock.monotonic()
        self._closed_until = {id_: until for id_, until in self._closed_until.items() if until > now}
        self._closed_until[channel_id] = now + SECONDS_BETWEEN_TRIES


async def _content_by_rest(message: discord.Message) -> str:
    """Read the text of a message that does not mention the bot; "" if the bot may not read it."""
    try:
        return (await message.channel.fetch_message(message.id)).content
    except DISCORD_ERRORS as error:
        if not is_final(error):
            raise CourierUnavailable from error
        return ""


async def _is_told(message: discord.Message, words: Message) -> bool:
    """Post the words. Return False if posting is not allowed here in any form."""
    try:
        await to_channel(message.channel, words, f"n{message.id}", reply_to=message)
    except DISCORD_ERRORS as error:
        if not is_final(error):
            raise
        log.info("no message may be posted here", channel=message.channel.id, why=reason(error))
        return False
    return True


def _is_pinged(message: discord.Message, user_id: int) -> bool:
    """Return whether a reply pings the user. A reply to the response of a command never pings."""
    is_reply = message.type is discord.MessageType.reply
    return is_reply and any(user.id == user_id for user in message.mentions)


def _command_user(message: discord.Message, server: Server, channel: Channel) -> CommandUser:
    role_ids = roles_of(message.author)
    return CommandUser(
        guild_id=server.id,
        member_id=message.author.id,
        role_ids=frozenset(role_ids),
        channel_id=channel.parent_id or channel.id,
        permissions=server.permissions(message.author.id, role_ids, channel),
    )


def _replied_to(message: discord.Message) -> int | None:
    reference = message.reference
    if message.type is not discord.MessageType.reply or reference is None:
        return None
    return reference.message_id if reference.channel_id == message.channel.id else None


def _resolved(message: discord.Message) -> discord.Message | None:
    """The message replied to, if Discord sent it along."""
    resolved = message.reference.resolved if message.reference else None
    return resolved if isinstance(resolved, discord.Message) else None


def _only_picture(ours: list[Job]) -> Job:
    shown = [job for job in ours if job.is_posted]
    if len(shown) > 1:
        raise TooManyPictures(len(shown))
    if not shown:
        raise NoPicture
    return shown[0]


def _mention_of(user_id: int, role_id: int | None = None) -> re.Pattern[str]:
    return re.compile(rf"<@!?{user_id}>" if role_id is None else rf"<@!?{user_id}>|<@&{role_id}>")
