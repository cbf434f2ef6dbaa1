"""What a server's roles, channels and members are called now, for panels that show settings about them."""

import asyncio
from collections.abc import Sequence

import structlog

from bot.chat.presenter.settings_names import Names
from bot.chat.presenter.settings_panel import Named
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.chat.servers.server_cache import Channel, Server, ServerCache
from bot.domain.errors import CourierUnavailable
from bot.domain.ids import GuildId

log = structlog.stdlib.get_logger(__name__)

#: For all together, of the three that Discord waits. What is not told by then is shown as if still there.
PATIENCE_SECONDS = 1.5


async def names_in(servers: ServerCache, guild_id: GuildId, named: Named) -> Names:
    """Where Discord does not tell in time, or has nothing to tell, nobody and nothing counts as gone."""
    until = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    try:
        async with asyncio.timeout_at(until):
            server = await servers.get(guild_id)
            channels = await _channels(servers, server, named.channels)
    except (CourierUnavailable, TimeoutError):
        return Names.unknown()
    if not server.is_open:
        return Names.unknown()
    return Names(
        roles=server.role_names,
        members=await _members(servers, guild_id, named.members, until),
        channels={one.id: one.name for one in channels},
    )


async def _channels(servers: ServerCache, server: Server, named: Sequence[int]) -> list[Channel]:
    """Those of the server, and the threads among those named."""
    others = [one for one in named if one not in server.channels]
    found = await asyncio.gather(*(servers.channel(server, one) for one in others))
    return [*server.channels.values(), *filter(None, found)]


async def _members(
    servers: ServerCache, guild_id: GuildId, member_ids: Sequence[int], until: float
) -> dict[int, str]:
    asking = {one: asyncio.ensure_future(_name(servers, guild_id, one)) for one in member_ids}
    if asking:
        left = until - asyncio.get_running_loop().time()
        await asyncio.wait(asking.values(), timeout=max(0.0, left))
    names: dict[int, str] = {}
    for member_id, task in asking.items():
        name = task.result() if task.done() else str(member_id)
        task.cancel()
        if name is not None:
            names[member_id] = name
    return names


async def _name(servers: ServerCache, guild_id: int, member_id: int) -> str | None:
    """None for who has left."""
    try:
        return await servers.member_name(guild_id, member_id)
    except DISCORD_ERRORS as error:
        log.info("member not looked up", why=reason(error))
        return str(member_id)
