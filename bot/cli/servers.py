"""`python -m bot servers | leave | block | unblock`: list the servers, leave one, and block users.

They work while the bot runs, and take effect at once: admission reads the blocks in its transaction.
"""

import asyncio
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from bot import factories
from bot.chat.gateway.client_setup import ChatSettings
from bot.chat.servers import server_list as discord_servers
from bot.domain.block import Block
from bot.domain.errors import OperatorError
from bot.domain.ids import GuildId
from bot.domain.money import MICROUSD, Month
from bot.ops.secrets import without_secrets
from bot.ops.visible import visible
from bot.services.admins import operator_blocks
from bot.settings import Settings
from bot.store import accounts, blocks
from bot.store.accounts import ServerTotal
from bot.store.single_transaction import transaction

HEADINGS = ("Server", "Pictures", "USD", "This month", "Name")


async def servers(settings: Settings) -> None:
    """Print the servers that use or have used the bot, the most expensive first, then all blocks."""
    totals, blocked = await asyncio.to_thread(_remembered, settings)
    names = await _names(settings)
    known = {total.guild_id for total in totals}
    totals += [ServerTotal(GuildId(id_)) for id_ in sorted(names.keys() - known)]
    for line in _table([HEADINGS, *(_row(total, names) for total in totals)]):
        _say(line)
    for block in blocked:
        since = f"{block.at:%Y-%m-%d %H:%M} UTC"
        _say(f"Blocked since {since}: {block.subject_id} {visible(block.reason)}".rstrip())


async def leave(settings: Settings, guild_id: int) -> None:
    await discord_servers.leave(_token(settings), _chat(settings), guild_id)
    _say(f"The bot has left the server {guild_id}. So that it stays out: python -m bot block {guild_id}")


async def block(settings: Settings, subject_id: int, reason: str) -> None:
    cancelled = await asyncio.to_thread(_block, settings, subject_id, reason)
    _say(f"{subject_id} is blocked in all servers. Waiting pictures cancelled: {cancelled}.")


async def unblock(settings: Settings, subject_id: int) -> None:
    if not await asyncio.to_thread(_unblock, settings, subject_id):
        raise OperatorError(f"{subject_id} is not blocked. `python -m bot servers` lists all blocks.")
    _say(f"{subject_id} is no longer blocked.")


# --- what the database says -------------------------------------------------------------------------


def _remembered(settings: Settings) -> tuple[list[ServerTotal], list[Block]]:
    with transaction(_url(settings)) as connection:
        month = Month.of(datetime.now(UTC))
        return accounts.of_servers(connection, month=month), blocks.everything(connection)


def _block(settings: Settings, subject_id: int, reason: str) -> int:
    with transaction(_url(settings)) as connection:
        return operator_blocks.block(connection, subject_id, reason=reason, at=datetime.now(UTC))


def _unblock(settings: Settings, subject_id: int) -> bool:
    with transaction(_url(settings)) as connection:
        return blocks.remove(connection, subject_id)


def _url(settings: Settings) -> str:
    return settings.storage.url.get_secret_value()


def _chat(settings: Settings) -> ChatSettings:
    return factories.chat_settings(settings, factories.way_out(settings))


def _token(settings: Settings) -> str:
    """Return the token. Raises `OperatorError` if it is not set."""
    token = factories.secret(settings.discord.token)
    if token is None:
        raise OperatorError("DISCORD_TOKEN is not set: put it into .env")
    return token


# --- what is printed ----------------------------------------------------------------------------------


async def _names(settings: Settings) -> dict[int, str]:
    """Ask Discord for the names of the servers. Without them, the table is still useful."""
    try:
        return await discord_servers.names(_token(settings), _chat(settings))
    except OperatorError as error:
        _say(f"Names are missing: {without_secrets(str(error))}")
        return {}


def _row(total: ServerTotal, names: dict[int, str]) -> Sequence[str]:
    spent, this_month = (
        f"{amount / MICROUSD:.2f}" for amount in (total.spent_microusd, total.month_microusd)
    )
    name = visible(names.get(total.guild_id, "")) or "(the bot is not there)"
    return str(total.guild_id), f"{total.pictures:,}", spent, this_month, name


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    *widths, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    return [
        "  ".join([*(cell.rjust(width) for cell, width in zip(row, widths, strict=False)), row[-1]])
        for row in rows
    ]


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
