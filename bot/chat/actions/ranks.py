"""Decides which moderator may act against whom, as Discord does for its own time-outs and bans.

No moderator acts against bots or themselves, and against those who moderate or manage the server only who
stands above them: by the highest role, or as the owner. Somebody who has left has no roles.
"""

import discord

from bot.chat.incoming.payload import guild_of, roles_of
from bot.chat.servers.server_cache import ServerCache
from bot.domain.block import BlockProblem, BlockRefused
from bot.domain.ids import MemberId
from bot.domain.strikes import StrikeProblem, StrikeRefused

#: Who has one of these at least moderates the server.
IN_CHARGE = discord.Permissions(administrator=True, manage_guild=True, manage_messages=True)


async def require_may_block(
    servers: ServerCache, interaction: discord.Interaction, member_id: MemberId
) -> None:
    """Raises `BlockRefused`; `CourierUnavailable` or one of `DISCORD_ERRORS` if Discord does not answer."""
    if interaction.user.id == member_id:
        raise BlockRefused(BlockProblem.ONESELF)
    if await _is_bot(servers, interaction, member_id):
        raise BlockRefused(BlockProblem.BOT)
    server = await servers.get(guild_of(interaction))
    role_ids = await servers.role_ids(server.id, member_id) or frozenset()
    if not server.server_permissions(member_id, role_ids).value & IN_CHARGE.value:
        return
    asking = interaction.user
    if server.rank(asking.id, roles_of(asking)) <= server.rank(member_id, role_ids):
        raise BlockRefused(BlockProblem.IN_CHARGE)


async def require_may_unblock(
    servers: ServerCache, interaction: discord.Interaction, member_id: MemberId
) -> None:
    """Let no one but the server's owner end their own block. Raises `BlockRefused`."""
    if interaction.user.id != member_id:
        return
    if (await servers.get(guild_of(interaction))).owner_id != member_id:
        raise BlockRefused(BlockProblem.UNBLOCK_ONESELF)


async def require_may_forgive(
    servers: ServerCache, interaction: discord.Interaction, member_id: MemberId
) -> None:
    """Let no one but the server's owner forgive their own strikes. Raises `StrikeRefused`."""
    if interaction.user.id != member_id:
        return
    if (await servers.get(guild_of(interaction))).owner_id != member_id:
        raise StrikeRefused(StrikeProblem.FORGIVE_ONESELF)


async def _is_bot(servers: ServerCache, interaction: discord.Interaction, member_id: MemberId) -> bool:
    me = interaction.client.user
    return (me is not None and me.id == member_id) or await servers.is_bot(guild_of(interaction), member_id)
