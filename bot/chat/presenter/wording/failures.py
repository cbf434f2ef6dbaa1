"""The words for an image that did not come: what happened, that it does not count, and what to do."""

from dataclasses import dataclass

from bot.domain.failure import (
    FILE_LOST,
    FILE_UNREADABLE,
    MODEL_REFUSED,
    SOURCE_NOT_TAKEN,
    SOURCE_OUT_OF_REACH,
    Failure,
    FailureKind,
    SourceProblem,
)
from bot.words.catalogs import deferred
from bot.words.catalogs import gettext as _


@dataclass(frozen=True, slots=True)
class Words:
    headline: str
    what: str
    advice: str

    @property
    def text(self) -> str:
        # Translators: {what} and {advice} are whole sentences.
        return _(
            "{what} This didn't count toward your limit. {advice}",
            what=self.what,
            advice=self.advice,
        )

    @property
    def before_the_request(self) -> str:
        """The same words for a request that was not made, so that nothing could have counted."""
        # Translators: both are whole sentences; between them stands what your language writes there.
        return _("{what} {advice}", what=self.what, advice=self.advice)


_TRY_AGAIN = deferred("Please try again.")
_TRY_IN_A_WHILE = deferred("Try again in a while.")
_TRY_LATER = deferred("Try again later.")
_SCALE_DOWN = deferred("Scale it down, or save it as JPEG.")

_BY_KIND = {
    FailureKind.BLOCKED: Words(
        deferred("Blocked by the content filter"),
        deferred("The image service's filter blocked the prompt or the image."),
        deferred("Try rephrasing the prompt."),
    ),
    FailureKind.INVALID: Words(
        deferred("Refused by the image service"),
        deferred("The image service couldn't process this request."),
        deferred("Try a shorter or simpler prompt."),
    ),
    FailureKind.SOURCE: Words(
        deferred("Couldn't use this image"),
        deferred("The image to edit couldn't be used."),
        deferred("Try another one, or save it and upload it with `/edit`."),
    ),
    FailureKind.BUSY: Words(
        deferred("Service busy"),
        deferred("The image service was too busy to accept the request."),
        _TRY_IN_A_WHILE,
    ),
    FailureKind.NO_CREDIT: Words(
        deferred("Paused"),
        deferred(
            "Image generation is paused: the account that pays for it is out of credit. The bot's owner needs"
            " to fix this."
        ),
        _TRY_LATER,
    ),
    FailureKind.KEY: Words(
        deferred("Paused"),
        deferred(
            "Image generation is paused: the image service doesn't accept this bot's key. The bot's owner"
            " needs to fix this."
        ),
        _TRY_LATER,
    ),
    FailureKind.PROVIDER: Words(
        deferred("Generation failed"),
        deferred("The image service couldn't generate this image."),
        deferred("Try again: a second attempt often works."),
    ),
    FailureKind.EXPIRED: Words(
        deferred("Lost by the image service"),
        deferred("The image service lost this request."),
        _TRY_AGAIN,
    ),
    FailureKind.UNKNOWN: Words(
        deferred("No answer"),
        deferred(
            "I couldn't confirm whether the request went through. To avoid charging twice, I didn't retry it."
        ),
        _TRY_AGAIN,
    ),
    FailureKind.DISCORD: Words(
        deferred("Generated, but not delivered"),
        deferred("The image was generated, but Discord didn't accept it in time."),
        deferred("Make sure I can see this channel, post in it and attach files, then try again."),
    ),
    FailureKind.BUG: Words(
        deferred("Something went wrong"),
        deferred("An error occurred inside this bot."),
        deferred("Please try again. If it happens again, tell the bot's owner."),
    ),
}

