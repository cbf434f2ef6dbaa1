"""The provider's error texts: finding them, removing secrets from them, and sorting them by kind."""

import re
from collections.abc import Iterator, Mapping

from bot.domain.failure import Failure, FailureKind, SourceProblem
from bot.segmind.wire import Json

NOTE_MOST_CHARACTERS = 300
#: The part of a text that is read. More would only cost time.
READ_MOST_CHARACTERS = 2000
ENVELOPE = ("error", "detail", "message", "error_message", "error_description", "msg", "reason")
MOST_DEPTH = 4

#: URLs come first: asset URLs contain the account owner's e-mail address.
SECRETS = (
    (re.compile(r"(?i)\b(?:https?|data|wss?):\S+"), "[url]"),
    (re.compile(r"(?<!\S)\S+(?:@|%40)\S+"), "[address]"),
    (re.compile(r"\bSG_\w+"), "[key]"),
)
UNPRINTABLE = re.compile(r"[^\S ]+|[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
MARKUP = re.compile(r"(?is)<(script|style)\b.*?</\1>|<!--.*?-->|<[a-z!/][^>]*>")

#: "portrait" and "training" contain "rai", and "moderately" is no verdict.
BLOCKED = re.compile(
    r"(?i)moderat(?!ely)|content[\s_-]*(?:policy|filter)|flagged|safety|nsfw"
    r"|responsible[\s_-]*ai(?![a-z])|(?<![a-z])rai(?![a-z])"
)
SOURCE_WORDS = (
    (re.compile(r"(?i)image[\s_-]*too[\s_-]*large"), SourceProblem.TOO_LARGE),
    (re.compile(r"(?i)unsupported[\s_-]*format|corrupt(?:ed)?[\s_-]*input"), SourceProblem.NOT_A_PICTURE),
    (
        re.compile(
            r"(?i)^(?!.*(?:generated|output|result))(?:"
            r".*\b(?:download|fetch|retriev)\w*\W(?:[\w']+\W+){0,4}image"
            r"|.*\bimage(?:[\s_-]*url)?\W(?:[\w']+\W+){0,6}(?:download|fetch|retriev))"
        ),
        SourceProblem.GONE,
    ),
)
INVALID = re.compile(
    r"(?i)invalid[\s_-]*request|\brequire[ds]\b|\bmust be\b"
    r"|invalid[\s_-]*(?:input|parameter|value|prompt|style|aspect)"
)


def cleaned(text: str, *, key: str = "") -> str:
    """Return one line for the log, clipped, without secrets, markup and control characters."""
    if key:
        text = text.replace(key, "[key]")
    text = MARKUP.sub(" ", text[:READ_MOST_CHARACTERS])
    for pattern, word in SECRETS:
        text = pattern.sub(word, text)
    return " ".join(UNPRINTABLE.sub(" ", text).split())[:NOTE_MOST_CHARACTERS]


def error_text(value: Json) -> str:
    """Return the texts of an error body of any form; "" if it has none."""
    return " · ".join(dict.fromkeys(_texts(value, MOST_DEPTH)))


def _texts(value: Json, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        if value.strip():
            yield value.strip()
    elif depth > 0 and isinstance(value, Mapping):
        for name in ENVELOPE:
            yield from _texts(value.get(name), depth - 1)
    elif depth > 0 and isinstance(value, list):
        for item in value:
            yield from _texts(item, depth - 1)


def failure_of(text: str) -> Failure:
    """Find the kind of failure that the text of a FAILED job means."""
    note = cleaned(text) or None
    # `cleaned` removes URLs: a file named safety.png is no verdict.
    words = note or ""
    if BLOCKED.search(words):
        return Failure(FailureKind.BLOCKED, note=note)
    for pattern, problem in SOURCE_WORDS:
        if pattern.search(words):
            return Failure(FailureKind.SOURCE, problem, note)
    if INVALID.search(words):
        return Failure(FailureKind.INVALID, note=note)
    return Failure(FailureKind.PROVIDER, note=note)
