"""What a member has used, what is left, why, and when it is free again."""

from bot.chat.presenter.numbers import pictures, relative
from bot.domain.errors import LimitReached
from bot.domain.limits import LimitField, LimitOrigin, Rule, Usage

_SPAN = {
    LimitField.PER_HOUR: "this hour",
    LimitField.PER_DAY: "today",
    LimitField.RUNNING: "in the making",
}
_LIMIT = {
    LimitField.PER_HOUR: "an hour",
    LimitField.PER_DAY: "a day",
    LimitField.RUNNING: "at a time",
}
_ORIGIN = {
    LimitOrigin.OPERATOR_DEFAULT: "this bot's limit for everyone",
    LimitOrigin.OPERATOR_CEILING: "the most that this bot allows anyone, over all servers",
}


def usage_line(usage: Usage) -> str:
    """Such as "1 of 12 today"; with the moment of the next free picture when none is left."""
    line = f"{usage.used:,} of {usage.rule.limit:,} {_SPAN[usage.rule.field]}"
    if usage.left or usage.again_at is None:
        return line
    return f"{line} · next one free {relative(usage.again_at)}"


def limit_words(refused: LimitReached) -> str:
    rule = refused.rule
    if rule.limit == 0:
        return f"Pictures are switched off here: the limit is 0 ({_ORIGIN[rule.origin]})."
    limit = f"**{rule.limit:,} {_LIMIT[rule.field]}** is {_ORIGIN[rule.origin]}."
    return f"{limit} {_used(refused)} {_again(refused)}"


def _used(refused: LimitReached) -> str:
    left = max(0, refused.rule.limit - refused.used)
    in_the_making = refused.rule.field is LimitField.RUNNING
    used = f"{refused.used:,} in the making" if in_the_making else f"Used {refused.used:,}"
    if refused.asked == 1:
        return f"{used}."
    return f"{used}, and you asked for {refused.asked}: {pictures(left) if left else 'none'} left."


def _again(refused: LimitReached) -> str:
    if refused.asked > refused.rule.limit:
        return "Ask for fewer at once."
    if refused.again_at is None:
        return "Try again when one of them is finished."
    which = "The next is" if refused.asked == 1 else f"All {refused.asked} are"
    return f"{which} free {relative(refused.again_at)}."


def rule_line(usage: Usage) -> str:
    """One rule with what is used of it, for a list."""
    return f"{usage_line(usage)} ({why(usage.rule)})"


def why(rule: Rule) -> str:
    return _ORIGIN[rule.origin]
