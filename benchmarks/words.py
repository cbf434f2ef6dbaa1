"""What a word list costs a request: the CPU of a decision on a prompt of 6,000 characters.

Each list of up to 2,000 entries meets plain English and everything that is meant to make it slow; the worst
of it is set against the plain prompt.
"""

import time
from dataclasses import dataclass

from benchmarks.table import print_table, ratio
from bot.domain.word_list import WordList
from tests.unit.hostile_words import LISTS, PROMPTS, entries_of

PLAIN = "words"


@dataclass(frozen=True)
class Size:
    rounds: int = 30
    lists: tuple[str, ...] = tuple(LISTS)


async def main(size: Size | None = None) -> None:
    size = size or Size()
    print_table(
        "A decision on 6,000 characters, by word list: the CPU in ms, the quickest of some rounds",
        ("list", "entries", "plain", "worst", "prompt", "worst against plain"),
        [row(name, size.rounds) for name in size.lists],
    )


def row(name: str, rounds: int) -> tuple[str, ...]:
    entries = entries_of(LISTS[name])
    words = WordList(entries)
    taken = {prompt: seconds(words, text, rounds) for prompt, text in PROMPTS.items()}
    worst = max(taken, key=taken.__getitem__)
    plain = taken[PLAIN]
    times = f"{plain * 1000:.2f}", f"{taken[worst] * 1000:.2f}"
    return name, f"{len(entries):,}", *times, worst, ratio(taken[worst], plain)


def seconds(words: WordList, prompt: str, rounds: int) -> float:
    """Return the CPU of the quickest round; the first one learns the characters."""
    words.found_in([prompt])
    return min(once(words, prompt) for _ in range(rounds))


def once(words: WordList, prompt: str) -> float:
    begun = time.process_time()
    words.found_in([prompt])
    return time.process_time() - begun
