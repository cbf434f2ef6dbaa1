"""Asks Discord for the servers that the bot is in, without a connection to the gateway."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from bot.chat.gateway.client_setup import ChatSettings, make_client
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.domain.errors import OperatorError


async def names(token: str, settings: ChatSettings) -> dict[int, str]:
    """Return the names by id. Raises `OperatorError`."""
    async with _logged_in(token, settings) as client:
        return {guild.id: guild.name async for guild in client.fetch_guilds(limit=None, with_counts=False)}


async def leave(token: str, settings: ChatSettings, guild_id: int) -> None:
    """Raises `OperatorError`, also if the bot is not in that server."""
    async with _logged_in(token, settings) as client:
        try:
            await client.http.leave_guild(guild_id)
        except discord.NotFound as error:
            raise OperatorError(f"The bot is not in a server with the id {guild_id}.") from error


@asynccontextmanager
async def _logged_in(token: str, settings: ChatSettings) -> AsyncIterator[discord.Client]:
    client = make_client(settings)
    try:
        await client.login(token)
        yield client
    except discord.LoginFailure as error:
        raise OperatorError(
            "Discord refuses the token: copy it again from the developer portal (Bot ▸ Reset Token) into "
            "DISCORD_TOKEN"
        ) from error
    except DISCORD_ERRORS as error:
        raise OperatorError(
            f"Discord does not answer ({reason(error)}): check the network and DISCORD_API_URL"
        ) from error
    finally:
        await client.close()
