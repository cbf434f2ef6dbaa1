"""The words about blocks: for who is blocked, and for moderators who cannot block like this."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.chat.incoming.text import one_line, plain, tidy
from bot.chat.presenter.elements.numbers import at, relative
from bot.chat.presenter.elements.people import mention
from bot.domain.block import (
    LONGEST,
    MOST_REASON,
    SHORTEST,
    THE_BOT,
    BlockProblem,
    BlockRefused,
    MemberBlock,
)
from bot.words.catalogs import gettext as _
from bot.words.formats import length, number

#: The lengths that are offered; None: without an end.
LENGTHS: Sequence[timedelta | None] = (
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(weeks=1),
    timedelta(days=30),
    None,
)
_MOST_QUOTED = 60
_MOST_WORDS = 100


def length_words(chosen: timedelta | None) -> str:
    return _("permanently") if chosen is None else length(round(chosen.total_seconds()))


def blocked_here(block: MemberBlock) -> str:
    """Return what the blocked member reads, with the moderator's words."""
    if block.actor_id == THE_BOT:
        words = _(
            "You have too many strikes on this server, and can't generate images here: {until}.",
            until=until_words(block.until),
        )
    elif block.until is None:
        words = _("This server's moderators have blocked you from generating images here.")
    else:
        words = _(
            "This server's moderators have blocked you from generating images here until {time} "
            "({relative}).",
            time=at(block.until),
            relative=relative(block.until),
        )
    return "\n".join(filter(None, [words, _reason(tidy(block.reason).strip())]))


def _reason(words: str) -> str:
    return _("Reason: {reason}", reason=plain(words)) if words else ""


def block_line(block: MemberBlock) -> str:
    """Return what moderators read of a block, on a line or two."""
    moderator = mention(block.actor_id)
    by = _("by strikes") if block.actor_id == THE_BOT else _("blocked by {who}", who=moderator)
    facts = [until_words(block.until), by, at(block.at)]
    reason = plain(one_line(block.reason, _MOST_WORDS))
    return "\n".join(filter(None, [" · ".join(facts), f"-# {reason}" if reason else ""]))


def until_words(until: datetime | None) -> str:
    if until is None:
        return _("permanently")
    return _("until {time} ({relative})", time=at(until), relative=relative(until))


def block_refused(refused: BlockRefused) -> str:  # noqa: PLR0911  one flat list, to be read as one
    match refused.problem:
        case BlockProblem.BOT:
            return _("Bots can't ask me for images, so there is nothing to block.")
        case BlockProblem.ONESELF:
            return _("You can't block yourself.")
        case BlockProblem.IN_CHARGE:
            return _(
                "This member moderates or manages this server. Only someone with a higher role, or the "
                "server's owner, can block them."
            )
        case BlockProblem.UNBLOCK_ONESELF:
            return _("You can't end your own block. Ask another moderator.")
        case BlockProblem.NOT_BLOCKED:
            return _("This member isn't blocked here. `/review blocked` lists all who are.")
        case BlockProblem.LENGTH_UNREADABLE:
            return _(
                "“{text}” isn't a length of time that I can read. Write one like {examples}.",
                text=plain(one_line(refused.text, _MOST_QUOTED)),
                examples=_("3 days, 12 hours, or permanently"),
            )
        case BlockProblem.LENGTH_OUT_OF_RANGE:
            return _(
                "A block can last from {least} to {most}, or be permanent.",
                least=length_words(SHORTEST),
                most=length_words(LONGEST),
            )
        case BlockProblem.REASON_TOO_LONG:
            return _(
                "The reason has {length} characters. The maximum is {most}.",
                length=number(len(refused.text)),
                most=number(MOST_REASON),
            )
