"""What a server's roles, channels and members are called now, for panels that show settings about them."""

import asyncio
from collections.abc import Sequence

import structlog

from bot.chat.ladder import DISCORD_ERRORS, reason
from bot.chat.presenter.settings_panel import Names
from bot.chat.server_facts import Channel, Server, Servers
from bot.domain.administration import GuildSettings, RuleScope
from bot.domain.errors import CourierUnavailable

log = structlog.stdlib.get_logger(__name__)

#: What is not told in this time is shown as if still there.
PATIENCE_SECONDS = 1.5
MOST_ASKED_FOR = 25


async def names_in(servers: Servers, settings: GuildSettings) -> Names:
    """Where Discord does not tell in time, or has nothing to tell, nobody and nothing counts as gone."""
    with_rules = [one.subject.id for one in settings.rules if one.subject.scope is RuleScope.MEMBER]
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            server = await servers.get(settings.guild_id)
            channels = await _channels(servers, server, settings)
    except (CourierUnavailable, TimeoutError):
        return Names.unknown()
    if not server.is_open:
        return Names.unknown()
    return Names(
        roles=server.role_names,
        members=await _members(servers, server, with_rules),
        channels={one.id: one.name for one in channels},
    )


async def _channels(servers: Servers, server: Server, settings: GuildSettings) -> list[Channel]:
    """Those of the server, and the threads that its settings name."""
    log_channel_id = settings.choices.log_channel_id
    named = settings.choices.allowed_channels | ({log_channel_id} if log_channel_id else set())
    others = [one for one in sorted(named) if one not in server.channels]
    found = await asyncio.gather(*(servers.channel(server, one) for one in others[:MOST_ASKED_FOR]))
    unasked = [Channel(id=one) for one in others[MOST_ASKED_FOR:]]
    return [*server.channels.values(), *filter(None, found), *unasked]


async def _members(servers: Servers, server: Server, member_ids: Sequence[int]) -> dict[int, str]:
    asked_for, unasked = member_ids[:MOST_ASKED_FOR], member_ids[MOST_ASKED_FOR:]
    asking = {one: asyncio.ensure_future(_name(servers, server.id, one)) for one in asked_for}
    if asking:
        await asyncio.wait(asking.values(), timeout=PATIENCE_SECONDS)
    names = {one: str(one) for one in unasked}
    for member_id, task in asking.items():
        name = task.result() if task.done() else str(member_id)
        task.cancel()
        if name is not None:
            names[member_id] = name
    return names


async def _name(servers: Servers, guild_id: int, member_id: int) -> str | None:
    """None for who has left."""
    try:
        return await servers.member_name(guild_id, member_id)
    except DISCORD_ERRORS as error:
        log.info("member not looked up", why=reason(error))
        return str(member_id)
