"""Makes discord.py's client: with small caches, and with the addresses from the settings."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import discord
from discord.webhook import async_

from bot.chat.gateway.client import GatewayClient
from bot.chat.gateway.rate_limit_locks import TokenLock
from bot.domain.clock import Clock
from bot.domain.privacy import PrivacyFacts
from bot.ops.clock import SystemClock
from bot.ops.metrics import Metrics
from bot.ops.way_out import DIRECT, WayOut
from bot.services.shards import AllShards, Shards

#: A call that would have to wait longer for a rate limit raises `RateLimited` instead.
MOST_RATE_LIMIT_SECONDS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatSettings:
    """The settings that concern Discord, as plain values."""

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
    #: Shards over all processes; None: as many as Discord recommends.
    shard_count: int | None = 1
    #: Which of them are this process's; empty: all.
    shard_ids: tuple[int, ...] = ()
    #: Remembers for how long Discord wants to be left alone; None: not beyond the process.
    login_file: Path | None = None
    #: Remembers how quickly one process followed another; None: this is not remembered.
    starts_file: Path | None = None
    #: The process ends after this time without an event from Discord; 0: never.
    deaf_seconds: float = 0.0
    #: How long READY waits for the servers to introduce themselves.
    guild_ready_seconds: float = 2.0
    privacy_facts: PrivacyFacts = field(default_factory=PrivacyFacts)
    #: For the HTTP API and the gateway.
    way_out: WayOut = DIRECT


def make_client(
    settings: ChatSettings,
    clock: Clock | None = None,
    metrics: Metrics | None = None,
    sharing: Shards | None = None,
) -> GatewayClient:
    """Make a client that caches no messages and no members, and pings no one.

    discord.py keeps Discord's addresses and its lock of tokens in class attributes: they are set for the
    whole process. An event loop has to run.
    """
    discord.http.Route.BASE = settings.api_url
    discord.asset.Asset.BASE = settings.cdn_url
    async_.AsyncDeferredLock = TokenLock  # type: ignore[misc]  # a class of its own, mended
    discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # pictures make no sound
    options: dict[str, Any] = {
        "intents": discord.Intents(guilds=True, guild_messages=settings.has_reply_edits),
        "max_messages": None,
        "member_cache_flags": discord.MemberCacheFlags.none(),
        "chunk_guilds_at_startup": False,
        "allowed_mentions": discord.AllowedMentions.none(),
        "guild_ready_timeout": settings.guild_ready_seconds,
        "max_ratelimit_timeout": MOST_RATE_LIMIT_SECONDS,
    }
    return GatewayClient(
        gateway_url=settings.gateway_url,
        shards=settings.shard_count,
        own_shard_ids=settings.shard_ids,
        sharing=sharing or AllShards(),
        starts_file=settings.starts_file,
        clock=clock or SystemClock(),
        metrics=metrics or Metrics(),
        way_out=settings.way_out,
        **options,
    )
