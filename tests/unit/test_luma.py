"""Texts and options name the limits of the model as `bot.domain.luma` has them."""

from bot.chat.presenter.cards.forms import upload_form
from bot.chat.presenter.wording import command_words
from bot.chat.presenter.wording.failures import problem_words
from bot.domain.failure import SourceProblem
from bot.domain.ids import JobId
from bot.domain.luma import (
    FILE_MOST_MB,
    MANGA_RATIO,
    MANGA_RATIOS,
    PROMPT_MOST_CHARACTERS,
    VARIATION_PROMPT,
    Style,
)
from bot.domain.plain_words import plain_words
from bot.domain.request import COUNT_MOST, ImageRequest, Source
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


def test_the_words_for_variations_are_an_edit_that_the_model_takes() -> None:
    """At most 6,000 characters of plain English that name what to keep; nothing that the bot takes out."""
    assert VARIATION_PROMPT.isascii()
    assert VARIATION_PROMPT.isprintable()
    assert plain_words(VARIATION_PROMPT) == VARIATION_PROMPT
    assert "Keep the subject" in VARIATION_PROMPT
    request = ImageRequest.checked(prompt=VARIATION_PROMPT, source=Source(job_id=JobId(1)))
    assert (request.sent_prompt, request.aspect_ratio, request.style) == (VARIATION_PROMPT, None, Style.AUTO)


def test_what_is_used_without_a_choice_is_possible() -> None:
    assert MANGA_RATIO in MANGA_RATIOS