_BY_PROBLEM = {
    SourceProblem.GONE: Words(
        deferred("The image is gone"),
        deferred("The image to edit is no longer there."),
        deferred("Post it again, or upload it with `/edit`."),
    ),
    SourceProblem.FOREIGN: Words(
        deferred("Image not on Discord"),
        deferred("I can only use images hosted on Discord."),
        deferred("Save the image and upload it with `/edit`."),
    ),
    SourceProblem.TOO_LARGE: Words(
        deferred("File too large"),
        deferred("The file is larger than 50 MB."),
        deferred("Make it smaller, or save it as JPEG."),
    ),
    SourceProblem.NOT_A_PICTURE: Words(
        deferred("Not an image"),
        deferred("That file isn't an image I can read."),
        deferred("JPEG, PNG, WebP, GIF and HEIC work."),
    ),
    SourceProblem.TOO_MANY_PIXELS: Words(
        deferred("Too many pixels"),
        deferred("The image has more pixels than I can open."),
        deferred("Scale it down."),
    ),
    SourceProblem.TOO_SMALL: Words(
        deferred("Image too small"),
        deferred("The image is too small or too narrow to edit."),
        deferred(
            "It needs at least 32 pixels on each side, and the longer side can be at most 250 times the"
            " shorter one."
        ),
    ),
    SourceProblem.BROKEN: Words(
        deferred("Damaged image"),
        deferred("The file is damaged or incomplete."),
        deferred("Save or upload it again, or take a screenshot of it."),
    ),
    SourceProblem.TOO_HEAVY: Words(
        deferred("Too large to process"),
        deferred("Opening this image takes more memory or work than I can spend on one image."),
        _SCALE_DOWN,
    ),
    SourceProblem.TOO_SLOW: Words(
        deferred("Too slow to open"),
        deferred("Opening this image took too long."),
        _SCALE_DOWN,
    ),
}


_FILE_LOST = Words(
    deferred("Generated, but the file was lost"),
    deferred("The image was generated, but its file couldn't be downloaded."),
    _TRY_AGAIN,
)
_SOURCE_NOT_TAKEN = Words(
    deferred("Generation failed"),
    deferred("The image service didn't accept the image to edit."),
    _TRY_IN_A_WHILE,
)
_SOURCE_OUT_OF_REACH = Words(
    deferred("Couldn't download the image"),
    deferred("Discord didn't let me download the image to edit. It may still be there."),
    deferred("Try again in a while, or save it and upload it with `/edit`."),
)
_FILE_UNREADABLE = Words(
    deferred("Generated, but the file is unreadable"),
    deferred("The image was generated, but the file I received can't be shown."),
    _TRY_AGAIN,
)
_MODEL_REFUSED = Words(
    deferred("Paused"),
    deferred(
        "Image generation is paused: the image service doesn't offer this bot's model. The bot's owner"
        " needs to fix this."
    ),
    _TRY_LATER,
)
_BY_DETAIL: dict[str | None, Words] = {
    FILE_LOST: _FILE_LOST,
    FILE_UNREADABLE: _FILE_UNREADABLE,
    SOURCE_NOT_TAKEN: _SOURCE_NOT_TAKEN,
}


def failure_words(failure: Failure) -> Words:
    return _translated(_words_of(failure))


def problem_words(problem: SourceProblem) -> Words:
    return _translated(_BY_PROBLEM[problem])


def _words_of(failure: Failure) -> Words:
    if failure.kind is FailureKind.PROVIDER and failure.detail in _BY_DETAIL:
        return _BY_DETAIL[failure.detail]
    if failure.kind is FailureKind.KEY and failure.detail == MODEL_REFUSED:
        return _MODEL_REFUSED
    if failure.kind is FailureKind.SOURCE and failure.detail == SOURCE_OUT_OF_REACH:
        return _SOURCE_OUT_OF_REACH
    if failure.kind is FailureKind.SOURCE and failure.detail in _PROBLEMS:
        return _BY_PROBLEM[_PROBLEMS[failure.detail]]
    return _BY_KIND[failure.kind]


def _translated(words: Words) -> Words:
    return Words(_(words.headline), _(words.what), _(words.advice))


_PROBLEMS: dict[str | None, SourceProblem] = {problem.value: problem for problem in SourceProblem}
