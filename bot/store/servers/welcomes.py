"""The servers that were welcomed. A welcome is taken once for each time that the bot joins a server."""

from datetime import datetime

from sqlalchemy import Executable, bindparam, select

from bot.domain.ids import GuildId
from bot.store.driver.connection import Connection
from bot.store.driver.upsert import Insert, in_each_dialect, upsert
from bot.store.schema.tables import welcomes

#: The row of this id says from when on servers are welcomed: those that the bot had joined before are known.
SINCE = GuildId(0)


def begin(connection: Connection, *, at: datetime) -> None:
    """Welcome the servers that the bot joins from now on, unless it already does so from an earlier time."""
    if connection.execute(_JOINED_AT, {"guild": SINCE}).scalar_one_or_none() is None:
        begin_again(connection, at=at)


def begin_again(connection: Connection, *, at: datetime) -> None:
    """Welcome only the servers that the bot joins from now on."""
    upsert(connection, welcomes, key={"guild_id": SINCE}, values={"joined_at": at})


def take(connection: Connection, guild_id: GuildId, *, joined_at: datetime) -> bool:
    """Mark the server as welcomed; return False if none is due. Only the taker may send the welcome."""
    since = connection.execute(_JOINED_AT, {"guild": SINCE}).scalar_one_or_none()
    if since is None or joined_at <= since:
        return False
    joined = {"guild_id": guild_id, "joined_at": joined_at}
    return bool(connection.execute(_TAKE[connection.dialect.name], joined).rowcount)


def _taking(insert: Insert) -> Executable:
    """Take a server that is new, or that the bot has left and joined again."""
    new = insert.values({name: bindparam(name) for name in ("guild_id", "joined_at")})
    return new.on_conflict_do_update(
        index_elements=["guild_id"],
        set_={"joined_at": new.excluded.joined_at},
        where=welcomes.c.joined_at < new.excluded.joined_at,
    )


_JOINED_AT = select(welcomes.c.joined_at).where(welcomes.c.guild_id == bindparam("guild"))
_TAKE = in_each_dialect(welcomes, _taking)
