"""The warnings that the bot posts in a server's log channel by itself."""

from datetime import datetime

from bot.chat.presenter.elements.message import Color, Message
from bot.chat.presenter.elements.numbers import relative
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.wording.block_words import until_words
from bot.domain.block import MemberBlock
from bot.words.catalogs import gettext as _
from bot.words.formats import money
from bot.words.formats import percent as share

ALL = 100


def budget_warning(*, percent: int, cap_microusd: int, used_microusd: int, resets_at: datetime) -> Message:
    """Warn of a used budget. `percent` is the mark that was passed; more may be used by now."""
    used = _(
        "{used} of {budget} is spent, or reserved for images that are still generating.",
        used=money(used_microusd),
        budget=money(cap_microusd),
    )
    again = _(
        "The next month starts {when}. Use `/config budget` to change the budget.", when=relative(resets_at)
    )
    if percent >= ALL:
        title, none = _("This month's budget is used up"), _("No more images can be requested this month.")
        return Message(title=title, body=f"{used} {none} {again}", color=Color.FAILED)
    now = max(percent, used_microusd * 100 // cap_microusd) if cap_microusd else percent
    title = _("{share} of this month's budget is used", share=share(now))
    return Message(title=title, body=f"{used} {again}", color=Color.PARTLY)


def block_notice(block: MemberBlock) -> Message:
    """Say that strikes have led to a block."""
    member = mention(block.member_id)
    line = _(
        "{member} has too many strikes and gets no images here: {until}.",
        member=member,
        until=until_words(block.until),
    )
    hint = _("`/review strikes` shows them, and `/review unblock` ends the block.")
    return Message(body=f"🚫 {line}\n{hint}", color=Color.PARTLY)
