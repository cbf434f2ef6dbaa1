"""The style presets of servers: admins change them, and members choose one for a request.

Each change is stored and audited in one transaction. Discord decides who may change them; chat checks that.
"""

from dataclasses import dataclass

from bot.domain.administration import AuditTopic, Values
from bot.domain.ids import GuildId, MemberId
from bot.domain.plain_words import is_visible, plain_words, storable
from bot.domain.presets import (
    MOST_PRESETS,
    NAME_MOST_CHARACTERS,
    WORDS_MOST_CHARACTERS,
    Preset,
    PresetId,
    PresetProblem,
    PresetRefused,
    PresetUnknown,
    SavedPreset,
)
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.servers import presets, server_settings


@dataclass(slots=True, kw_only=True)
class Presets:
    runtime: Runtime

    async def all_of(self, guild_id: GuildId) -> list[SavedPreset]:
        return await self.runtime.database.read(presets.all_of, guild_id)

    async def named(self, guild_id: GuildId, name: str) -> SavedPreset:
        """Return the server's preset with this name. Raises `PresetUnknown`."""
        return await self.runtime.database.read(_named, guild_id, name)

    async def get(self, guild_id: GuildId, preset_id: PresetId) -> SavedPreset:
        """Return a preset of the server. Raises `PresetUnknown` if it was removed."""
        return await self.runtime.database.read(_get, guild_id, preset_id)

    async def add(self, guild_id: GuildId, by: MemberId, name: str, words: str) -> Preset:
        """Add a preset, and return it as it is saved. Raises `PresetRefused`."""
        preset = _checked(name, words)
        await self.runtime.database.write(self._add, guild_id, by, preset)
        return preset

    async def change(
        self, guild_id: GuildId, by: MemberId, preset_id: PresetId, name: str, words: str
    ) -> Preset:
        """Change it for later requests. Raises `PresetRefused`, and `PresetUnknown` if it was removed."""
        preset = _checked(name, words)
        await self.runtime.database.write(self._change, guild_id, by, preset_id, preset)
        return preset

    async def remove(self, guild_id: GuildId, by: MemberId, preset_id: PresetId) -> SavedPreset:
        """Remove it, and return what it was. Raises `PresetUnknown` if it was removed before."""
        return await self.runtime.database.write(self._remove, guild_id, by, preset_id)

    # --- transactions ---

    def _add(self, connection: Connection, guild_id: GuildId, by: MemberId, preset: Preset) -> None:
        if presets.named(connection, guild_id, preset.name) is not None:
            raise PresetRefused(PresetProblem.NAME_TAKEN)
        if presets.count(connection, guild_id) >= MOST_PRESETS:
            raise PresetRefused(PresetProblem.TOO_MANY)
        presets.add(connection, guild_id, preset.name, preset.words)
        self._record(connection, guild_id, by, {}, _values(preset))

    def _change(
        self, connection: Connection, guild_id: GuildId, by: MemberId, preset_id: PresetId, after: Preset
    ) -> None:
        before = _get(connection, guild_id, preset_id)
        other = presets.named(connection, guild_id, after.name)
        if other is not None and other.id != preset_id:
            raise PresetRefused(PresetProblem.NAME_TAKEN)
        if _values(before) != _values(after):
            presets.change(connection, guild_id, preset_id, after.name, after.words)
            self._record(connection, guild_id, by, _values(before), _values(after))

    def _remove(
        self, connection: Connection, guild_id: GuildId, by: MemberId, preset_id: PresetId
    ) -> SavedPreset:
        preset = _get(connection, guild_id, preset_id)
        presets.remove(connection, guild_id, preset_id)
        self._record(connection, guild_id, by, _values(preset), {})
        return preset

    def _record(
        self, connection: Connection, guild_id: GuildId, by: MemberId, before: Values, after: Values
    ) -> None:
        server_settings.record(
            connection,
            guild_id=guild_id,
            actor_id=by,
            at=self.runtime.clock.now(),
            topic=AuditTopic.PRESETS,
            before=before,
            after=after,
        )


def _checked(name: str, words: str) -> Preset:
    """Return the preset as it will be saved: without ids, which must not leave for the provider."""
    name, words = " ".join(storable(name).split()), plain_words(storable(words)).strip()
    for problem, is_so in (
        (PresetProblem.NAME_EMPTY, not is_visible(name)),
        (PresetProblem.NAME_TOO_LONG, len(name) > NAME_MOST_CHARACTERS),
        (PresetProblem.WORDS_EMPTY, not is_visible(words)),
        (PresetProblem.WORDS_TOO_LONG, len(words) > WORDS_MOST_CHARACTERS),
    ):
        if is_so:
            raise PresetRefused(problem)
    return Preset(name, words)


def _named(connection: Connection, guild_id: GuildId, name: str) -> SavedPreset:
    preset = presets.named(connection, guild_id, name)
    if preset is None:
        raise PresetUnknown(name, _names(connection, guild_id))
    return preset


def _get(connection: Connection, guild_id: GuildId, preset_id: PresetId) -> SavedPreset:
    preset = presets.get(connection, guild_id, preset_id)
    if preset is None:
        raise PresetUnknown(None, _names(connection, guild_id))
    return preset


def _names(connection: Connection, guild_id: GuildId) -> list[str]:
    return [preset.name for preset in presets.all_of(connection, guild_id)]


def _values(preset: Preset) -> Values:
    return {"name": preset.name, "words": preset.words}
