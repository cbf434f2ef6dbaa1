"""The first response to a request: the message that becomes its card, and the place of that message."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import discord
import structlog

from bot.chat.access import bot_permissions
from bot.chat.delivery import sender
from bot.chat.delivery.token_encryption import TokenCipher
from bot.chat.incoming.languages import language_of_answer
from bot.chat.incoming.payload import channel_of, guild_of, is_in_thread, parent_of, roles_of
from bot.chat.presenter.elements.message import Message
from bot.chat.rest.error_codes import (
    ALREADY_ANSWERED,
    DISCORD_ERRORS,
    AnswerInDoubt,
    is_refusal,
    reason,
)
from bot.chat.servers.server_cache import Channel, Server
from bot.domain.card import NewCard
from bot.domain.ids import ApplicationId, ChannelId, GuildId, InteractionId, MemberId, MessageId, RoleId

log = structlog.stdlib.get_logger(__name__)

TOKEN_LIFE = timedelta(minutes=15)
#: Discord takes 25 MiB a request: one picture, and what the message says besides.
MOST_UPLOAD = 24 * 1024 * 1024
#: Every server allows uploads of this size. A message does not show whether more is allowed.
LEAST_UPLOAD = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class MessagePlace:
    message_id: MessageId
    channel_id: ChannelId


class FirstResponse(Protocol):
    @property
    def role_ids(self) -> frozenset[RoleId]:
        """The roles of the member who asks, at this moment; @everyone is none of them."""

    @property
    def parent_channel_id(self) -> ChannelId | None:
        """The channel of a thread; None outside of threads."""

    def require_permissions(self) -> None:
        """Raises `PermissionsMissing`."""

    def new_card(self, token_cipher: TokenCipher, now: datetime) -> NewCard: ...

    async def promise(self) -> None:
        """Defer the response, because it takes longer than Discord waits. Raises nothing."""

    async def give(self, message: Message) -> MessagePlace:
        """Send it. Raises one of `DISCORD_ERRORS`."""

    async def tell(self, message: Message) -> None:
        """Tell the member in another way that it could not be sent. Raises one of `DISCORD_ERRORS`."""


class InteractionResponse:
    def __init__(
        self, interaction: discord.Interaction, *, is_private: bool, language: str | None = None
    ) -> None:
        """`language` is the card's; without one, it is as Discord says."""
        self._interaction = interaction
        self._is_private = is_private
        self._language = language or language_of_answer(interaction, is_private=is_private)

    @property
    def role_ids(self) -> frozenset[RoleId]:
        return roles_of(self._interaction.user)

    @property
    def parent_channel_id(self) -> ChannelId | None:
        return parent_of(self._interaction)

    def require_permissions(self) -> None:
        bot_permissions.require(
            self._interaction.app_permissions,
            is_thread=is_in_thread(self._interaction),
            is_private=self._is_private,
        )

    @property
    def upload_limit(self) -> int:
        return upload_limit_of(self._interaction)

    def new_card(self, token_cipher: TokenCipher, now: datetime) -> NewCard:
        interaction = self._interaction
        return NewCard(
            interaction_id=InteractionId(interaction.id),
            application_id=ApplicationId(interaction.application_id),
            guild_id=guild_of(interaction),
            channel_id=channel_of(interaction),
            member_id=MemberId(interaction.user.id),
            sealed_token=token_cipher.encrypt(interaction.token),
            token_expires_at=now + TOKEN_LIFE,
            is_private=self._is_private,
            upload_limit=self.upload_limit,
            language=self._language,
        )

    async def promise(self) -> None:
        try:
            await self._interaction.response.defer(ephemeral=self._is_private, thinking=True)
        except DISCORD_ERRORS as error:
            log.info("interaction not deferred", why=reason(error))

    async def promised(self) -> MessagePlace:
        """Return the place of the deferred response. Raises one of `DISCORD_ERRORS`."""
        message = await sender.in_some_form(lambda _: self._interaction.original_response())
        return MessagePlace(MessageId(message.id), channel_of(self._interaction))

    async def give(self, message: Message) -> MessagePlace:
        message_id = await self._send(message)
        return MessagePlace(MessageId(message_id), channel_of(self._interaction))

    async def tell(self, message: Message) -> None:
        await sender.tell_alone(self._interaction, message)

    async def _send(self, message: Message) -> int:
        if self._interaction.response.is_done():
            return await sender.edit_answer(self._interaction, message)
        try:
            return await sender.first_answer(self._interaction, message, is_private=self._is_private)
        except DISCORD_ERRORS as error:
            if is_refusal(error) and getattr(error, "code", None) != ALREADY_ANSWERED:
                raise
            # A lost acknowledgement, or one that came through before Discord said 5xx.
            with _in_doubt():
                return await sender.edit_answer(self._interaction, message)


class ReplyResponse:
    """A reply, for members who mention the bot below a picture."""

    def __init__(
        self, message: discord.Message, server: Server, channel: Channel, application_id: int
    ) -> None:
        self._message = message
        self._server = server
        self._channel = channel
        self._application_id = application_id

    @property
    def role_ids(self) -> frozenset[RoleId]:
        return roles_of(self._message.author)

    @property
    def parent_channel_id(self) -> ChannelId | None:
        return self._channel.parent_id

    def require_permissions(self) -> None:
        allowed = self._server.own_permissions(self._channel)
        bot_permissions.require(allowed, is_thread=self._channel.is_thread, is_private=False)

    def new_card(self, token_cipher: TokenCipher, now: datetime) -> NewCard:  # noqa: ARG002  a reply has no token
        return NewCard(
            interaction_id=InteractionId(self._message.id),
            application_id=ApplicationId(self._application_id),
            guild_id=GuildId(self._server.id),
            channel_id=self._channel.id,
            member_id=MemberId(self._message.author.id),
            sealed_token=None,
            token_expires_at=None,
            is_private=False,
            upload_limit=LEAST_UPLOAD,
            language=self._server.language,
        )

    async def promise(self) -> None:
        """Do nothing: Discord sets no time limit for a reply to a message."""

    async def give(self, message: Message) -> MessagePlace:
        sent = await self._twice(lambda: self._reply(message))
        return MessagePlace(MessageId(sent.id), ChannelId(sent.channel.id))

    async def _twice(self, send: Callable[[], Awaitable[discord.Message]]) -> discord.Message:
        """Send again if the answer got lost: with the same nonce, Discord returns the first message."""
        try:
            return await send()
        except DISCORD_ERRORS as error:
            if is_refusal(error):
                raise
            with _in_doubt():
                return await send()

    async def _reply(self, message: Message) -> discord.Message:
        return await sender.to_channel(
            self._message.channel, message, f"r{self._message.id}", reply_to=self._message
        )

    async def tell(self, message: Message) -> None:  # noqa: ARG002  nothing may be written here
        await sender.sign(self._message)


def upload_limit_of(interaction: discord.Interaction) -> int:
    """Return how large a file may be, in bytes. This includes the member's Nitro.

    If a later rung of the ladder allows less, the picture is made smaller then.
    """
    return min(interaction.filesize_limit, MOST_UPLOAD)


@contextmanager
def _in_doubt() -> Iterator[None]:
    """Raise a refusal of the second attempt as doubt: it does not show whether the first one arrived."""
    try:
        yield
    except discord.HTTPException as error:
        raise AnswerInDoubt(reason(error)) from error
