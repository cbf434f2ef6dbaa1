"""Texts and options name the limits of the model as `bot.domain.luma` has them."""

from bot.chat.presenter import command_words
from bot.chat.presenter.failures import problem_words
from bot.chat.presenter.forms import upload_form
from bot.domain.failure import SourceProblem
from bot.domain.luma import (
    FILE_MOST_MB,
    MANGA_RATIO,
    MANGA_RATIOS,
    PROMPT_MOST_CHARACTERS,
    Style,
)
from bot.domain.request import COUNT_MOST
from tests.meta.checkout import ROOT

MOST_MEGABYTES = f"{FILE_MOST_MB} MB"
MOST_CHARACTERS = f"{PROMPT_MOST_CHARACTERS:,} characters"


def test_texts_for_members_name_the_largest_file() -> None:
    assert MOST_MEGABYTES in repr(problem_words(SourceProblem.TOO_LARGE))
    assert MOST_MEGABYTES in repr(upload_form("", Style.AUTO, 1, 0, is_private=False))


def test_options_name_the_most_pictures() -> None:
    assert f"1 to {COUNT_MOST}" in str(command_words.IMAGINE_OPTIONS["count"])
    assert f"1 to {COUNT_MOST}" in str(command_words.EDIT_OPTIONS["count"])


def test_documents_name_the_longest_prompt_and_the_largest_file() -> None:
    assert MOST_CHARACTERS in (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert MOST_MEGABYTES in (ROOT / "docs" / "security.md").read_text(encoding="utf-8")


def test_what_is_used_without_a_choice_is_possible() -> None:
    assert MANGA_RATIO in MANGA_RATIOS
