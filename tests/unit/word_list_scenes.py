"""The panel of the word list, with as many and as long words as there can be."""

from collections import Counter
from collections.abc import Callable
from functools import partial

from bot.chat.presenter.elements.custom_ids import Action
from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.settings import word_list_panel
from bot.chat.presenter.settings.panel_views import View, back_to
from bot.chat.presenter.settings.word_list_panel import WordListPosition
from bot.domain.ids import EntryId
from bot.domain.word_list import EntryProblem, ListedWords, WordAction, WordEntry, WordMatch
from bot.domain.word_list_text import AddedWords, ReadLines
from tests.unit.scenes import FIRST_ID, IDS, LARGE, Scene, once

_ACTIONS = list(WordAction)
_FOUND = [
    (EntryId(one), WordEntry.of(f"*{str(one) * 4}"[:100], _ACTIONS[one % len(_ACTIONS)])) for one in IDS
]
_MATCHES = [WordMatch(entry, 40 * at, 40 * at + 31) for at, (_, entry) in enumerate(_FOUND)]
_PROBLEMS = ReadLines(
    problems=Counter(dict.fromkeys(EntryProblem, LARGE)),
    examples=dict.fromkeys(EntryProblem, "*" * 10_000),
    has_regex=True,
)
_TRIED = "fox " * 1500
_SEARCH = "*狐" * 20


def _added() -> str:
    return word_list_panel.added_words(AddedWords(LARGE, LARGE, LARGE, LARGE, _PROBLEMS))


def _removed() -> str:
    return word_list_panel.removed_words([entry.text for _, entry in _FOUND[: word_list_panel.PAGE_LENGTH]])


def _list(note: Callable[[], str]) -> Scene:
    listed = ListedWords(_FOUND, total=LARGE, names_words=True)
    back = partial(back_to, View.ALL)

    def draw(page: int) -> Message:
        return word_list_panel.word_list_panel(listed, WordListPosition(page, _SEARCH), back(), note())

    return Scene(draw, IDS, (Action.WORDS, 0))


def _empty(search: str) -> Scene:
    listed, position = ListedWords([], total=0, names_words=False), WordListPosition(search=search)
    note, back = word_list_panel.names_words_saved, partial(back_to, View.ALL)
    return once(
        lambda: word_list_panel.word_list_panel(listed, position, back(), note(names_words=bool(search)))
    )


def _tried_one(action: WordAction) -> Message:
    return word_list_panel.tried(_TRIED, [WordMatch(WordEntry.of("fox", action), 0, 3)])


#: By function, as "module.name".
WORD_LIST_SCENES = {
    "word_list_panel.word_list_panel": [_list(_added), _list(_removed), _empty(""), _empty("1")],
    "word_list_panel.add_form": [once(lambda: word_list_panel.add_form(FIRST_ID))],
    "word_list_panel.search_form": [once(lambda: word_list_panel.search_form(FIRST_ID))],
    "word_list_panel.try_form": [once(lambda: word_list_panel.try_form(FIRST_ID))],
    "word_list_panel.tried": [
        once(lambda: word_list_panel.tried(_TRIED, _MATCHES)),
        once(lambda: word_list_panel.tried(_TRIED, [])),
        *(once(partial(_tried_one, action)) for action in WordAction),
    ],
    "word_list_panel.exported_words": [
        once(lambda: word_list_panel.exported_words([entry for _, entry in _FOUND])),
        once(lambda: word_list_panel.exported_words([])),
    ],
}
