"""The door without a slash: a reply to a picture that mentions the bot, "@bot make it night".

Needs no privileged intent: the text of a message that mentions the bot is always readable, our own results
are known from the store, and other pictures are read by REST, as far as Discord lets the bot.
"""

import re

import discord
import structlog

from bot.chat.actions.editing import source_of
from bot.chat.command_access import Visitor
from bot.chat.desk import Desk, Presses
from bot.chat.first_answer import AnswerToMessage
from bot.chat.found import only_one, pictures_in
from bot.chat.ladder import DISCORD_ERRORS, is_final, reason
from bot.chat.mentioned import InMessage
from bot.chat.payload import guild_id_of, roles_of
from bot.chat.presenter.message import Message
from bot.chat.rendering import to_send
from bot.chat.server_facts import Channel, Server
from bot.domain.errors import CourierUnavailable, NoPicture, TooManyPictures
from bot.domain.ids import ChannelId, GuildId, MessageId
from bot.domain.job import Job, JobState
from bot.domain.request import Door, ImageRequest, Source

log = structlog.stdlib.get_logger(__name__)

#: A member who keeps asking for the impossible is told once in so many seconds.
SECONDS_BETWEEN_REFUSALS = 10.0


class ReplyDoor:
    def __init__(self, desk: Desk, client: discord.Client) -> None:
        self._desk = desk
        self._client = client
        self._refusals = Presses(desk.clock, SECONDS_BETWEEN_REFUSALS)

    async def handle(self, message: discord.Message) -> None:
        """Every message comes by; all but the ones meant for this door are left alone."""
        guild_id, me = guild_id_of(message), self._client.user
        is_for_us = False
        try:
            if guild_id is None or me is None or not _is_for_us(message, me.id):
                return
            is_for_us = True
            await self._enter(message, guild_id, me.id)
        except Exception as error:  # noqa: BLE001  nobody else hears of it: told and logged there
            words = self._desk.mishaps.words(error)
            if is_for_us:
                await self._refuse(message, words)

    async def _enter(self, message: discord.Message, guild_id: int, me: int) -> None:
        """Unlike an interaction, a message does not tell what its author and the bot may do there.

        Until Discord has told, nobody is let in: `CourierUnavailable`.
        """
        server = await self._desk.servers.get(guild_id)
        channel = await self._desk.servers.channel(server, message.channel.id)
        if channel is None:
            return
        visitor = _visitor(message, server, channel)
        if not visitor.permissions.use_application_commands:
            return
        request = ImageRequest.checked(
            prompt=" ".join(part.strip() for part in _mention_of(me).split(message.content)),
            names=InMessage(message),
            source=await self._source(message, GuildId(guild_id)),
        )
        await self._desk.duties.require_use_by(visitor, "edit")
        first = AnswerToMessage(message, server, channel, self._client.application_id or 0)
        await self._desk.answers.ask(first, request, Door.REPLY)

    async def _source(self, message: discord.Message, guild_id: GuildId) -> Source:
        place = ChannelId(message.channel.id), MessageId(_replied_to(message) or 0)
        ours = await self._desk.gallery.jobs_of_message(*place, guild_id)
        if ours:
            job = _only_picture(ours)
            card = await self._desk.gallery.card_of(job)
            if card.is_private:
                raise NoPicture  # a reply that only a tampered client can write; its answer would be public
            return source_of(job, card, _resolved(message))
        return only_one(pictures_in(await self._replied_message(message, place[1]))).source_in(*place)

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
        if self._client.is_closed() or self._refusals.is_repeated(message.author.id, "refusal"):
            return
        try:
            await message.channel.send(
                **to_send(words),
                reference=message.to_reference(fail_if_not_exists=False),
                mention_author=False,
            )
        except DISCORD_ERRORS as error:
            log.info("the member could not be told", why=reason(error))


def _is_for_us(message: discord.Message, me: int) -> bool:
    """A person's reply whose text mentions the bot.

    A plain reply pings its author too: only the mention in the text says that a picture is wanted.
    """
    if message.author.bot or _replied_to(message) is None:
        return False
    return _mention_of(me).search(message.content) is not None


def _visitor(message: discord.Message, server: Server, channel: Channel) -> Visitor:
    role_ids = roles_of(message.author)
    return Visitor(
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
    shown = [job for job in ours if job.state is JobState.DELIVERED and job.deleted_at is None]
    if len(shown) > 1:
        raise TooManyPictures(len(shown))
    if not shown:
        raise NoPicture
    return shown[0]


def _mention_of(user_id: int) -> re.Pattern[str]:
    return re.compile(rf"<@!?{user_id}>")
