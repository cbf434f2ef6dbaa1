"""What a member reads when a request is not taken. Nothing was spent, and each says what to do."""

from collections.abc import Collection, Sequence

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.allowance import limit_words
from bot.chat.presenter.failures import problem_words
from bot.chat.presenter.message import Color, Message
from bot.chat.presenter.numbers import day_name, pictures, relative, usd
from bot.domain.errors import (
    Blocked,
    BudgetSpent,
    ChannelNotAllowed,
    ChoiceUnknown,
    CommandDenied,
    CountOutOfRange,
    DateUnreadable,
    DutyNeeded,
    JobUnknown,
    LimitReached,
    NoChannelLeft,
    NoPicture,
    NotPossibleNow,
    NotYours,
    NumberUnreadable,
    PeriodEndsBeforeItBegins,
    PeriodTooLong,
    PermissionsMissing,
    PictureRefused,
    PromptEmpty,
    PromptForgotten,
    PromptNamesNothing,
    PromptTooLong,
    RatioNotForManga,
    Refusal,
    ServerNotServed,
    ServicePaused,
    SourceNotChosen,
    TooManyPictures,
    TooManyPosts,
    ValueOutOfRange,
)
from bot.domain.ids import ChannelId

#: Of what somebody typed.
_MOST_QUOTED = 60
#: Of an operator's reason for a block.
_MOST_REASON = 500
_MOST_CHANNELS = 20

MISHAP = "Something went wrong inside this bot, and nothing was counted. Please try again in a moment."


def refusal(refused: Refusal) -> Message:
    return Message(body=refusal_words(refused), color=Color.PARTLY)


def mishap() -> Message:
    return Message(body=MISHAP, color=Color.FAILED)


def refusal_words(refused: Refusal) -> str:  # noqa: C901, PLR0911, PLR0912  one flat list, to be read as one
    match refused:
        case PromptEmpty():
            return "Say what the picture should show: the prompt is empty."
        case PromptNamesNothing():
            return "Say in words what the picture should show: I send no ids and no links to Discord."
        case PromptForgotten():
            return "That was long ago, and I have forgotten what was asked for. Please ask anew: `/imagine`."
        case PromptTooLong():
            return f"The prompt has {refused.length:,} characters; at most {refused.most:,} are possible."
        case CountOutOfRange():
            return f"One request makes 1 to {refused.most} pictures."
        case RatioNotForManga():
            return f"Manga comes in {listed(refused.allowed)} only. Choose one of these, or the style auto."
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
        case SourceNotChosen():
            return (
                "I do not know this picture. Choose one from the list that opens as you type in `source`, or "
                "paste the link to a message with a picture of mine."
            )
        case ChoiceUnknown():
            quoted = plain(one_line(refused.sent, _MOST_QUOTED))
            return f"“{quoted}” is none of the choices. Choose one from the list of `{refused.option}`."
        case PictureRefused():
            words = problem_words(refused.problem)
            return f"{words.what} {words.advice}"
        case LimitReached():
            return limit_words(refused)
        case BudgetSpent():
            return _budget_words(refused)
        case ChannelNotAllowed():
            return f"Pictures are made elsewhere on this server: {_channels(refused.allowed)}."
        case ServerNotServed():
            return "This bot only works on servers that its operator has chosen, and this is not one of them."
        case Blocked():
            return _blocked_words(refused)
        case TooManyPosts():
            return (
                f"You have posted {pictures(refused.most)} again within an hour, which is the most. "
                f"You can post the next one {relative(refused.again_at)}; "
                "until then, **Show me** shows it to you alone."
            )
        case ServicePaused():
            return (
                "Pictures are paused: whoever runs this bot has to mend something first, and has been told. "
                "Nothing was counted. Try again later."
            )
        case PermissionsMissing():
            return (
                "I lack permissions in this channel: "
                f"**{listed(list(map(permission_name, refused.names)))}**. "
                "Ask a moderator to allow this, or try another channel. Nothing was counted."
            )
        case DutyNeeded():
            name = permission_name(refused.permission)
            return (
                f"This takes the permission **{name}** on this server. If you have it, use the command again."
            )
        case CommandDenied():
            return f"This server does not let you use **{plain(refused.command)}** here. Nothing was counted."
        case ValueOutOfRange():
            return _range_words(refused)
        case NumberUnreadable():
            return _number_words(refused)
        case NoChannelLeft():
            return (
                "Nothing was changed: without any channel in the list, pictures could be made everywhere. "
                "If that is what you want, press **Everywhere**; else add another channel first."
            )
        case DateUnreadable():
            quoted = plain(one_line(refused.text, _MOST_QUOTED))
            return f"“{quoted}” is not a day that I can read. Write it like 2026-03-31."
        case PeriodEndsBeforeItBegins():
            return (
                f"The period ends ({day_name(refused.last)}) before it begins ({day_name(refused.first)}): "
                "swap the two days."
            )
        case PeriodTooLong():
            return f"The period has {refused.days:,} days; at most {refused.most:,} are possible."
        case JobUnknown():
            return "I do not know this picture: it was deleted, or is not from this server."
        case NotYours():
            return "Only the member who asked for it can do this."
        case NotPossibleNow():
            return "That is not possible any more: it has already moved on."
        case _:
            return "This is not possible."


