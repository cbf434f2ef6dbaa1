"""Listens for deleted messages, channels and threads, and for servers that the bot was removed from.

The events are read as Discord sends them: discord.py drops those about things that are not in its caches.
Discord sends deleted messages only with the intent for messages, which `CHAT_REPLY_EDITS=false` turns off.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import discord
import structlog

from bot.chat.gateway.raw_events import hear
from bot.domain.ids import ChannelId, GuildId, MessageId
from bot.ops.metrics import Metrics
from bot.services.cards.gone_cards import GoneCards

log = structlog.stdlib.get_logger(__name__)

Told = Mapping[str, Any]


class DeletionListener:
    def __init__(self, gone: GoneCards, metrics: Metrics) -> None:
        self._gone = gone
        self._metrics = metrics
        self._under_way: set[asyncio.Task[None]] = set()

    def listen(self, client: discord.Client) -> None:
        listeners: dict[str, Callable[[Told], Awaitable[None]]] = {
            "GUILD_DELETE": self._guild,
            "CHANNEL_DELETE": self._channel,
            "THREAD_DELETE": self._channel,
            "MESSAGE_DELETE": self._message,
            "MESSAGE_DELETE_BULK": self._messages,
        }
        for name, listener in listeners.items():
            hear(client, name, self._starting(listener))

    def missed_news(self) -> None:
        self._gone.missed_news()

    def _starting(self, listener: Callable[[Told], Awaitable[None]]) -> Callable[[Told], None]:
        def start(told: Told) -> None:
            task = asyncio.create_task(self._surviving(listener, told), name="departure")
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

        return start

    async def _surviving(self, listener: Callable[[Told], Awaitable[None]], told: Told) -> None:
        try:
            await listener(told)
        except Exception as error:  # the last place to handle it; an edit of the card finds out as well
            self._metrics.loop_errors.labels(loop="chat").inc()
            log.error("deletion in Discord could not be processed", exc_info=error)

    async def _guild(self, told: Told) -> None:
        """Ignore outages of Discord, which also send this event, but with a mark."""
        if not told.get("unavailable"):
            await self._gone.server_left(GuildId(int(told["id"])))

    async def _channel(self, told: Told) -> None:
        await self._gone.channel_deleted(ChannelId(int(told["id"])))

    async def _message(self, told: Told) -> None:
        await self._gone.messages_deleted(ChannelId(int(told["channel_id"])), [MessageId(int(told["id"]))])

    async def _messages(self, told: Told) -> None:
        message_ids = [MessageId(int(one)) for one in told["ids"]]
        await self._gone.messages_deleted(ChannelId(int(told["channel_id"])), message_ids)
