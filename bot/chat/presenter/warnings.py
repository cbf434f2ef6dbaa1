"""What is told in a server's log channel, without anybody having asked."""

from datetime import datetime

from bot.chat.presenter.message import Color, Message
from bot.chat.presenter.numbers import relative, usd

ALL = 100


def budget_warning(*, percent: int, cap_microusd: int, used_microusd: int, resets_at: datetime) -> Message:
    used = f"{usd(used_microusd)} of {usd(cap_microusd)} are spent, or held for pictures in the making."
    again = f"A new month begins {relative(resets_at)}. `/config budget` changes the budget."
    if percent >= ALL:
        title, what = "This month's budget is used up", "Not one more picture can be asked for."
        return Message(title=title, body=f"{used} {what} {again}", color=Color.FAILED)
    title = f"{percent} % of this month's budget are used"
    return Message(title=title, body=f"{used} {again}", color=Color.PARTLY)
