"""Listens for deleted messages, channels and threads, and for servers that the bot is in or was removed from.

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
from bot.services.upkeep.departures import Departures

log = structlog.stdlib.get_logger(__name__)

EventData = Mapping[str, Any]

#: An id without its lowest bits is a time, by which Discord shares out servers among shards.
TIMESTAMP_SHIFT = 22


class DeletionListener:
    def __init__(self, gone: GoneCards, departures: Departures, metrics: Metrics) -> None:
        self._gone = gone
        self._departures = departures
        self._metrics = metrics
        self._under_way: set[asyncio.Task[None]] = set()

    def listen(self, client: discord.Client) -> None:
        listeners: dict[str, Callable[[EventData], Awaitable[None]]] = {
            "READY": self._all_guilds,
            "GUILD_CREATE": self._guild_here,
            "GUILD_DELETE": self._guild_gone,
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

    async def _all_guilds(self, data: EventData) -> None:
        """Handle a new session, which begins with all servers of its shard: news may have been missed."""
        number, count = data.get("shard") or (0, 1)
        await self._departures.are_all(
            [GuildId(int(guild["id"])) for guild in data["guilds"]],
            is_covered=lambda guild_id: (guild_id >> TIMESTAMP_SHIFT) % count == number,
        )

    async def _guild_here(self, data: EventData) -> None:
        await self._departures.is_in(GuildId(int(data["id"])))

    async def _guild_gone(self, data: EventData) -> None:
        """Ignore outages of Discord, which also send this event, but with a mark."""
        if not data.get("unavailable"):
            await self._departures.server_left(GuildId(int(data["id"])))

    async def _channel(self, data: EventData) -> None:
        await self._gone.channel_deleted(ChannelId(int(data["id"])))

    async def _message(self, data: EventData) -> None:
        await self._gone.messages_deleted(ChannelId(int(data["channel_id"])), [MessageId(int(data["id"]))])

    async def _messages(self, data: EventData) -> None:
        message_ids = [MessageId(int(id_)) for id_ in data["ids"]]
        await self._gone.messages_deleted(ChannelId(int(data["channel_id"])), message_ids)
