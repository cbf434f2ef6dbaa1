"""The search for many texts at once, in one walk over a text: the algorithm of Aho and Corasick (1975).

The walk takes at most two steps for each character, whatever is searched for. It leaves out the parts of the
text that hold none of the characters that are searched for.
"""

import re
import sys
from collections import deque
from collections.abc import Iterator, Sequence

#: In none of the texts.
_APART = "\x00"
#: No index of a text is as high.
_NONE = sys.maxsize


class TextSearch:
    """Finds which of its texts another text contains. A text is named by its index; the first ones win.

    There is at least one, and none is empty or holds a NUL.
    """

    __slots__ = ("_best", "_next", "_own", "_parts", "_shorter")

    def __init__(self, texts: Sequence[str]) -> None:
        # By state, which is a place in some of the texts. Of small numbers and characters alone, so that
        # Python's garbage collector need not look at each.
        self._next: list[dict[str, int]] = [{}]
        self._own: dict[int, int] = {}
        for index, text in enumerate(texts):
            self._own.setdefault(self._state_after(text), index)
        #: The state after the longest end of what was read that another text begins with.
        self._shorter = [0] * len(self._next)
        #: The first of the texts that end in this state, or in a shorter one.
        self._best = [self._own.get(state, _NONE) for state in range(len(self._next))]
        self._link()
        characters = set().union(*texts)
        #: Finds the parts of a text that may contain one: a class of characters, which takes no step back.
        self._parts = re.compile(
            f"[{''.join(map(re.escape, sorted(characters)))}]{{{min(2, *map(len, texts))},}}"
        )
        # From the first state, a step leads somewhere for each character that is left.
        for character in (*characters, _APART):
            self._next[0].setdefault(character, 0)

    def first_in(self, text: str) -> int | None:
        """Return the lowest index of a text that is contained."""
        following, shorter, best = self._next, self._shorter, self._best
        state, lowest = 0, _NONE
        for character in _APART.join(self._parts.findall(text)):
            while character not in (steps := following[state]):
                state = shorter[state]
            state = steps[character]
            if best[state] < lowest:  # noqa: PLR1730  `min` would be called for each character
                lowest = best[state]
        return None if lowest == _NONE else lowest

    def all_in(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield the index and the end of each place where one of the texts is contained."""
        state = 0
        for end, character in enumerate(text, start=1):
            state = self._after(state, character)
            ending = state
            while ending and self._best[ending] < _NONE:
                if ending in self._own:
                    yield self._own[ending], end
                ending = self._shorter[ending]

    def _state_after(self, text: str) -> int:
        state = 0
        for character in text:
            following = self._next[state]
            if character not in following:
                following[character] = len(self._next)
                self._next.append({})
            state = following[character]
        return state

    def _link(self) -> None:
        waiting = deque(self._next[0].values())
        while waiting:
            state = waiting.popleft()
            for character, after in self._next[state].items():
                shorter = self._after(self._shorter[state], character)
                self._shorter[after] = shorter
                self._best[after] = min(self._best[after], self._best[shorter])
                waiting.append(after)

    def _after(self, state: int, character: str) -> int:
        while state and character not in self._next[state]:
            state = self._shorter[state]
        return self._next[state].get(character, 0)
