"""Style presets of a server: words that admins have saved under a name, and that go behind a prompt."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NewType

from bot.domain.errors import Refusal

PresetId = NewType("PresetId", int)

NAME_MOST_CHARACTERS = 30
WORDS_MOST_CHARACTERS = 300
#: As many as a list in a dialogue can offer.
MOST_PRESETS = 25


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset as a request uses it. It keeps these words, whatever becomes of the server's preset."""

    name: str
    words: str = field(repr=False)

    def behind(self, prompt: str) -> str:
        return f"{prompt}\n{self.words}"

    def removed_from(self, prompt: str) -> str:
        """Return the prompt that `behind` was called with."""
        return prompt.removesuffix(f"\n{self.words}")


@dataclass(frozen=True, slots=True)
class SavedPreset(Preset):
    """A preset that members of its server can choose now."""

    id: PresetId


def name_key(name: str) -> str:
    """Return the name so that two names that people take for the same are the same."""
    return unicodedata.normalize("NFKC", " ".join(name.split()).casefold())


class PresetProblem(StrEnum):
    NAME_EMPTY = "name_empty"
    NAME_TOO_LONG = "name_too_long"
    NAME_TAKEN = "name_taken"
    WORDS_EMPTY = "words_empty"
    WORDS_TOO_LONG = "words_too_long"
    TOO_MANY = "too_many"


class PresetRefused(Refusal):
    """The preset that an admin wants to save cannot be saved."""

    def __init__(self, problem: PresetProblem) -> None:
        super().__init__(problem)
        self.problem = problem


class PresetUnknown(Refusal):
    """The server has no such preset, or no longer. `name` is None if it was chosen from a list."""

    def __init__(self, name: str | None, existing: Sequence[str]) -> None:
        super().__init__(existing)
        self.name, self.existing = name, existing


class PromptTooLongForPreset(Refusal):
    """The prompt fits, but not together with the words of the preset."""

    def __init__(self, length: int, most: int, preset: Preset) -> None:
        super().__init__(length, most)
        self.length, self.most, self.preset = length, most, preset
