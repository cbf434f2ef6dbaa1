"""Ends a process that hears nothing while Discord is there: whoever supervises it starts it anew.

Nothing is known that the shards' own loops do not mend; this is for what is not known.
"""

from typing import NoReturn

from bot.chat.gateway.client import GatewayClient
from bot.domain.clock import Clock
from bot.domain.errors import GatewayDeaf

LOOK_SECONDS = 20.0
#: Longer than between two heartbeats: nobody else says anything where nothing happens.
SUSPICIOUS_SECONDS = 60.0


async def end_when_deaf(client: GatewayClient, clock: Clock, deaf_seconds: float) -> NoReturn:
    """Raises `GatewayDeaf`, or `OperatorError` if Discord refuses the token by now."""
    away_at = clock.monotonic()
    while True:
        await clock.sleep(LOOK_SECONDS)
        if client.shard_status.silent_seconds < SUSPICIOUS_SECONDS:
            continue
        if not await client.token_is_good():
            away_at = clock.monotonic()
        # While a session's start is held back, nothing is heard on purpose.
        since = max(client.shard_status.oldest_event_at, client.starts.held_until, away_at)
        if clock.monotonic() - since >= deaf_seconds:
            raise GatewayDeaf(clock.monotonic() - since)
