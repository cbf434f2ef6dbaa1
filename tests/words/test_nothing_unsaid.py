"""Whatever is shown comes from the catalogs: in the pseudo-language, no word is left in English."""

from collections.abc import Iterator

import pytest

from bot.chat.presenter.wording.command_words import DETAILS_MENU, EDIT_MENU
from bot.words.catalogs import gettext, ngettext
from bot.words.language import LANGUAGES, language_of, speaking
from tests.unit.scenes import NAME
from tests.words.everything import everything, read_in
from tests.words.pseudo import PSEUDO, PSEUDO_LOCALE, accented, in_no_catalog, taught

#: What members, servers and the operator wrote, and names.
WRITTEN = (
    *("a lighthouse at dawn", "luma-uni-1", "fox", NAME[:5], NAME[:4], "**edit**"),
    *("sepia", "dozen", "yesterday", "Too many", "spam", "prompts", "while", "Oil", "Watercolor"),
    *(EDIT_MENU, DETAILS_MENU, *LANGUAGES.values()),
)


@pytest.fixture(autouse=True)
def spoken() -> Iterator[None]:
    with taught(), speaking(PSEUDO):
        yield


def test_a_text_is_accented_but_for_what_is_filled_in() -> None:
    assert accented("Use `/imagine` in {channel}") == "⟦Úśé `/imagine` íń {channel}⟧"
    assert gettext("Cancel") == "⟦Ćáńćéĺ⟧"
    assert ngettext("{count} thing", "{count} things", 1200) == "⟦1,200 ťĥíńǵś⟧"
    assert language_of(PSEUDO_LOCALE) == PSEUDO


def test_a_word_that_is_in_no_catalog_is_found() -> None:
    assert in_no_catalog(f"{gettext('Cancel')} now, <@7> `/imagine` 12 ada", ["ada"]) == ["now"]


def test_every_view_is_said_from_the_catalogs() -> None:
    found = {
        (drawn.name, text): words
        for drawn in everything()
        for text in read_in(drawn.shown)
        if (words := in_no_catalog(text, WRITTEN))
    }
    assert found == {}
