"""The weekly summaries of servers. Each is taken once, and its taker alone posts it."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import bindparam, or_, select, update

from bot.domain.ids import ChannelId, GuildId
from bot.store.driver.column_types import UtcDay
from bot.store.driver.connection import Connection
from bot.store.schema.tables import guilds


@dataclass(frozen=True, slots=True)
class DueSummary:
    guild_id: GuildId
    log_channel_id: ChannelId
    #: The language that the server has chosen; None: as Discord says.
    language: str | None


def due(connection: Connection, week: date) -> list[DueSummary]:
    """Return the servers that want a summary of the week that begins on this day, and have had none."""
    rows = connection.execute(_DUE, {"week": week})
    return [DueSummary(GuildId(id_), ChannelId(channel), language) for id_, channel, language in rows]


def take(connection: Connection, guild_id: GuildId, week: date) -> bool:
    """Mark the week as summarized; return False if it was, or is not wanted. Only the taker may post it."""
    return bool(connection.execute(_TAKE, {"guild": guild_id, "week": week}).rowcount)


def begin_after(connection: Connection, guild_id: GuildId, week: date) -> None:
    """Leave this week and those before it out, such as when a server asks for summaries."""
    connection.execute(_BEGIN_AFTER, {"guild": guild_id, "week": week})


_WEEK = bindparam("week", type_=UtcDay)
_IS_NEW = or_(guilds.c.summarized_week.is_(None), guilds.c.summarized_week < _WEEK)
_DUE = (
    select(guilds.c.guild_id, guilds.c.log_channel_id, guilds.c.language)
    .where(guilds.c.has_summary, guilds.c.log_channel_id.is_not(None), _IS_NEW)
    .order_by(guilds.c.guild_id)
)
_IS_IT = guilds.c.guild_id == bindparam("guild")
_TAKE = update(guilds).where(_IS_IT, guilds.c.has_summary, _IS_NEW).values(summarized_week=_WEEK)
_BEGIN_AFTER = update(guilds).where(_IS_IT).values(summarized_week=_WEEK)
