"""What a member reads when a picture did not come: what happened, that it was not counted, what to do."""

from dataclasses import dataclass

from bot.domain.failure import (
    FILE_LOST,
    FILE_UNREADABLE,
    SOURCE_NOT_TAKEN,
    SOURCE_OUT_OF_REACH,
    Failure,
    FailureKind,
    SourceProblem,
)


@dataclass(frozen=True, slots=True)
class Words:
    """`headline` goes after "2 of 4" as well as alone, so it begins with a small letter."""

    headline: str
    what: str
    advice: str

    @property
    def text(self) -> str:
        return f"{self.what} Not counted. {self.advice}"


_BY_KIND = {
    FailureKind.BLOCKED: Words(
        "blocked by the content filter",
        "The provider's filter stopped the prompt or the picture.",
        "Try it in other words.",
    ),
    FailureKind.INVALID: Words(
        "refused by the provider",
        "The provider could not work with this request.",
        "Try a shorter or simpler prompt.",
    ),
    FailureKind.SOURCE: Words(
        "not possible with this picture",
        "The picture to edit could not be used.",
        "Try another one, or save it and give the file to `/edit`.",
    ),
    FailureKind.BUSY: Words(
        "not taken: too busy",
        "The provider was too busy to take the request, for as long as I could wait.",
        "Try again in a while.",
    ),
    FailureKind.NO_CREDIT: Words(
        "paused",
        "Pictures are paused: the account that pays for them is empty. Whoever runs this bot can mend that.",
        "Try again later.",
    ),
    FailureKind.KEY: Words(
        "paused",
        "Pictures are paused: the provider does not let this bot in. Whoever runs it can mend that.",
        "Try again later.",
    ),
    FailureKind.PROVIDER: Words(
        "failed at the provider",
        "The provider tried and failed.",
        "Try again: a second attempt often works.",
    ),
    FailureKind.EXPIRED: Words(
        "lost at the provider",
        "The provider forgot the request before it was seen to end.",
        "Try again.",
    ),
    FailureKind.UNKNOWN: Words(
        "without an answer",
        "Whether the provider took the request could not be found out, and I never ask twice for a picture.",
        "Try again.",
    ),
    FailureKind.DISCORD: Words(
        "made, but not delivered",
        "The picture was made, but Discord did not take it in time.",
        "Check that I may see this channel, post in it and attach files, then try again.",
    ),
    FailureKind.BUG: Words(
        "failed: my mistake",
        "Something went wrong inside this bot.",
        "Try again. If it happens again, tell whoever runs this bot.",
    ),
}

_BY_PROBLEM = {
    SourceProblem.GONE: Words(
        "not possible: the picture is gone",
        "The picture to edit is no longer there.",
        "Post it again, or give the file to `/edit`.",
    ),
    SourceProblem.FOREIGN: Words(
        "not possible: the picture is not on Discord",
        "I fetch pictures from Discord only, and this one lives elsewhere.",
        "Save it and give the file to `/edit`.",
    ),
    SourceProblem.TOO_LARGE: Words(
        "not possible: the file is too large",
        "The file is larger than 50 MB.",
        "Make it smaller, or save it as JPEG.",
    ),
    SourceProblem.NOT_A_PICTURE: Words(
        "not possible: not a picture",
        "The file is not a picture that I can read.",
        "JPEG, PNG, WebP, GIF and HEIC work.",
    ),
    SourceProblem.TOO_MANY_PIXELS: Words(
        "not possible: too many pixels",
        "The picture has more pixels than I can open.",
        "Scale it down.",
    ),
    SourceProblem.TOO_SMALL: Words(
        "not possible: too small",
        "The picture is too small or too narrow to edit.",
        "It needs at least 32 pixels on each side, and one side at most 250 times as long as the other.",
    ),
    SourceProblem.BROKEN: Words(
        "not possible: the picture is damaged",
        "The file is damaged or not complete.",
        "Save or upload it again, or take a screenshot of it.",
    ),
    SourceProblem.TOO_HEAVY: Words(
        "not possible: the picture is too much for me",
        "Opening the picture takes more memory or work than I can spend on one.",
        "Scale it down, or save it as JPEG.",
    ),
    SourceProblem.TOO_SLOW: Words(
        "not possible: the picture takes too long",
        "Opening the picture took too long.",
        "Scale it down, or save it as JPEG.",
    ),
}


_FILE_LOST = Words(
    "made, but its file is lost",
    "The provider made the picture, but its file could not be had for hours.",
    "Try again.",
)
_SOURCE_NOT_TAKEN = Words(
    "failed at the provider",
    "The provider did not take the picture to edit, for as long as I could wait.",
    "Try again in a while.",
)
_SOURCE_OUT_OF_REACH = Words(
    "not possible: the picture could not be fetched",
    "For hours, Discord did not let me have the picture to edit. It may still be there.",
    "Try again in a while, or save it and give the file to `/edit`.",
)
_FILE_UNREADABLE = Words(
    "made, but its file is no picture",
    "The provider says that it made the picture, but the file that it sent cannot be shown.",
    "Try again.",
)
_BY_DETAIL: dict[str | None, Words] = {
    FILE_LOST: _FILE_LOST,
    FILE_UNREADABLE: _FILE_UNREADABLE,
    SOURCE_NOT_TAKEN: _SOURCE_NOT_TAKEN,
}


def failure_words(failure: Failure) -> Words:
    if failure.kind is FailureKind.PROVIDER and failure.detail in _BY_DETAIL:
        return _BY_DETAIL[failure.detail]
    if failure.kind is FailureKind.SOURCE and failure.detail == SOURCE_OUT_OF_REACH:
        return _SOURCE_OUT_OF_REACH
    if failure.kind is FailureKind.SOURCE and failure.detail in _PROBLEMS:
        return _BY_PROBLEM[_PROBLEMS[failure.detail]]
    return _BY_KIND[failure.kind]


def problem_words(problem: SourceProblem) -> Words:
    return _BY_PROBLEM[problem]


_PROBLEMS: dict[str | None, SourceProblem] = {problem.value: problem for problem in SourceProblem}
