"""The style presets of servers. Each function is about one server."""

from typing import Any

from sqlalchemy import bindparam, delete, func, insert, select, update

from bot.domain.ids import GuildId
from bot.domain.presets import PresetId, SavedPreset, name_key
from bot.store.driver.connection import Connection, Row
from bot.store.schema.tables import presets


def all_of(connection: Connection, guild_id: GuildId) -> list[SavedPreset]:
    """Return the presets of the server, by name."""
    return [_preset(row) for row in connection.execute(_ALL, {"guild": guild_id})]


def get(connection: Connection, guild_id: GuildId, preset_id: PresetId) -> SavedPreset | None:
    row = connection.execute(_GET, {"guild": guild_id, "preset": preset_id}).one_or_none()
    return None if row is None else _preset(row)


def named(connection: Connection, guild_id: GuildId, name: str) -> SavedPreset | None:
    """Return the preset with this name, in upper or lower case."""
    row = connection.execute(_NAMED, {"guild": guild_id, "key": name_key(name)}).one_or_none()
    return None if row is None else _preset(row)


def count(connection: Connection, guild_id: GuildId) -> int:
    return int(connection.scalars(_COUNT, {"guild": guild_id}).one())


def add(connection: Connection, guild_id: GuildId, name: str, words: str) -> None:
    connection.execute(_ADD, {"guild_id": guild_id, **_values(name, words)})


def change(connection: Connection, guild_id: GuildId, preset_id: PresetId, name: str, words: str) -> None:
    values = {f"new_{column}": value for column, value in _values(name, words).items()}
    connection.execute(_CHANGE, {"guild": guild_id, "preset": preset_id, **values})


def remove(connection: Connection, guild_id: GuildId, preset_id: PresetId) -> None:
    connection.execute(_REMOVE, {"guild": guild_id, "preset": preset_id})


def _values(name: str, words: str) -> dict[str, Any]:
    return {"name_key": name_key(name), "name": name, "words": words}


def _preset(row: Row) -> SavedPreset:
    return SavedPreset(row.name, row.words, PresetId(row.id))


_IS_OF_SERVER = presets.c.guild_id == bindparam("guild")
_IS_IT = (_IS_OF_SERVER, presets.c.id == bindparam("preset"))
_ALL = select(presets).where(_IS_OF_SERVER).order_by(presets.c.name_key)
_GET = select(presets).where(*_IS_IT)
_NAMED = select(presets).where(_IS_OF_SERVER, presets.c.name_key == bindparam("key"))
_COUNT = select(func.count()).select_from(presets).where(_IS_OF_SERVER)
_COLUMNS = ("name_key", "name", "words")
_ADD = insert(presets).values({name: bindparam(name) for name in ("guild_id", *_COLUMNS)})
_CHANGE = update(presets).where(*_IS_IT).values({name: bindparam(f"new_{name}") for name in _COLUMNS})
_REMOVE = delete(presets).where(*_IS_IT)
