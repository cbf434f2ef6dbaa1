"""The words for requests that are refused. Nothing was spent, and each text says what to do."""

import math
from collections.abc import Collection

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.elements.message import Color, Message
from bot.chat.presenter.elements.numbers import at, relative
from bot.chat.presenter.elements.permission_names import permission_name
from bot.chat.presenter.wording.allowance import limit_words
from bot.chat.presenter.wording.block_words import block_refused, blocked_here
from bot.chat.presenter.wording.command_words import EDIT_MENU
from bot.chat.presenter.wording.complaint_refusals import complaint_refusal
from bot.chat.presenter.wording.failures import problem_words
from bot.chat.presenter.wording.number_refusals import CENT, number_words, quoted, range_words, whole_cents
from bot.chat.presenter.wording.preset_refusals import preset_refusal
from bot.chat.presenter.wording.strike_words import standing_words, strike_refused
from bot.domain.age import AgeRefused
from bot.domain.approval import ApprovalMissing
from bot.domain.block import BlockedHere, BlockRefused
from bot.domain.errors import (
    Blocked,
    BudgetSpent,
    ChannelNotAllowed,
    ChoiceUnknown,
    CommandDenied,
    CountOutOfRange,
    DateUnreadable,
    JobUnknown,
    LimitReached,
    MemberPermissionMissing,
    MessageHidden,
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
from bot.domain.moderation import ComplaintRefused
from bot.domain.presets import PresetRefused, PresetUnknown, PromptTooLongForPreset
from bot.domain.privacy import ErasureUnderWay, ExportTooSoon, ExportUnderWay
from bot.domain.quality import QualityDenied
from bot.domain.quiet import Quieted
from bot.domain.strikes import StrikeRefused
from bot.domain.word_list import WordRefused
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import day, duration, listed, money, number

#: The most characters of an operator's reason for a block.
_MOST_REASON = 500
_MOST_CHANNELS = 20
_MOST_ROLES = 5


def refusal(refused: Refusal) -> Message:
    return Message(body=refusal_words(refused), color=Color.PARTLY)


def mishap() -> Message:
    return Message(
        body=_(
            "Something went wrong inside this bot. This didn't count toward your limit. Please try again in "
            "a moment."
        ),
        color=Color.FAILED,
    )


def refusal_words(refused: Refusal) -> str:  # noqa: C901, PLR0911, PLR0912  one flat list, to be read as one
    match refused:
        case PromptEmpty():
            return _("Your prompt is empty. Describe the image you want.")
        case PromptNamesNothing():
            return _("Describe the image in words: I don't send IDs or links to Discord.")
        case PromptForgotten():
            return _("The original prompt is no longer stored. Please start again with `/imagine`.")
        case PromptTooLong():
            return _(
                "Your prompt has {length} characters. The maximum is {most}.",
                length=number(refused.length),
                most=number(refused.most),
            )
        case CountOutOfRange():
            return _("You can ask for 1 to {most} images at once.", most=number(refused.most))
        case RatioNotForManga():
            return _(
                "Manga only works with tall formats: {ratios}. Pick one of these, or use the style **Auto**.",
                ratios=listed(refused.allowed, either=True),
            )
        case NoPicture():
            return _(
                "I can't find an image to edit there. Open the menu of a message with an image and choose "
                "**Apps ▸ {menu}**, or upload a file with `/edit`.",
                menu=EDIT_MENU,
            )
        case MessageHidden():
            return _(
                "Discord doesn't show me what is in other people's messages: Message Content is off for this "
                "bot. Choose **Apps ▸ {menu}** in the message's menu, or upload the image with `/edit`.",
                menu=EDIT_MENU,
            )
        case TooManyPictures():
            return _(
                "That message has several images, and I can't tell which one you mean. Choose "
                "**Apps ▸ {menu}** in the message's menu, or use the buttons below my images.",
                menu=EDIT_MENU,
            )
        case SourceNotChosen():
            return _(
                "I don't know this image. Choose one from the list that opens while you type in `source`, or "
                "paste the link to a message with one of my images."
            )
        case ChoiceUnknown():
            return _(
                "“{text}” isn't one of the choices. Pick one from the list of `{option}`.",
                text=quoted(refused.sent),
                option=refused.option,
            )
        case ExportTooSoon():
            return _(
                "You can export your data once an hour. The next export is possible {time}.",
                time=relative(refused.again_at),
            )
        case PresetUnknown() | PresetRefused() | PromptTooLongForPreset():
            return preset_refusal(refused)
        case ExportUnderWay():
            return _("Your data is being exported. Delete it once you have the file.")
        case ErasureUnderWay():
            return _("Your data is being deleted. `/privacy delete` shows how far it is.")
        case QualityDenied():
            return _quality_words(refused)
        case PictureRefused():
            return problem_words(refused.problem).before_the_request
        case WordRefused():
            blocked = "" if refused.block is None else blocked_here(refused.block)
            lines = [_word_list_words(refused), standing_words(refused.standing), blocked]
            return "\n".join(filter(None, lines))
        case LimitReached():
            return limit_words(refused)
        case ComplaintRefused():
            return complaint_refusal(refused)
        case BudgetSpent():
            return _budget_words(refused)
        case ChannelNotAllowed():
            return _("You can't generate images here. Try {channels}.", channels=_channels(refused.allowed))
        case Quieted():
            return _(
                "Too many refused requests. Try again in {duration}.",
                duration=duration(math.ceil(refused.seconds)),
            )
        case AgeRefused():
            return _age_words(refused)
        case ServerNotServed():
            return _("This bot only works on servers that its owner has chosen, and this isn't one of them.")
        case Blocked():
            return _blocked_words(refused)
        case BlockedHere():
            return blocked_here(refused.block)
        case BlockRefused():
            return block_refused(refused)
        case StrikeRefused():
            return strike_refused(refused)
        case ApprovalMissing():
            return _(
                "Images need a moderator's approval here, and no moderator has approved this one. "
                "**{button}** shows it to you alone.",
                button=_("Show me"),
            )
        case TooManyPosts():
            return _(
                "You can post up to {most} images again per hour. You can post the next one {time}. "
                "Until then, **{button}** shows it to you alone.",
                most=number(refused.most),
                time=relative(refused.again_at),
                button=_("Show me"),
            )
        case ServicePaused():
            return _paused_words(is_operator_notified=refused.is_operator_notified)
        case PermissionsMissing():
            return _(
                "I'm missing permissions in this channel: **{permissions}**. Ask a moderator to allow them, "
                "or try another channel. This didn't count toward your limit.",
                permissions=listed(list(map(permission_name, refused.names))),
            )
        case MemberPermissionMissing():
            return _(
                "You need the **{permission}** permission on this server. If you have it, use the command "
                "again.",
                permission=permission_name(refused.permission),
            )
        case CommandDenied():
            return _(
                "This server doesn't let you use **{command}** here. This didn't count toward your limit.",
                command=plain(refused.command),
            )
        case ValueOutOfRange():
            return range_words(refused)
        case NumberUnreadable():
            return number_words(refused)
        case NoChannelLeft():
            return _(
                "Nothing was changed: without any channel in the list, images could be generated everywhere. "
                "If that's what you want, press **{button}**. Otherwise, add another channel first.",
                button=_("Allow all channels"),
            )
        case DateUnreadable():
            return _("“{text}” isn't a valid date. Write it like 2026-03-31.", text=quoted(refused.text))
        case PeriodEndsBeforeItBegins():
            return _(
                "The period ends ({last}) before it begins ({first}). Please swap the two dates.",
                last=day(refused.last),
                first=day(refused.first),
            )
        case PeriodTooLong():
            return ngettext(
                "The period has {count} day. The maximum is {most}.",
                "The period has {count} days. The maximum is {most}.",
                refused.days,
                most=number(refused.most),
            )
        case JobUnknown():
            return _("I don't know this image: it was deleted, or it's from another server.")
        case NotYours():
            return _("Only the member who asked for it can do this.")
        case NotPossibleNow():
            return _(
                "That isn't possible now: the image has already started or finished, or isn't ready yet. "
                "`/jobs` shows its status."
            )
        case _:
            return _("This isn't possible.")


def _blocked_words(refused: Blocked) -> str:
    blocked = (
        _("The bot's owner has blocked this server from generating images.")
        if refused.is_server
        else _("The bot's owner has blocked you from generating images.")
    )
    if refused.until is not None:
        until = _("Until {time} ({relative}).", time=at(refused.until), relative=relative(refused.until))
        blocked = f"{blocked} {until}"
    if not refused.reason:
        return blocked
    reason = _("Reason: {reason}", reason=plain(one_line(refused.reason, _MOST_REASON)))
    return f"{blocked}\n{reason}"


def _paused_words(*, is_operator_notified: bool) -> str:
    if is_operator_notified:
        return _(
            "Image generation is paused: the bot's owner needs to fix something, and has been notified. "
            "This didn't count toward your limit. Please try again later."
        )
    return _(
        "Image generation is paused: the bot's owner needs to fix something. "
        "This didn't count toward your limit. Please try again later."
    )


def _budget_words(refused: BudgetSpent) -> str:
    resets = relative(refused.resets_at)
    if refused.is_operators:
        return _(
            "This bot's monthly budget for all servers is used up. It resets {time}. This didn't count "
            "toward your limit.",
            time=resets,
        )
    if refused.cap_microusd == 0:
        return _("Image generation is turned off here: this server's budget is {budget}.", budget=money(0))
    left = max(0, refused.cap_microusd - refused.used_microusd) // CENT * CENT
    if not left:
        return _(
            "This server's monthly budget ({budget}) is used up. It resets {time}. This didn't count toward "
            "your limit.",
            budget=money(refused.cap_microusd),
            time=resets,
        )
    return _(
        "This server's monthly budget ({budget}) doesn't cover this: {left} is left, and it would cost "
        "about {cost}. The budget resets {time}. This didn't count toward your limit.",
        budget=money(refused.cap_microusd),
        left=money(left),
        cost=money(whole_cents(refused.asked_microusd)),
        time=resets,
    )


def _channels(allowed: Collection[ChannelId]) -> str:
    shown = [f"<#{channel_id}>" for channel_id in sorted(allowed)[:_MOST_CHANNELS]]
    if more := len(allowed) - len(shown):
        shown.append(ngettext("{count} more channel", "{count} more channels", more))
    return listed(shown, either=True)


def _age_words(refused: AgeRefused) -> str:
    if refused.others:
        channels = _channels(refused.others)
        return _(
            "On this server, images can be generated only in age-restricted channels. Try {channels}.",
            channels=channels,
        )
    return _(
        "On this server, images can be generated only in age-restricted channels, and you can't use any. Ask "
        "the admins of this server."
    )


def _word_list_words(refused: WordRefused) -> str:
    if refused.word is None:
        return _(
            "This server's word list doesn't allow a word in your prompt. This didn't count toward your "
            "limit."
        )
    return _(
        "This server's word list doesn't allow “{word}” in a prompt. This didn't count toward your limit.",
        word=quoted(refused.word),
    )


def _quality_words(denied: QualityDenied) -> str:
    if not denied.is_offered:
        return _("**Max** quality isn't offered here. {way_out}", way_out=_standard_instead())
    if not denied.allowed:
        return _("**Max** quality is turned off on this server. {way_out}", way_out=_standard_instead())
    roles = listed([f"<@&{role_id}>" for role_id in sorted(denied.allowed)[:_MOST_ROLES]], either=True)
    return _(
        "**Max** quality on this server is for members with the role {roles}. {way_out}",
        roles=roles,
        way_out=_standard_instead(),
    )


def _standard_instead() -> str:
    return _("Choose **Standard**, which **{button}** below an image does, too.", button=_("Reword"))
