"""Ends a process that receives nothing although Discord is up, so that its supervisor restarts it.

The shards' own loops recover from every known fault. This is for the unknown ones.
"""

from collections.abc import Mapping
from typing import NoReturn

from bot.chat.gateway.client import GatewayClient
from bot.domain.clock import Clock
from bot.domain.errors import GatewayDeaf
from bot.domain.trouble import Trouble

LOOK_SECONDS = 20.0
#: Longer than between two heartbeats: on a quiet server, only they are answered.
SUSPICIOUS_SECONDS = 60.0


def gateway_troubles(client: GatewayClient) -> Mapping[Trouble, bool]:
    """Return True once a shard has been silent for too long, and False only once all shards are connected."""
    if client.shard_status.silent_seconds >= SUSPICIOUS_SECONDS:
        return {Trouble.GATEWAY: True}
    return {Trouble.GATEWAY: False} if client.shard_status.is_complete else {}


async def end_when_deaf(client: GatewayClient, clock: Clock, deaf_seconds: float) -> NoReturn:
    """Raises `GatewayDeaf`, or `OperatorError` if Discord refuses the token by now."""
    away_at = clock.monotonic()
    while True:
        await clock.sleep(LOOK_SECONDS)
        if client.shard_status.silent_seconds < SUSPICIOUS_SECONDS:
            continue
        if not await client.token_is_good():
            away_at = clock.monotonic()
        # While a session start is held back, silence is intended.
        since = max(client.shard_status.oldest_event_at, client.starts.held_until, away_at)
        if clock.monotonic() - since >= deaf_seconds:
            raise GatewayDeaf(clock.monotonic() - since)
