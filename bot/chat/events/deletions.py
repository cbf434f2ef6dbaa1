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

EventData = Mapping[str, Any]


class DeletionListener:
    def __init__(self, gone: GoneCards, metrics: Metrics) -> None:
        self._gone = gone
        self._metrics = metrics
        self._under_way: set[asyncio.Task[None]] = set()

    def listen(self, client: discord.Client) -> None:
        listeners: dict[str, Callable[[EventData], Awaitable[None]]] = {
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

    def _starting(self, listener: Callable[[EventData], Awaitable[None]]) -> Callable[[EventData], None]:
        def start(data: EventData) -> None:
            task = asyncio.create_task(self._surviving(listener, data), name="departure")
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)

        return start

    async def _surviving(self, listener: Callable[[EventData], Awaitable[None]], data: EventData) -> None:
        try:
            await listener(data)
        except Exception as error:  # the last place to handle it; an edit of the card finds out as well
            self._metrics.loop_errors.labels(loop="chat").inc()
            log.error("deletion in Discord could not be processed", exc_info=error)

    async def _guild(self, data: EventData) -> None:
        """Ignore outages of Discord, which also send this event, but with a mark."""
        if not data.get("unavailable"):
            await self._gone.server_left(GuildId(int(data["id"])))

    async def _channel(self, data: EventData) -> None:
        await self._gone.channel_deleted(ChannelId(int(data["id"])))

    async def _message(self, data: EventData) -> None:
        await self._gone.messages_deleted(ChannelId(int(data["channel_id"])), [MessageId(int(data["id"]))])

    async def _messages(self, data: EventData) -> None:
        message_ids = [MessageId(int(id_)) for id_ in data["ids"]]
        await self._gone.messages_deleted(ChannelId(int(data["channel_id"])), message_ids)
