"""The servers that have removed the bot, and when. The row of one that is forgotten stays, so that it is not
taken for one that is still known.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Executable, bindparam, delete, select, union, update

from bot.domain.ids import GuildId
from bot.store.driver.connection import Connection
from bot.store.driver.upsert import Insert, in_each_dialect
from bot.store.schema.tables import departures, guilds, money, rules, welcomes


def known(connection: Connection) -> set[GuildId]:
    """Return the servers about which something is kept, and which have not left."""
    return {GuildId(id_) for id_ in connection.scalars(_KNOWN)}


def waiting(connection: Connection) -> set[GuildId]:
    """Return the servers that have left and are not forgotten yet."""
    return {GuildId(id_) for id_ in connection.scalars(_WAITING)}


def due(connection: Connection, *, left_before: datetime) -> list[GuildId]:
    """Return the servers that left by this time and are not forgotten yet, the first to leave first."""
    return [GuildId(id_) for id_ in connection.scalars(_DUE, {"before": left_before})]


def is_due(connection: Connection, guild_id: GuildId, *, left_before: datetime) -> bool:
    """Return whether the server is still to be forgotten: the bot may have come back."""
    return guild_id in due(connection, left_before=left_before)


def note(connection: Connection, guild_ids: Collection[GuildId], *, at: datetime) -> None:
    """Note that these servers have left. For one that has left already, the earlier time stays."""
    for guild_id in guild_ids:
        connection.execute(_NOTE[connection.dialect.name], {"guild_id": guild_id, "left_at": at})


def came_back(connection: Connection, guild_ids: Sequence[GuildId]) -> None:
    connection.execute(_CAME_BACK, {"guilds": list(guild_ids)})


def forgotten(connection: Connection, guild_id: GuildId, *, at: datetime) -> None:
    connection.execute(update(departures).where(departures.c.guild_id == guild_id).values(forgotten_at=at))


def _noting(insert: Insert) -> Executable:
    new = insert.values({name: bindparam(name) for name in ("guild_id", "left_at")})
    return new.on_conflict_do_nothing(index_elements=["guild_id"])


_IS_WAITING = departures.c.forgotten_at.is_(None)
_ALL = union(*(select(table.c.guild_id) for table in (guilds, rules, welcomes, money))).subquery()
#: The id 0 stands for no server in some tables.
_KNOWN = select(_ALL.c.guild_id).where(
    _ALL.c.guild_id > 0, _ALL.c.guild_id.not_in(select(departures.c.guild_id))
)
_WAITING = select(departures.c.guild_id).where(_IS_WAITING)
_DUE = (
    select(departures.c.guild_id)
    .where(_IS_WAITING, departures.c.left_at <= bindparam("before"))
    .order_by(departures.c.left_at, departures.c.guild_id)
)
_NOTE = in_each_dialect(departures, _noting)
_CAME_BACK = delete(departures).where(departures.c.guild_id.in_(bindparam("guilds", expanding=True)))
