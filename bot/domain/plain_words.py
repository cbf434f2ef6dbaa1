"""A prompt as the provider may read it: Discord's tokens become names, and no id leaves the bot.

Discord's client shows a token such as `<@80351110224678912>` as a name, a picture or a date. The tokens are
those of "Message Formatting" in Discord's documentation. Admission needs to know whether any text is left
before it spends anything. So this is decided here, and not where the prompt is sent.
"""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Protocol

from bot.domain.character_folding import FILLERS

#: The name of a mentioned user whose name is not known.
SOMEONE = "someone"
NAME_MOST_CHARACTERS = 100

_HOST = r"(?:[a-z0-9-]{1,63}\.){0,3}(?:discord(?:app|cdn|status|says|-activities)?\.[a-z]{2,10}|dis\.gd)"
_WITH_SCHEME = rf"[a-z]{{2,10}}://(?:[^\s/<>@]{{1,100}}@)?{_HOST}(?![\w.-]*\w)"
_REST = r"(?:[^\s<>()\[\]|\"'`]*[^\s<>()\[\]|\"'`,.;:!?])?"
_TOKENS = re.compile(
    r"<@!?(?P<user>\d{1,25})>"
    r"|<@&(?P<role>\d{1,25})>"
    r"|<#(?P<channel>\d{1,25})>"
    r"|<a?:(?P<emoji>\w{1,32}):\d{1,25}>"
    r"|</(?P<command>[^<>:\n]{1,100}):\d{1,25}>"
    r"|<(?P<sound>sound):\d{1,25}:\d{1,25}>"
    r"|<t:(?P<seconds>-?\d{1,25})(?::(?P<style>[a-z]))?>"
    r"|<id:(?P<page>[a-z-]{1,32})(?::\d{1,25})?>"
    r"|(?<![\w@])@(?P<group>everyone|here)\b"
    rf"|(?P<link><?(?<![\w.-])(?:{_WITH_SCHEME}|{_HOST}(?=[:/])|discord://){_REST}>?)",
    re.IGNORECASE,
)
#: Discord's ids have 17 to 19 digits now. No number in a real prompt is that long.
_ID = re.compile(r"\d{17,}")
_HIDDEN = re.compile(
    r"(?P<flag>\U0001F3F4[\U000E0030-\U000E007A]{3,6}\U000E007F)"
    r"|[\U000E0000-\U000E007F]"
    r"|(?<![\u3400-\u9FFF\uF900-\uFAFF\U00020000-\U0003FFFF])[\U000E0100-\U000E01EF]"
    r"|[\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x84\x86-\x9F]"
)
#: Only text that is made to deceive needs more. It loses the signs without which no token is one.
PASSES_MOST = 10
_WITHOUT_MARKUP = dict.fromkeys(map(ord, "<>@:/"))
#: Without a shape, although not by their categories: fillers, and Braille without dots.
_BLANK = FILLERS | {0x2800}
_SPACES = re.compile(r"[ \t]+(?=[ \t\n,.;:!?])|(?<=\n)[ \t]+")


class Names(Protocol):
    """Looks up names by id. None = the name is not known, or the member may not see it."""

    def user(self, user_id: int) -> str | None: ...
    def role(self, role_id: int) -> str | None: ...
    def channel(self, channel_id: int) -> str | None: ...


class NoNames:
    """Knows no names."""

    def user(self, user_id: int) -> str | None: ...
    def role(self, role_id: int) -> str | None: ...
    def channel(self, channel_id: int) -> str | None: ...


NO_NAMES = NoNames()


def plain_words(text: str, names: Names = NO_NAMES) -> str:
    """Return the text without tokens, ids, links to Discord and hidden text, else unchanged."""
    text = _without_hidden_text(text)
    words = _until_none_is_left(_TOKENS.sub(lambda token: _words(token, names), text))
    return text if words == text else _SPACES.sub("", words).strip()


def is_visible(text: str) -> bool:
    """Return whether the text has any visible character."""
    return any(ord(sign) not in _BLANK and unicodedata.category(sign)[0] in "LNPS" for sign in text)


def storable(text: str) -> str:
    """Return the text without what no database can store: NUL and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode("utf-8")


def _without_hidden_text(text: str) -> str:
    """Return the text without characters that spell words for a model, and nothing for people.

    These are tags, but for the flag of a region, variation selectors, but for a variant of an ideograph, and
    control characters.
    """
    return _HIDDEN.sub(lambda found: found["flag"] or "", text)


def _until_none_is_left(text: str) -> str:
    """Replace tokens and ids again and again: the text around a removed one may form a new one."""
    for _ in range(PASSES_MOST):
        words = _ID.sub(" ", _TOKENS.sub(lambda token: _words(token, NO_NAMES), text))
        if words == text:
            return words
        text = words
    return _ID.sub(" ", text.translate(_WITHOUT_MARKUP))


def _words(token: re.Match[str], names: Names) -> str:
    kind, found = token.lastgroup, token.groupdict()
    match kind:
        case "user":
            return _name(names.user(int(found["user"]))) or SOMEONE
        case "role":
            return _name(names.role(int(found["role"]))) or " "
        case "channel":
            return _name(names.channel(int(found["channel"]))) or " "
        case "seconds" | "style":
            return _date(int(found["seconds"]), found["style"] or "f")
        case "link" | "sound" | None:
            return " "
    return found[kind] or " "


def _name(name: str | None) -> str:
    """Return the name on one line, without tokens, ids and links: others chose it, perhaps to deceive."""
    if name is None:
        return ""
    spaced = "".join(" " if unicodedata.category(sign)[0] in "CZ" else sign for sign in name)
    shown = plain_words(spaced).translate({ord("<"): None, ord(">"): None})
    return " ".join(shown.split())[:NAME_MOST_CHARACTERS].strip()


def _date(seconds: int, style: str) -> str:
    """Return the date in UTC: the member's time zone is not known here."""
    try:
        at = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return " "
    day, time = f"{at.day} {at:%B} {at.year}", f"{at:%H:%M} UTC"
    match style:
        case "t" | "T":
            return time
        case "d" | "D":
            return day
    return f"{day}, {time}"
