"""The meaning of Discord's error codes, which of them are final, and the rungs of the delivery ladder."""

from collections.abc import Sequence
from enum import Enum, auto

import discord
from discord.http import aiohttp as _wire  # type: ignore[attr-defined]  # its errors come through discord.py

from bot.domain.card import Rung
from bot.ops.way_out import trouble


class AnswerInDoubt(Exception):
    """A call had no answer, and the call that was to show whether it arrived was refused."""


#: A call to Discord had no answer: it is unknown whether it arrived.
NO_ANSWER: tuple[type[Exception], ...] = (TimeoutError, _wire.ClientError, AnswerInDoubt)
#: All errors that a call to Discord may end with: a refusal, or no answer at all.
DISCORD_ERRORS: tuple[type[Exception], ...] = (
    discord.HTTPException,
    discord.RateLimited,
    OSError,
    *NO_ANSWER,
)


class Verdict(Enum):
    LATER = auto()  # passing, or not known to be final: try again
    TOKEN_DEAD = auto()  # the interaction token is spent: never use it again
    MESSAGE_GONE = auto()  # deleted, or out of this token's reach
    CHANNEL_GONE = auto()
    NO_ACCESS = auto()  # the bot does not see the channel, or is not in the server
    TOO_LARGE = auto()
    WORDS_REFUSED = auto()  # blocked by AutoMod: send it without the member's words
    NO_REFERENCE = auto()  # it may not be a reply: send it as a message of its own
    NOT_PERMITTED = auto()  # some part of it, such as an embed, or all of it
    INVALID = auto()  # a field of the request is wrong, such as an attachment that is no longer there
    ARCHIVED = auto()  # not before its thread is opened again
    IMPOSSIBLE = auto()  # not by this rung


#: The only refusals that are final: after any other, the call is tried again. Each is listed, with these
#: words, at https://docs.discord.com/developers/topics/opcodes-and-status-codes#json
FINAL = {
    10003: Verdict.CHANNEL_GONE,  # unknown channel
    10004: Verdict.CHANNEL_GONE,  # unknown guild
    10008: Verdict.MESSAGE_GONE,  # unknown message
    10015: Verdict.TOKEN_DEAD,  # unknown webhook
    10062: Verdict.IMPOSSIBLE,  # unknown interaction: its three seconds are over
    40005: Verdict.TOO_LARGE,  # request entity too large
    40058: Verdict.IMPOSSIBLE,  # cannot send a message in a forum channel
    40060: Verdict.IMPOSSIBLE,  # interaction has already been acknowledged
    40094: Verdict.IMPOSSIBLE,  # this interaction has hit the maximum number of follow-up messages
    50001: Verdict.NO_ACCESS,  # missing access
    50005: Verdict.IMPOSSIBLE,  # cannot edit a message authored by another user
    50006: Verdict.IMPOSSIBLE,  # cannot send an empty message
    50008: Verdict.IMPOSSIBLE,  # cannot send messages in a non-text channel
    50013: Verdict.NOT_PERMITTED,  # you lack permissions to perform that action
    50021: Verdict.IMPOSSIBLE,  # cannot execute action on a system message
    50024: Verdict.IMPOSSIBLE,  # cannot execute action on this channel type
    50027: Verdict.TOKEN_DEAD,  # invalid webhook token provided
    50035: Verdict.INVALID,  # invalid form body
    50045: Verdict.TOO_LARGE,  # file uploaded exceeds the maximum size
    50083: Verdict.ARCHIVED,  # tried to perform an operation on an archived thread
    50109: Verdict.IMPOSSIBLE,  # the request body contains invalid JSON
    160002: Verdict.NO_REFERENCE,  # cannot reply without permission to read message history
    160005: Verdict.IMPOSSIBLE,  # thread is locked
    200000: Verdict.WORDS_REFUSED,  # message was blocked by automatic moderation
    200001: Verdict.WORDS_REFUSED,  # title was blocked by automatic moderation
    240000: Verdict.WORDS_REFUSED,  # message blocked by harmful links filter
}
#: The interaction was answered before.
ALREADY_ANSWERED = 40060
#: Cloudflare's refusal, which also comes without any code.
BLOCKED = 40333

_UNAUTHORIZED, _FORBIDDEN, _TOO_LARGE, _TOO_MANY, _BROKEN = 401, 403, 413, 429, 500
_INVALID = (_UNAUTHORIZED, _FORBIDDEN, _TOO_MANY)


def verdict(error: Exception) -> Verdict:
    """Return what the answer means. A code that is not in `FINAL`, such as an unknown one, means `LATER`."""
    if not isinstance(error, discord.HTTPException) or error.status == _TOO_MANY or error.status >= _BROKEN:
        return Verdict.LATER
    if error.status == _TOO_LARGE:
        return Verdict.TOO_LARGE
    return FINAL.get(error.code, Verdict.LATER)


def is_final(error: Exception) -> bool:
    """Return whether Discord will never accept this request."""
    return verdict(error) is not Verdict.LATER


def is_shut_out(error: Exception) -> bool:
    """Return whether Discord blocks this address or this bot. 10,000 such answers ban it."""
    if not isinstance(error, discord.HTTPException):
        return False
    has_no_reason = not error.code and is_invalid(error)
    return has_no_reason or error.code == BLOCKED


def is_invalid(error: Exception) -> bool:
    """Return whether the answer is an invalid request: 10,000 of them in ten minutes ban the address."""
    return isinstance(error, discord.HTTPException) and error.status in _INVALID


def is_refusal(error: Exception) -> bool:
    """Return whether Discord surely did not do what was asked. After any other error, it may have done it."""
    if not isinstance(error, discord.HTTPException):
        return False
    return error.status < _BROKEN and error.status != _TOO_MANY


def reason(error: Exception) -> str:
    """Return the reason for logs, without Discord's own text, which may quote what a member wrote."""
    if isinstance(error, discord.HTTPException):
        return f"{error.status} {error.code}"
    return trouble(error)


def rungs(*, has_token: bool, has_message: bool, is_private: bool, has_pictures: bool) -> Sequence[Rung]:
    """Return the ways to try, in order. A change without a picture is never worth a new message."""
    possible = {
        Rung.TOKEN: has_token and has_message,
        Rung.EDIT: has_message and not is_private,
        Rung.MESSAGE: has_pictures and not is_private,
    }
    return [rung for rung, is_possible in possible.items() if is_possible]
