"""What a server's roles, channels and members are called now, for panels that show settings about them."""

import asyncio
from collections.abc import Iterable

import discord
import structlog

from bot.chat.ladder import DISCORD_ERRORS, reason
from bot.chat.presenter.settings_panel import Names
from bot.domain.administration import GuildSettings, RuleScope

log = structlog.stdlib.get_logger(__name__)

#: Members are not kept, but asked for; whoever is not found in this time is shown as if still there.
PATIENCE_SECONDS = 1.5
MOST_ASKED_FOR = 25


async def names_in(guild: discord.Guild | None, settings: GuildSettings) -> Names:
    """Without the guild, as while Discord is down, nobody and nothing is known by name."""
    if guild is None:
        return Names()
    with_rules = [one.subject.id for one in settings.rules if one.subject.scope is RuleScope.MEMBER]
    return Names(
        roles={role.id: role.name for role in guild.roles},
        members=await _members(guild, with_rules),
        channels={channel.id: channel.name for channel in (*guild.channels, *guild.threads)},
    )


async def _members(guild: discord.Guild, member_ids: Iterable[int]) -> dict[int, str]:
    asking = {one: asyncio.ensure_future(_name(guild, one)) for one in list(member_ids)[:MOST_ASKED_FOR]}
    if asking:
        await asyncio.wait(asking.values(), timeout=PATIENCE_SECONDS)
    names = {}
    for member_id, task in asking.items():
        name = task.result() if task.done() else str(member_id)
        task.cancel()
        if name is not None:
            names[member_id] = name
    return names


async def _name(guild: discord.Guild, member_id: int) -> str | None:
    """None for who has left."""
    try:
        return (await guild.fetch_member(member_id)).display_name
    except discord.NotFound:
        return None
    except DISCORD_ERRORS as error:
        log.info("member not looked up", why=reason(error))
        return str(member_id)
