"""The locks of transactions, which every transaction takes in the order of this file.

On PostgreSQL, transactions run at the same time and do not see each other's new rows: a limit of 5 would let
6 pictures through. An advisory lock makes them wait for each other, and ends with its transaction. SQLite has
one writer, and needs no locks.
"""

from sqlalchemy import func, select

from bot.domain.ids import GuildId, MemberId
from bot.store.connection import Connection

#: A lock of one number is the id of a member or a server: Discord gives no id twice. Two numbers are our own.
MIGRATION = (1, 1)
OPERATOR = (2, 1)
WRITERS = (3, 1)


def lock_member(connection: Connection, member_id: MemberId) -> None:
    """Let a member's requests be admitted one after the other."""
    _lock(connection, member_id)


def lock_guild(connection: Connection, guild_id: GuildId) -> None:
    """Let a server's settings be changed, and its pictures be numbered, one after the other."""
    _lock(connection, guild_id)


def lock_operator(connection: Connection) -> None:
    """Let requests that the operator's budget counts, over all servers, be admitted one after the other."""
    _lock(connection, *OPERATOR)


def _lock(connection: Connection, *numbers: int) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.pg_advisory_xact_lock(*numbers)))
