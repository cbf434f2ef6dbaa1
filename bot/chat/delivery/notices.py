"""Tells servers what they want to know in their log channels. Implements `bot.services.protocols.Notices`."""

import asyncio
from datetime import datetime

import structlog

from bot.chat.delivery.sender import to_channel
from bot.chat.gateway.client import GatewayClient
from bot.chat.presenter.warnings import budget_warning
from bot.chat.rest.error_codes import DISCORD_ERRORS, Verdict, reason, verdict
from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.ids import ChannelId, GuildId

log = structlog.stdlib.get_logger(__name__)

CALL_SECONDS = 30.0


class DiscordNotices:
    def __init__(self, client: GatewayClient, *, call_seconds: float = CALL_SECONDS) -> None:
        self._client = client
        self._call_seconds = call_seconds

    async def budget(
        self,
        *,
        guild_id: GuildId,
        channel_id: ChannelId,
        percent: int,
        cap_microusd: int,
        used_microusd: int,
        resets_at: datetime,
    ) -> None:
        """Under a nonce: if the answer gets lost, the repetition posts nothing new."""
        self._client.require_login()
        message = budget_warning(
            percent=percent, cap_microusd=cap_microusd, used_microusd=used_microusd, resets_at=resets_at
        )
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        nonce = f"b{percent}-{int(resets_at.timestamp())}"
        try:
            async with asyncio.timeout(self._call_seconds):
                await to_channel(channel, message, nonce)
        except DISCORD_ERRORS as error:
            log.info("notice not posted", guild=guild_id, why=reason(error))
            if verdict(error) is Verdict.LATER:
                raise CourierUnavailable from error
            raise CardGone from error
        except RuntimeError as error:
            if self._client.is_closed():  # hung up in the middle: the next process tells it
                raise CourierUnavailable from error
            raise
