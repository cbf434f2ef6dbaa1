"""Lets the answer to `/privacy delete` say how the deletion goes, while its token is valid.

Implements `bot.services.protocols.ErasureAnswers`.
"""

import asyncio

import discord
import structlog

from bot.chat.delivery import sender
from bot.chat.delivery.clickable_commands import clickable
from bot.chat.delivery.token_encryption import TokenCipher
from bot.chat.gateway.client import GatewayClient
from bot.chat.presenter.members.privacy import erasing
from bot.chat.rest.error_codes import DISCORD_ERRORS, Verdict, reason, verdict
from bot.domain.clock import Clock
from bot.domain.errors import CourierUnavailable
from bot.domain.privacy import Erasure, ErasureState
from bot.words.language import speaking

log = structlog.stdlib.get_logger(__name__)

CALL_SECONDS = 30.0


class DiscordErasureAnswers:
    def __init__(self, *, client: GatewayClient, token_cipher: TokenCipher, clock: Clock) -> None:
        self._client, self._token_cipher, self._clock = client, token_cipher, clock

    async def show(self, state: ErasureState) -> bool:
        webhook = self._webhook(state.erasure)
        if webhook is None:
            return False
        with speaking(state.erasure.language):
            message = clickable(erasing(state), self._client.command_ids)
        try:
            async with asyncio.timeout(CALL_SECONDS):
                self._client.require_login()
                await sender.edit_later(webhook, message)
        except DISCORD_ERRORS as error:
            log.info("answer about a deletion not changed", why=reason(error))
            if verdict(error) is Verdict.LATER:
                raise CourierUnavailable from error
            return False
        return True

    def _webhook(self, erasure: Erasure) -> discord.Webhook | None:
        if erasure.sealed_token is None or erasure.token_expires_at is None:
            return None
        if erasure.token_expires_at <= self._clock.now():
            return None
        token = self._token_cipher.decrypt(erasure.sealed_token)
        if token is None:
            return None
        return discord.Webhook.partial(erasure.application_id, token, client=self._client)
