"""What a member reads when a request is not taken. Nothing was spent, and each says what to do."""

from collections.abc import Sequence

from bot.chat.presenter.allowance import limit_words
from bot.chat.presenter.failures import problem_words
from bot.chat.presenter.message import Color, Message
from bot.chat.presenter.numbers import pictures
from bot.domain.errors import (
    CountOutOfRange,
    JobUnknown,
    LimitReached,
    NoPicture,
    NotPossibleNow,
    NotYours,
    PermissionsMissing,
    PictureRefused,
    PromptEmpty,
    PromptTooLong,
    RatioNotForManga,
    Refusal,
    ServicePaused,
    TooManyPictures,
)

MISHAP = "Something went wrong inside this bot, and nothing was counted. Please try again in a moment."


def refusal(refused: Refusal) -> Message:
    return Message(body=refusal_words(refused), color=Color.PARTLY)


def mishap() -> Message:
    return Message(body=MISHAP, color=Color.FAILED)


def refusal_words(refused: Refusal) -> str:  # noqa: C901, PLR0911, PLR0912  one flat list, to be read as one
    match refused:
        case PromptEmpty():
            return "Say what the picture should show: the prompt is empty."
        case PromptTooLong():
            return f"The prompt has {refused.length:,} characters; at most {refused.most:,} are possible."
        case CountOutOfRange():
            return f"One request makes 1 to {refused.most} pictures."
        case RatioNotForManga():
            return f"Manga comes in {_listed(refused.allowed)} only. Choose one of these, or the style auto."
        case NoPicture():
            return (
                "I see no picture to edit there. Open the menu of a message that shows one and choose "
                "**Apps ▸ Edit image**, or give a file to `/edit`."
            )
        case TooManyPictures():
            return (
                f"That message shows {pictures(refused.count)}, and I cannot tell which one you mean. Choose "
                "with **Apps ▸ Edit image** in the message's menu, or with the buttons below my pictures."
            )
        case PictureRefused():
            words = problem_words(refused.problem)
            return f"{words.what} {words.advice}"
        case LimitReached():
            return limit_words(refused)
        case ServicePaused():
            return (
                "Pictures are paused: whoever runs this bot has to mend something first, and has been told. "
                "Nothing was counted. Try again later."
            )
        case PermissionsMissing():
            return (
                f"I lack permissions in this channel: **{_listed(list(map(_title, refused.names)))}**. "
                "Ask a moderator to allow this, or try another channel. Nothing was counted."
            )
        case JobUnknown():
            return "I do not know this picture: it was deleted, or is not from this server."
        case NotYours():
            return "Only the member who asked for it can do this."
        case NotPossibleNow():
            return "That is not possible any more: it has already moved on."
        case _:
            return "This is not possible."


def _listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def _title(permission: str) -> str:
    """`send_messages_in_threads` as Discord's settings call it."""
    return permission.replace("_", " ").title().replace(" In ", " in ")
