"""The rules for an IDENTIFY. Knows no connections; the gateway acts on a valid one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from standins.fake_discord.close_codes import CloseCode
from standins.fake_discord.dispatches import allowed_intents
from standins.fake_discord.frames import RefusedError
from standins.fake_discord.world import World

_KNOWN_INTENTS = sum(1 << bit for bit in (*range(18), 20, 21, 24, 25))
"""17 is not documented, but interactions.py asks for it by default."""


@dataclass(frozen=True)
class Identify:
    shard: tuple[int, int]
    intents: int


def read_identify(world: World, data: object, most_guilds: int) -> Identify:
    """Raises RefusedError with the code for what is wrong, also with more than `most_guilds` to a shard."""
    fields = check_token(world, data)
    intents = fields.get("intents")
    if not isinstance(intents, int) or intents & ~_KNOWN_INTENTS:
        raise RefusedError(CloseCode.INVALID_INTENTS)
    if not allowed_intents(world.app, intents):
        raise RefusedError(CloseCode.DISALLOWED_INTENTS)
    shard = _shard(fields.get("shard", (0, 1)))
    if sum((guild_id >> 22) % shard[1] == shard[0] for guild_id in world.guilds) > most_guilds:
        raise RefusedError(CloseCode.SHARDING_REQUIRED)
    return Identify(shard, intents)


def check_token(world: World, data: object) -> dict[str, Any]:
    """The fields of an IDENTIFY or RESUME with the application's token. Raises RefusedError."""
    if not isinstance(data, dict):
        raise RefusedError(CloseCode.DECODE_ERROR)
    if str(data.get("token")).removeprefix("Bot ") != world.app.token:
        raise RefusedError(CloseCode.AUTHENTICATION_FAILED)
    return data


def _shard(asked: object) -> tuple[int, int]:
    match asked:
        case [int(number), int(of)] if 0 <= number < of:
            return number, of
    raise RefusedError(CloseCode.INVALID_SHARD)
