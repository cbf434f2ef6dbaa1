"""Posts notices in the log channels of servers. Implements `bot.services.protocols.Notices`."""

import asyncio
from datetime import datetime

import structlog

from bot.chat.delivery.sender import to_channel
from bot.chat.gateway.client import GatewayClient
from bot.chat.presenter.warnings import budget_warning
from bot.chat.rest.error_codes import DISCORD_ERRORS, Verdict, reason, verdict
from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.ids import ChannelId, GuildId
from bot.words.language import language_of, speaking

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
        language: str | None,
    ) -> None:
        """Post it with a nonce: if the answer gets lost, the repetition posts nothing new."""
        self._client.require_login()
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        nonce = f"b{percent}-{int(resets_at.timestamp())}"
        try:
            async with asyncio.timeout(self._call_seconds):
                with speaking(language or await self._language_in_discord(guild_id)):
                    message = budget_warning(
                        percent=percent,
                        cap_microusd=cap_microusd,
                        used_microusd=used_microusd,
                        resets_at=resets_at,
                    )
                await to_channel(channel, message, nonce)
        except DISCORD_ERRORS as error:
            log.info("notice not posted", guild=guild_id, why=reason(error))
            if verdict(error) is Verdict.LATER:
                raise CourierUnavailable from error
            raise CardGone from error
        except RuntimeError as error:
            if self._client.is_closed():  # closed during the call: the next process posts it
                raise CourierUnavailable from error
            raise

    async def _language_in_discord(self, guild_id: GuildId) -> str:
        """Asked for each time, which is twice a month. Raises one of `DISCORD_ERRORS`."""
        guild = await self._client.http.get_guild(guild_id, with_counts=False)
        return language_of(guild.get("preferred_locale"))
