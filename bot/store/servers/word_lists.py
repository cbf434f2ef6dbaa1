"""The word lists of servers. `guilds.words_version` is a digest of a server's list."""

from collections.abc import Collection, Sequence

from sqlalchemy import bindparam, delete, func, insert, select

from bot.domain.ids import EntryId, GuildId
from bot.domain.word_list import WordEntry
from bot.store.driver.connection import Connection, Row
from bot.store.schema.tables import listed_words


def count(connection: Connection, guild_id: GuildId) -> int:
    return int(connection.scalar(_COUNT, {"guild": guild_id}))


def entries(connection: Connection, guild_id: GuildId) -> list[WordEntry]:
    return [_entry(row) for row in connection.execute(_ALL, {"guild": guild_id})]


def numbered(connection: Connection, guild_id: GuildId) -> list[tuple[EntryId, WordEntry]]:
    """Return the entries with their ids, in the order in which they were added."""
    return [(EntryId(row.id), _entry(row)) for row in connection.execute(_ALL, {"guild": guild_id})]


def add(connection: Connection, guild_id: GuildId, new: Sequence[WordEntry]) -> None:
    """Save entries of which none has the pattern of one that is there."""
    rows = [
        {"guild_id": guild_id, "text": entry.text, "pattern": entry.pattern, "action": entry.action}
        for entry in new
    ]
    connection.execute(_ADD, rows)


def remove(connection: Connection, guild_id: GuildId, ids: Collection[EntryId]) -> None:
    connection.execute(_REMOVE, {"guild": guild_id, "ids": list(ids)})


def _entry(row: Row) -> WordEntry:
    return WordEntry(row.text, row.pattern, row.action)


_IN_GUILD = listed_words.c.guild_id == bindparam("guild")
_COUNT = select(func.count()).select_from(listed_words).where(_IN_GUILD)
_ALL = select(listed_words).where(_IN_GUILD).order_by(listed_words.c.id)
_ADD = insert(listed_words)
_REMOVE = delete(listed_words).where(_IN_GUILD, listed_words.c.id.in_(bindparam("ids", expanding=True)))
