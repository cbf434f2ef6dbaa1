"""Posts to the operator's channel. Implements `bot.services.protocols.OperatorPost`."""

import asyncio
import hashlib

import discord

from bot.chat.delivery.sender import to_channel
from bot.chat.gateway.client import GatewayClient
from bot.chat.presenter.elements.message import Message
from bot.chat.rest.error_codes import DISCORD_ERRORS, Verdict, reason, verdict
from bot.domain.errors import CourierUnavailable
from bot.domain.trouble import PostRefused

CALL_SECONDS = 30.0


class OperatorChannel:
    def __init__(self, client: GatewayClient, channel_id: int) -> None:
        self._client = client
        self._channel_id = channel_id

    async def post(self, text: str) -> None:
        self._client.require_login()
        channel = self._client.get_partial_messageable(self._channel_id)
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await to_channel(channel, Message(body=text), _nonce(text))
        except DISCORD_ERRORS as error:
            if verdict(error) is Verdict.LATER:
                raise CourierUnavailable from error
            raise PostRefused(advice_about(error)) from error
        except RuntimeError as error:
            if self._client.is_closed():  # closed during the call: the next process posts it
                raise CourierUnavailable from error
            raise


def _nonce(text: str) -> str:
    """If the answer gets lost, the repetition of the same text posts nothing new."""
    return hashlib.sha256(text.encode()).hexdigest()[:24]


async def check_channel(client: discord.Client, channel_id: int) -> None:
    """Check that the channel can be seen. Raises one of `DISCORD_ERRORS`."""
    await client.http.get_channel(channel_id)


def advice_about(error: Exception) -> str:
    return (
        f"OPERATOR_CHANNEL_ID: Discord refuses it ({reason(error)}): name a channel in which the bot may see "
        "and send messages"
    )
