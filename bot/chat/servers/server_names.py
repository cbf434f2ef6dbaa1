"""Reads the present names of a server's roles, channels and members, for panels that show its settings."""

import asyncio
from collections.abc import Sequence

import structlog

from bot.chat.presenter.settings.settings_panel import Named
from bot.chat.presenter.wording.settings_names import Names
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.chat.servers.server_cache import Channel, Server, ServerCache
from bot.domain.errors import CourierUnavailable
from bot.domain.ids import GuildId

log = structlog.stdlib.get_logger(__name__)

#: The limit for all requests together: Discord waits for three seconds. Later names are not shown as gone.
PATIENCE_SECONDS = 1.5


async def names_in(servers: ServerCache, guild_id: GuildId, named: Named) -> Names:
    """Read the names. If Discord does not answer in time, no role, channel or member counts as gone."""
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
        channels={channel.id: channel.name for channel in channels},
    )


async def _channels(servers: ServerCache, server: Server, named: Sequence[int]) -> list[Channel]:
    """Return the channels of the server, and the threads among those named."""
    others = [id_ for id_ in named if id_ not in server.channels]
    found = await asyncio.gather(*(servers.channel(server, id_) for id_ in others))
    return [*server.channels.values(), *filter(None, found)]


async def _members(
    servers: ServerCache, guild_id: GuildId, member_ids: Sequence[int], until: float
) -> dict[int, str]:
    asking = {id_: asyncio.ensure_future(_name(servers, guild_id, id_)) for id_ in member_ids}
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
    """Return None if the member has left."""
    try:
        return await servers.member_name(guild_id, member_id)
    except DISCORD_ERRORS as error:
        log.info("member not looked up", why=reason(error))
        return str(member_id)
