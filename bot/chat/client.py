"""discord.py's client, lean, and pointed at where Discord answers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import yarl
from discord.backoff import ExponentialBackoff
from discord.http import aiohttp as _wire  # type: ignore[attr-defined]  # its exchanges

#: discord.py's own waits grow to a quarter of an hour, through which nobody is answered. Discord's limit of
#: new sessions a day is far from being reached with these, since a lost connection is resumed.
LONGEST_WAIT_EXPONENT = 5  # 32 seconds
CALM_SECONDS = 300
#: At once; calls beyond wait for a moment. A process has 256 files to open, in an overload as well.
MOST_CONNECTIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """What of the settings concerns Discord, as plain values."""

    api_url: str
    gateway_url: str
    cdn_url: str
    #: Register the commands in this server only; None: everywhere.
    dev_guild_id: int | None = None
    #: The servers that may use the bot; empty: all.
    served_guild_ids: frozenset[int] = frozenset()
    #: Whether the operator limits what all servers together may spend.
    has_budget: bool = True
    has_reply_edits: bool = True
    #: Shards over all processes, and which of them are this one's; None: no sharding, all of them.
    shard_count: int | None = None
    shard_ids: tuple[int, ...] = ()
    #: Remembers which commands are registered; None: they are registered at every start.
    commands_file: Path | None = None
    #: How long READY waits for the servers to introduce themselves.
    guild_ready_seconds: float = 2.0


class ShortBackoff(ExponentialBackoff[bool]):
    """The waits before a lost connection is made anew: soon short again, and never long."""

    def __init__(self) -> None:
        super().__init__(integral=False)
        self._max = LONGEST_WAIT_EXPONENT
        self._reset_time = CALM_SECONDS


def make_client(settings: ChatSettings) -> discord.Client:
    """A client that keeps no messages and no members, and pings nobody.

    discord.py knows Discord's addresses by class attributes: they are set for the whole process.
    To be called while an event loop runs.
    """
    discord.http.Route.BASE = settings.api_url
    discord.gateway.DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(settings.gateway_url)
    discord.asset.Asset.BASE = settings.cdn_url
    for module in (discord.client, discord.shard):
        module.ExponentialBackoff = ShortBackoff  # type: ignore[attr-defined]  # they offer no other way
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # pictures make no sound
    options: dict[str, Any] = {
        "intents": discord.Intents(guilds=True, guild_messages=settings.has_reply_edits),
        "max_messages": None,
        "member_cache_flags": discord.MemberCacheFlags.none(),
        "chunk_guilds_at_startup": False,
        "allowed_mentions": discord.AllowedMentions.none(),
        "guild_ready_timeout": settings.guild_ready_seconds,
        "connector": _wire.TCPConnector(limit=MOST_CONNECTIONS),
    }
    if settings.shard_count is None:
        return discord.Client(**options)
    if settings.shard_ids:
        options["shard_ids"] = list(settings.shard_ids)
    return discord.AutoShardedClient(shard_count=settings.shard_count, **options)
