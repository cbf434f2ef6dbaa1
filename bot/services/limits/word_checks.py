"""The check of prompts against the word lists of servers, which are kept ready in memory.

A prompt is judged before its transaction, which then compares the version of the list that it was judged by
with the server's: the decision is the transaction's, and takes it no time.
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

from bot.domain.administration import GuildChoices
from bot.domain.ids import GuildId
from bot.domain.luma import VARIATION_PROMPT
from bot.domain.request import ImageRequest
from bot.domain.word_list import WordAction, WordEntry, WordList, WordRefused
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.servers import server_settings, word_lists

#: Of the entries of all lists that are kept: some hundred bytes each.
CHARACTERS_MOST = 400_000


class WordListChanged(Exception):
    """The prompt was judged by another version of the list, or by none: it has to be loaded first."""


@dataclass(frozen=True, slots=True)
class Judgement:
    #: Of the list that the prompt was judged by.
    version: int = 0
    found: WordEntry | None = None

    @property
    def needs_approval(self) -> bool:
        return self.found is not None and self.found.action is WordAction.HOLD

    @property
    def is_told(self) -> bool:
        """Return whether the moderators learn of the prompt."""
        return self.found is not None and self.found.action is WordAction.TELL

    @property
    def word(self) -> str | None:
        return None if self.found is None else self.found.text

    def require_allowed(self, chosen: GuildChoices) -> None:
        """Raises `WordRefused`; `WordListChanged` if the server's list is another one by now."""
        if self.version != chosen.words_version:
            raise WordListChanged
        if self.found is not None and self.found.action is WordAction.REFUSE:
            raise WordRefused(self.found.text if chosen.names_words else None)


@dataclass(frozen=True, slots=True)
class _Kept:
    version: int
    words: WordList
    characters: int


@dataclass(slots=True, kw_only=True)
class WordChecks:
    runtime: Runtime
    #: The lists that were needed last stand at the end.
    _kept: OrderedDict[GuildId, _Kept] = field(default_factory=OrderedDict)

    def judge(self, guild_id: GuildId, request: ImageRequest) -> Judgement:
        """Judge the prompt by the list at hand; without one, as for a server that has none."""
        kept = self._kept.get(guild_id)
        if kept is None:
            return Judgement()
        self._kept.move_to_end(guild_id)
        return Judgement(kept.version, kept.words.found_in(_checked_texts(request)))

    async def load(self, guild_id: GuildId) -> None:
        """Read the server's list, and make it ready in another thread: a long list takes a while."""
        version, entries = await self.runtime.database.read(_list_of, guild_id)
        words = await asyncio.to_thread(WordList, entries)
        self._keep(guild_id, _Kept(version, words, sum(len(entry.pattern) for entry in entries)))

    def _keep(self, guild_id: GuildId, kept: _Kept) -> None:
        self._kept[guild_id] = kept
        self._kept.move_to_end(guild_id)
        characters = sum(one_list.characters for one_list in self._kept.values())
        while characters > CHARACTERS_MOST and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            characters -= oldest.characters


def _list_of(connection: Connection, guild_id: GuildId) -> tuple[int, list[WordEntry]]:
    version = server_settings.get(connection, guild_id).words_version
    return version, word_lists.entries(connection, guild_id)


def _checked_texts(request: ImageRequest) -> list[str]:
    """Return what is sent and what the card shows, but not the bot's own words for variations."""
    if request.sent_prompt == VARIATION_PROMPT:
        return []
    return list(dict.fromkeys((request.sent_prompt, request.prompt)))
