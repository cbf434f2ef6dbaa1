"""/usage: what a member has used here, what is left, why, and what this month has come to."""

from bot.chat.presenter.allowance import rule_line
from bot.chat.presenter.message import Color, Message
from bot.chat.presenter.numbers import pictures, usd
from bot.domain.reports import MemberUsage

NO_LIMITS = "No limit holds for {who} here."


def own_usage(usage: MemberUsage) -> Message:
    return Message(
        title="What you have used",
        body=f"{allowances(usage, 'you')}\n\n{this_month(usage)}\n-# What fails or is cancelled in time "
        "does not count.",
        color=Color.WORKING,
    )


def allowances(usage: MemberUsage, who: str) -> str:
    """A line or two for each rule; the tightest comes first."""
    lines = [rule_line(one, who) for one in usage.usages]
    return "\n".join(lines) or NO_LIMITS.format(who=who)


def this_month(usage: MemberUsage) -> str:
    """Such as "This month here: 14 pictures, $0.76"."""
    spending = usage.spending_this_month
    held = spending.held_microusd
    coming = f" and about {usd(held)} for those in the making" if held else ""
    made = pictures(usage.pictures_this_month)
    return f"This month (UTC) on this server: {made}, {usd(spending.spent_microusd)}{coming}"