def _blocked_words(refused: Blocked) -> str:
    whom = "this server" if refused.is_server else "you"
    reason = f" Their reason: {plain(one_line(refused.reason, _MOST_REASON))}" if refused.reason else ""
    return f"The operator of this bot has blocked {whom}: no pictures can be made.{reason}"


def _number_words(refused: NumberUnreadable) -> str:
    quoted = f"“{plain(one_line(refused.text, _MOST_QUOTED))}”"
    if refused.is_money:
        return f"{quoted} is not an amount that I can read. Write one such as 25 or 12.50."
    return f"{quoted} is not a whole number. Write one such as 12, or leave the field empty."


def _budget_words(refused: BudgetSpent) -> str:
    again = f"A new month begins {relative(refused.resets_at)}. Nothing was counted."
    if refused.is_operators:
        return f"What this bot may spend in a month over all servers is spent. {again}"
    left = max(0, refused.cap_microusd - refused.used_microusd)
    if refused.cap_microusd == 0:
        return f"Pictures are switched off here: this server's budget is $0. {again}"
    return (
        f"This server's budget is {usd(refused.cap_microusd)} a month. {usd(left)} of it is left, and this "
        f"would cost about {usd(refused.asked_microusd)}. {again}"
    )


def _channels(allowed: Collection[ChannelId]) -> str:
    shown = [f"<#{one}>" for one in sorted(allowed)[:_MOST_CHANNELS]]
    more = len(allowed) - len(shown)
    return listed([*shown, f"{more} more"] if more else shown)


_FIELDS = {
    "per_hour": "Pictures in an hour",
    "per_day": "Pictures in a day",
    "running": "Pictures at a time",
    "channel_ids": "The number of allowed channels",
}
_BUDGET = "budget_microusd"


def _range_words(refused: ValueOutOfRange) -> str:
    is_money = refused.field == _BUDGET
    shown = usd if is_money else "{:,}".format
    what = "A budget" if is_money else _FIELDS.get(refused.field, refused.field)
    span = f"from {shown(refused.least)} to {shown(refused.most)}"
    words = f"{what} can be {span}, and {one_line(shown(refused.value), _MOST_QUOTED)} is not."
    if is_money and refused.value < refused.least:
        return f"{words} It has to cover at least one picture; to switch pictures off, set limits of 0."
    return words


def listed(names: Sequence[str]) -> str:
    *others, last = names
    return f"{', '.join(others)} and {last}" if others else last


def permission_name(permission: str) -> str:
    """`send_messages_in_threads` as Discord's settings call it."""
    name = permission.replace("_", " ").title().replace(" In ", " in ")
    return name.replace("Guild", "Server")
