"""Interactions that two gateways receive while one of them hands its shards over to the other."""

import asyncio
from collections.abc import Callable
from typing import Any

import discord
import structlog

from bot.chat.gateway.raw_events import parsers_of, surviving
from bot.ops.metrics import Metrics
from bot.services.shards import Shards

log = structlog.stdlib.get_logger(__name__)

#: What has been received when the gateway stops is handled within this time, or by the other gateway.
SETTLED_SECONDS = 2.0


class SharedInteractions:
    """Leaves those out that the other gateway handles."""

    def __init__(self, sharing: Shards) -> None:
        self._sharing = sharing
        self._tasks: set[asyncio.Task[None]] = set()

    def leave_out_others(self, client: discord.Client, metrics: Metrics) -> None:
        """Ask for each interaction whether it is this gateway's, while another one may receive the same."""
        parsers = parsers_of(client)
        parse = parsers["INTERACTION_CREATE"]
        parse_later = surviving("INTERACTION_CREATE", parse, metrics)

        def parse_own(data: Any) -> None:
            guild_id = _guild_id(data)
            if not self._sharing.is_shared(guild_id):
                parse(data)
                return
            taking = self._take(int(data["id"]), guild_id, lambda: parse_later(data))
            task = asyncio.create_task(taking, name="shared interaction")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        parsers["INTERACTION_CREATE"] = parse_own

    async def settled(self) -> None:
        """Wait until it is known of each interaction who handles it."""
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=SETTLED_SECONDS)

    async def _take(self, event_id: int, guild_id: int | None, parse: Callable[[], None]) -> None:
        if await self._sharing.takes(event_id, guild_id):
            parse()
        else:
            log.debug("interaction is handled by another gateway", interaction=event_id)


def _guild_id(data: Any) -> int | None:
    found = data.get("guild_id") if isinstance(data, dict) else None
    return None if found is None else int(found)
