"""Posts in servers of the bot's own accord: welcomes, and notices in log channels.

Implements `bot.services.protocols.Notices`.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime

import structlog

from bot.chat.access.bot_permissions import missing_for_notices
from bot.chat.delivery.clickable_commands import clickable
from bot.chat.delivery.sender import to_channel
from bot.chat.gateway.client import GatewayClient
from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.moderation.report import weekly_summary
from bot.chat.presenter.settings.welcome import welcome
from bot.chat.presenter.wording.warnings import block_notice, budget_warning
from bot.chat.rest.error_codes import DISCORD_ERRORS, Verdict, reason, verdict
from bot.chat.servers.server_cache import Channel, Server, read_server
from bot.domain.administration import GuildSettings
from bot.domain.block import MemberBlock
from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.ids import ChannelId, GuildId
from bot.domain.reports import UsageReport
from bot.fault_points import Point, reach
from bot.words.language import language_of, speaking

log = structlog.stdlib.get_logger(__name__)

CALL_SECONDS = 30.0
#: Discord's number of the kind of an ordinary text channel.
TEXT = 0


class DiscordNotices:
    """Everything is posted with a nonce: if the answer gets lost, the repetition posts nothing new."""

    def __init__(self, client: GatewayClient, *, call_seconds: float = CALL_SECONDS) -> None:
        self._client = client
        self._call_seconds = call_seconds

    async def welcome(self, settings: GuildSettings, *, joined_at: datetime) -> None:
        nonce = f"w{settings.guild_id}{int(joined_at.timestamp() * 1000) % 100_000}"
        await self._called(settings.guild_id, lambda: self._welcome(settings, nonce))

    async def language(self, guild_id: GuildId) -> str:
        found: list[str] = []

        async def ask() -> None:
            found.append(await self._language_in_discord(guild_id))

        await self._called(guild_id, ask)
        return found[0]

    async def summary(
        self, guild_id: GuildId, channel_id: ChannelId, report: UsageReport, language: str
    ) -> None:
        with speaking(language):
            message = weekly_summary(report)
        await self._called(guild_id, lambda: self._post(guild_id, channel_id, message, f"s{guild_id}"))

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
        async def post() -> None:
            with speaking(language or await self._language_in_discord(guild_id)):
                message = budget_warning(
                    percent=percent,
                    cap_microusd=cap_microusd,
                    used_microusd=used_microusd,
                    resets_at=resets_at,
                )
            await self._post(guild_id, channel_id, message, f"b{percent}-{guild_id}")

        await self._called(guild_id, post)

    async def blocked(self, block: MemberBlock, *, channel_id: ChannelId, language: str | None) -> None:
        async def post() -> None:
            with speaking(language or await self._language_in_discord(block.guild_id)):
                message = block_notice(block)
            nonce = f"s{block.member_id}{int(block.at.timestamp()) % 10_000}"
            await self._post(block.guild_id, channel_id, message, nonce)

        await self._called(block.guild_id, post)

    async def _welcome(self, settings: GuildSettings, nonce: str) -> None:
        server = await read_server(self._client, settings.guild_id)
        if server is None:
            raise CourierUnavailable
        place = _place_for_welcome(server)
        if place is None:
            raise CardGone
        with speaking(settings.choices.language or server.language):
            message = welcome(settings)
        await self._post(settings.guild_id, place, message, nonce)

    async def _post(self, guild_id: GuildId, channel_id: ChannelId, message: Message, nonce: str) -> None:
        channel = self._client.get_partial_messageable(channel_id, guild_id=guild_id)
        reach(Point.SERVER_NOTICE_BEFORE)
        await to_channel(channel, clickable(message, self._client.command_ids), nonce)
        reach(Point.SERVER_NOTICE_AFTER)

    async def _called(self, guild_id: GuildId, call: Callable[[], Awaitable[None]]) -> None:
        """Make the call. Raises `CardGone`, `CourierUnavailable`."""
        try:
            async with asyncio.timeout(self._call_seconds):
                self._client.require_login()
                await call()
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
        """Asked for each time, which is some times a month. Raises one of `DISCORD_ERRORS`."""
        guild = await self._client.http.get_guild(guild_id, with_counts=False)
        return language_of(guild.get("preferred_locale"))


def _place_for_welcome(server: Server) -> ChannelId | None:
    """Return the channel for Discord's own messages, or the first one where the bot may write."""

    def rank(channel: Channel) -> tuple[bool, int, int]:
        return channel.id != server.system_channel_id, channel.position, channel.id

    text = [channel for channel in server.channels.values() if channel.kind == TEXT]
    for channel in sorted(text, key=rank):
        if not missing_for_notices(server.own_permissions(channel)):
            return channel.id
    return None
