"""The delivery ladder's rules: which rungs a card has, and what each answer of Discord means for them."""

from collections.abc import Sequence
from enum import Enum, auto

import discord
from discord.http import aiohttp as _wire  # type: ignore[attr-defined]  # its errors come through discord.py

from bot.domain.card import Rung


class AnswerInDoubt(Exception):
    """A call had no answer, and what was to show whether it was heard was refused."""


#: A call to Discord had no answer: nobody knows whether it was heard.
NO_ANSWER: tuple[type[Exception], ...] = (TimeoutError, _wire.ClientError, AnswerInDoubt)
#: Whatever a call to Discord may end with: a refusal, or no answer at all.
DISCORD_ERRORS: tuple[type[Exception], ...] = (discord.HTTPException, OSError, *NO_ANSWER)


class Verdict(Enum):
    LATER = auto()  # Discord does not answer, or not well
    TOKEN_DEAD = auto()  # the interaction token is spent: never use it again
    MESSAGE_GONE = auto()  # deleted, or out of this token's reach
    TOO_LARGE = auto()
    WORDS_REFUSED = auto()  # AutoMod: send it without the member's words
    INVALID = auto()  # a field of the request is wrong, such as an attachment that is no longer there
    IMPOSSIBLE = auto()  # not by this rung


_BY_CODE = {
    10008: Verdict.MESSAGE_GONE,
    10015: Verdict.TOKEN_DEAD,
    50027: Verdict.TOKEN_DEAD,
    40005: Verdict.TOO_LARGE,
    50035: Verdict.INVALID,
    200000: Verdict.WORDS_REFUSED,
    200001: Verdict.WORDS_REFUSED,
    240000: Verdict.WORDS_REFUSED,
}
#: The interaction was answered before, or its three seconds are over.
ALREADY_ANSWERED = 40060
UNKNOWN_INTERACTION = 10062

_UNAUTHORIZED, _TOO_LARGE, _TOO_MANY, _BROKEN = 401, 413, 429, 500


def verdict(error: Exception) -> Verdict:
    if not isinstance(error, discord.HTTPException):
        return Verdict.LATER
    if error.code in _BY_CODE:
        return _BY_CODE[error.code]
    if error.status == _TOO_LARGE:
        return Verdict.TOO_LARGE
    # A 401 without a code is the bot's own token: the operator has to mend it. A 403 without one is
    # Cloudflare's, not Discord's.
    is_for_later = error.status in (_UNAUTHORIZED, _TOO_MANY) or error.status >= _BROKEN or not error.code
    return Verdict.LATER if is_for_later else Verdict.IMPOSSIBLE


def is_refusal(error: Exception) -> bool:
    """Whether Discord surely did not do what was asked; anything else may have been done all the same."""
    if not isinstance(error, discord.HTTPException):
        return False
    return error.status < _BROKEN and error.status != _TOO_MANY


def reason(error: Exception) -> str:
    """For logs: without Discord's own text, which may quote what a member wrote."""
    if isinstance(error, discord.HTTPException):
        return f"{error.status} {error.code}"
    return type(error).__name__


def rungs(*, has_token: bool, has_message: bool, is_private: bool, has_pictures: bool) -> Sequence[Rung]:
    """What may be tried, in order. A change without a picture is never worth a new message."""
    possible = {
        Rung.TOKEN: has_token and has_message,
        Rung.EDIT: has_message and not is_private,
        Rung.MESSAGE: has_pictures and not is_private,
    }
    return [rung for rung, is_possible in possible.items() if is_possible]
