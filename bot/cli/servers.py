"""`python -m bot servers | leave | block | unblock | blocked`: list the servers, leave one, and block users.

They work while the bot runs, and take effect at once: admission reads the blocks in its transaction.
"""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

from bot import factories
from bot.chat.gateway.client_setup import ChatSettings
from bot.chat.incoming.lengths import read_length
from bot.chat.servers import server_list as discord_servers
from bot.domain.block import LONGEST, SHORTEST, Block, BlockRefused
from bot.domain.errors import OperatorError
from bot.domain.ids import GuildId, MemberId
from bot.domain.money import MICROUSD, Month
from bot.domain.pseudonyms import Pseudonyms, is_pseudonym
from bot.ops.secrets import without_secrets
from bot.ops.text_cipher import KeyedTextCipher
from bot.ops.visible import visible
from bot.services.admins import operator_blocks
from bot.settings import Settings
from bot.store.admission import blocks
from bot.store.driver.connection import Connection
from bot.store.driver.single_transaction import transaction
from bot.store.pictures import accounts
from bot.store.pictures.accounts import ServerTotal

HEADINGS = ("Server", "Pictures", "USD", "This month", "Name")


async def servers(settings: Settings) -> None:
    """Print the servers that use or have used the bot, the most expensive first, then all blocks."""
    totals, held = await asyncio.to_thread(_remembered, settings)
    names = await _names(settings)
    known = {total.guild_id for total in totals}
    totals += [ServerTotal(GuildId(id_)) for id_ in sorted(names.keys() - known)]
    for line in _table([HEADINGS, *(_row(total, names) for total in totals)]):
        _say(line)
    for held_now in held:
        _say(_block_line(held_now))


async def blocked(settings: Settings) -> None:
    """Print all blocks that hold, newest first."""
    held = await asyncio.to_thread(_held, settings)
    for line in map(_block_line, held):
        _say(line)
    if not held:
        _say("There are no blocks.")


async def leave(settings: Settings, guild_id: int) -> None:
    await discord_servers.leave(_token(settings), _chat(settings), guild_id)
    _say(f"The bot has left the server {guild_id}. So that it stays out: python -m bot block {guild_id}")


async def block(settings: Settings, subject_id: int, reason: str, length: str | None = None) -> None:
    """Block for a length such as "7d"; without one, until it is taken back. Raises `OperatorError`."""
    at, lasts = datetime.now(UTC), None if length is None else _length(length)
    until = None if lasts is None else at + lasts
    cancelled = await asyncio.to_thread(_block, settings, subject_id, reason, at, until)
    how_long = "" if until is None else f" until {_time(until)}"
    _say(f"{subject_id} is blocked in all servers{how_long}. Waiting pictures cancelled: {cancelled}.")


def _length(text: str) -> timedelta | None:
    try:
        lasts = read_length(text)
    except BlockRefused:
        raise OperatorError(
            f"--for {visible(text)} is no length of time: write it like 12h, 7d or 2w."
        ) from None
    if lasts is not None and not SHORTEST <= lasts <= LONGEST:
        raise OperatorError(
            f"--for {visible(text)} is not possible: an hour to ten years, or no --for at all."
        )
    return lasts


async def unblock(settings: Settings, subject_id: int) -> None:
    if not await asyncio.to_thread(_unblock, settings, subject_id):
        raise OperatorError(f"{subject_id} is not blocked. `python -m bot blocked` lists all blocks.")
    _say(f"{subject_id} is no longer blocked.")


# --- what the database says -------------------------------------------------------------------------


def _remembered(settings: Settings) -> tuple[list[ServerTotal], list[Block]]:
    with _transaction(settings) as connection:
        now = datetime.now(UTC)
        return accounts.of_servers(connection, month=Month.of(now)), blocks.everything(connection, at=now)


def _held(settings: Settings) -> list[Block]:
    with _transaction(settings) as connection:
        return blocks.everything(connection, at=datetime.now(UTC))


def _block(settings: Settings, subject_id: int, reason: str, at: datetime, until: datetime | None) -> int:
    with _transaction(settings) as connection:
        ids = _ids_of(settings, subject_id)
        return operator_blocks.block(connection, ids, reason=reason, at=at, until=until)


def _unblock(settings: Settings, subject_id: int) -> bool:
    with _transaction(settings) as connection:
        return blocks.remove(connection, *_ids_of(settings, subject_id))


def _ids_of(settings: Settings, subject_id: int) -> Sequence[int]:
    """Return all ids under which there may be a block: also those after the member has deleted their data."""
    return Pseudonyms(factories.encryption_keys(settings)).ids_of(MemberId(subject_id))


def _transaction(settings: Settings) -> AbstractContextManager[Connection]:
    cipher = KeyedTextCipher(factories.encryption_keys(settings))
    return transaction(settings.storage.url.get_secret_value(), cipher)


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


def _block_line(block: Block) -> str:
    until = "" if block.until is None else f" until {_time(block.until)}"
    whom = "somebody who has deleted their data:" if is_pseudonym(block.subject_id) else block.subject_id
    return f"Blocked since {_time(block.at)}{until}: {whom} {visible(block.reason)}".rstrip()


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


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
