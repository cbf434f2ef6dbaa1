"""What a member has used, what is left, why, and when it is free again."""

from bot.chat.presenter.numbers import pictures, relative
from bot.domain.errors import LimitReached
from bot.domain.limits import LimitField, LimitOrigin, Rule, Usage

_SPAN = {
    LimitField.PER_HOUR: "this hour",
    LimitField.PER_DAY: "today",
    LimitField.RUNNING: "in the making",
    LimitField.ATTEMPTS: "attempts this hour",
}
_LIMIT = {
    LimitField.PER_HOUR: "an hour",
    LimitField.PER_DAY: "a day",
    LimitField.RUNNING: "at a time",
    LimitField.ATTEMPTS: "attempts an hour",
}
_IS = {
    LimitOrigin.OPERATOR_DEFAULT: "is this bot's limit for everyone",
    LimitOrigin.GUILD: "is this server's limit for everyone",
    LimitOrigin.OPERATOR_CEILING: "is the most that this bot allows anyone",
}
_ATTEMPTS = "; pictures that were blocked, failed or cancelled count as attempts, too"
_WHOSE = {
    LimitOrigin.OPERATOR_DEFAULT: "this bot's",
    LimitOrigin.GUILD: "this server's",
}


def usage_line(usage: Usage, reason: str = "") -> str:
    """Such as "1 of 12 today · resets in 23 hours"; when none is left, with when the next one is free."""
    line = f"{usage.used:,} of {usage.rule.limit:,} {_SPAN[usage.rule.field]}{reason}"
    if not usage.left and usage.again_at is not None:
        return f"{line} · next one free {relative(usage.again_at)}"
    return line if usage.resets_at is None else f"{line} · resets {relative(usage.resets_at)}"


def price_line(usage: Usage) -> str:
    """What a picture has cost its member, for the card: with the reason, where it is not everybody's."""
    is_everybodys = usage.rule.origin not in (LimitOrigin.ROLE, LimitOrigin.MEMBER)
    return usage_line(usage, "" if is_everybodys else f" ({_because(usage.rule)})")


def limit_words(refused: LimitReached) -> str:
    rule = refused.rule
    if rule.limit == 0:
        return f"Pictures are switched off here: 0 {_LIMIT[rule.field]} {why(rule)}."
    limit = f"**{limit_name(rule.field, rule.limit)}** {why(rule)}."
    return f"{limit} {_used(refused)} {_again(refused)}"


def limit_name(field: LimitField, limit: int) -> str:
    """Such as "12 a day"."""
    return f"{limit:,} {_LIMIT[field]}"


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


def rule_line(usage: Usage, who: str = "you") -> str:
    """One rule with what is used and left of it, and the reason, for a list; `who` it is about."""
    rule = usage.rule
    reason = f"{limit_name(rule.field, rule.limit)} {why(rule, who)}"
    return f"**{usage.left:,} left** · {usage_line(usage)}\n-# {reason}"


def why(rule: Rule, who: str = "you") -> str:
    """Goes after "12 a day", such as "because of the role Artist, over this server's 5"."""
    everywhere = ", over all servers" if rule.everywhere else ""
    attempts = _ATTEMPTS if rule.field is LimitField.ATTEMPTS else ""
    return f"{_IS.get(rule.origin) or _because(rule, who)}{everywhere}{_over(rule)}{attempts}"


def _because(rule: Rule, who: str = "you") -> str:
    if rule.origin is LimitOrigin.ROLE:
        return f"because of the role <@&{rule.role_id}>"
    return f"because of a rule for {who} alone"


def _over(rule: Rule) -> str:
    """What would hold otherwise; of servers' and bots' own defaults nobody needs to know more."""
    over = rule.over
    if over is None or rule.origin in (LimitOrigin.OPERATOR_DEFAULT, LimitOrigin.GUILD):
        return ""
    if rule.origin is LimitOrigin.OPERATOR_CEILING:
        return f", whatever this server allows ({over.limit:,})"
    word = "over" if rule.limit > over.limit else "instead of"
    if over.origin is LimitOrigin.ROLE:
        return f", {word} the {over.limit:,} of the role <@&{over.role_id}>"
    return f", {word} {_WHOSE[over.origin]} {over.limit:,}"
