"""The word list of a server: its entries are added, removed, looked up and tried out. Changes are audited.

Discord decides who may change it, and chat checks that.
"""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.domain.administration import AuditTopic, GuildChoices
from bot.domain.errors import FileRefused, ProviderError
from bot.domain.ids import EntryId, GuildId, MemberId
from bot.domain.word_folding import folded
from bot.domain.word_list import (
    ENTRIES_MOST,
    LIST_MOST_CHARACTERS,
    ListedWords,
    WordAction,
    WordEntry,
    WordList,
    WordMatch,
    version_of,
)
from bot.domain.word_list_text import AddedWords, ListFileRefused, ReadLines, read_lines, text_of
from bot.services.protocols import SourceFetcher
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.servers import server_settings, word_lists

#: The most texts of one change that the audit shows.
AUDITED_MOST = 10


@dataclass(slots=True, kw_only=True)
class WordLists:
    runtime: Runtime
    fetcher: SourceFetcher
    #: For the files with lists while they are read.
    folder: Path

    async def listed(self, guild_id: GuildId, search: str = "") -> ListedWords:
        chosen, entries = await self.runtime.database.read(_everything, guild_id)
        needle = folded(search).strip()
        found = [row for row in entries if needle in row[1].pattern or search in row[1].text]
        found.sort(key=lambda row: row[1].pattern.strip())
        return ListedWords(found, len(entries), chosen.names_words)

    async def entries(self, guild_id: GuildId) -> list[WordEntry]:
        return await self.runtime.database.read(word_lists.entries, guild_id)

    async def add(self, guild_id: GuildId, by: MemberId, text: str, action: WordAction) -> AddedWords:
        """Add an entry for each line, as far as there is room. An entry that is there gets the action."""
        lines = await asyncio.to_thread(read_lines, text, action)
        return await self.runtime.database.write(self._add, guild_id, by, lines)

    async def text_at(self, url: str) -> str:
        """Return the text of a file in Discord. Raises `ListFileRefused`."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=self.folder) as name:
            path = Path(name) / "list"
            try:
                await self.fetcher.fetch(url, path)
            except (FileRefused, ProviderError) as error:
                raise ListFileRefused from error
            return text_of(await asyncio.to_thread(path.read_bytes))

    async def remove(self, guild_id: GuildId, by: MemberId, ids: Collection[EntryId]) -> list[str]:
        """Return the texts of the removed entries; those that were gone already are not among them."""
        return await self.runtime.database.write(self._remove, guild_id, by, ids)

    async def set_names_words(self, guild_id: GuildId, by: MemberId, *, names_words: bool) -> None:
        """Set whether refusals say which word they are about."""
        await self.runtime.database.write(self._set_names_words, guild_id, by, names_words)

    async def matches(self, guild_id: GuildId, prompt: str) -> list[WordMatch]:
        """Return what the list would find in the prompt. Nothing is counted or saved."""
        entries = await self.entries(guild_id)
        return await asyncio.to_thread(lambda: WordList(entries).matches(prompt))

    # --- transactions ---

    def _add(self, connection: Connection, guild_id: GuildId, by: MemberId, lines: ReadLines) -> AddedWords:
        before = word_lists.numbered(connection, guild_id)
        there = {entry.pattern: (id_, entry) for id_, entry in before}
        changed = [
            entry
            for pattern, entry in lines.entries.items()
            if pattern in there and there[pattern][1].action is not entry.action
        ]
        new = [entry for pattern, entry in lines.entries.items() if pattern not in there]
        taken = _as_many_as_fit(new, [entry for _, entry in before])
        if taken or changed:
            word_lists.remove(connection, guild_id, [there[entry.pattern][0] for entry in changed])
            word_lists.add(connection, guild_id, [*changed, *taken])
            self._changed(connection, guild_id, by, len(before), [entry.text for entry in (*changed, *taken)])
        known = len(lines.entries) - len(new) - len(changed)
        return AddedWords(len(taken), known, len(changed), len(new) - len(taken) + lines.skipped, lines)

    def _remove(
        self, connection: Connection, guild_id: GuildId, by: MemberId, ids: Collection[EntryId]
    ) -> list[str]:
        before = word_lists.numbered(connection, guild_id)
        removed = [(id_, entry.text) for id_, entry in before if id_ in ids]
        if removed:
            word_lists.remove(connection, guild_id, [id_ for id_, _ in removed])
            self._changed(connection, guild_id, by, len(before), [text for _, text in removed])
        return [text for _, text in removed]

    def _changed(
        self, connection: Connection, guild_id: GuildId, by: MemberId, count: int, texts: Sequence[str]
    ) -> None:
        """Save the version of the list that is there now, and record the change once for all entries."""
        entries = word_lists.entries(connection, guild_id)
        chosen = server_settings.get(connection, guild_id)
        server_settings.put(connection, guild_id, replace(chosen, words_version=version_of(entries)))
        server_settings.record(
            connection,
            guild_id=guild_id,
            actor_id=by,
            at=self.runtime.clock.now(),
            topic=AuditTopic.WORDS,
            before={"count": count},
            after={"count": len(entries), "texts": "\n".join(texts[:AUDITED_MOST])},
        )

    def _set_names_words(
        self,
        connection: Connection,
        guild_id: GuildId,
        by: MemberId,
        names_words: bool,  # noqa: FBT001  passed on by `write`
    ) -> None:
        chosen = server_settings.get(connection, guild_id)
        if chosen.names_words == names_words:
            return
        server_settings.put(connection, guild_id, replace(chosen, names_words=names_words))
        server_settings.record(
            connection,
            guild_id=guild_id,
            actor_id=by,
            at=self.runtime.clock.now(),
            topic=AuditTopic.WORDS,
            before={"names_words": int(chosen.names_words)},
            after={"names_words": int(names_words)},
        )


def _everything(
    connection: Connection, guild_id: GuildId
) -> tuple[GuildChoices, list[tuple[EntryId, WordEntry]]]:
    return server_settings.get(connection, guild_id), word_lists.numbered(connection, guild_id)


def _as_many_as_fit(new: Sequence[WordEntry], there: Sequence[WordEntry]) -> list[WordEntry]:
    room = ENTRIES_MOST - len(there)
    characters = LIST_MOST_CHARACTERS - sum(len(entry.pattern) for entry in there)
    taken: list[WordEntry] = []
    for entry in new[:room]:
        characters -= len(entry.pattern)
        if characters < 0:
            break
        taken.append(entry)
    return taken
