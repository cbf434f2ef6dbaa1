"""The words about limits: what a member has used, what is left, why, and when more is available."""

from bot.chat.presenter.elements.numbers import at, relative
from bot.chat.presenter.wording.limit_fields import limit_amount, limit_used
from bot.domain.errors import LimitReached
from bot.domain.ids import RoleId
from bot.domain.limits import LimitField, LimitOrigin, Overruled, Rule, Usage
from bot.words.catalogs import deferred, ngettext
from bot.words.catalogs import gettext as _
from bot.words.formats import number

#: Little is left if it is at most this part of the limit: a fifth.
LITTLE_OF = 5

_WHAT_COUNTS = deferred("Blocked, failed and cancelled images count as attempts, too.")


def usage_line(usage: Usage) -> str:
    """Return words such as "1 of 12 in the last 24 hours · resets in 23 hours".

    If none is left, they say when the next one is available.
    """
    return _when(usage, _used(usage))


def price_line(usage: Usage) -> str:
    """Return for the card what an image has cost its member.

    A limit of a role, a single member or a channel comes with its reason.
    """
    return _when(usage, _unless_for_everyone(_used(usage), usage.rule))


def _unless_for_everyone(what: str, rule: Rule) -> str:
    is_for_everyone = rule.origin not in (LimitOrigin.ROLE, LimitOrigin.MEMBER, LimitOrigin.CHANNEL)
    return what if is_for_everyone else _with_reason(what, _whose(rule))


def is_little_left(usage: Usage) -> bool:
    return usage.left * LITTLE_OF <= usage.rule.limit


def lasting_price_line(usage: Usage) -> str:
    """Return for a finished card what was left then, with moments that still read right in a year."""
    limit = _unless_for_everyone(limit_amount(usage.rule.field, usage.rule.limit), usage.rule)
    left = _("{left} left of {limit}", left=number(usage.left), limit=limit)
    if not usage.left and usage.again_at is not None:
        return _("{used} · next one available {when}", used=left, when=at(usage.again_at))
    if usage.resets_at is None:
        return left
    return _("{used} · resets {when}", used=left, when=at(usage.resets_at))


def rule_line(usage: Usage) -> str:
    """Return one rule for a list: what is used and left of it, and the reason."""
    rule = usage.rule
    left = ngettext("**{count} left**", "**{count} left**", usage.left)
    reason = _with_reason(limit_amount(rule.field, rule.limit), why(rule))
    lines = [f"{left} · {usage_line(usage)}", f"-# {reason}"]
    if rule.field is LimitField.ATTEMPTS:
        lines.append(f"-# {_(_WHAT_COUNTS)}")
    return "\n".join(lines)


def limit_and_reason(rule: Rule) -> str:
    """Return words such as "**12 per day** (@Artist role; server default: 5)"."""
    return _with_reason(f"**{limit_amount(rule.field, rule.limit)}**", why(rule))


def _used(usage: Usage) -> str:
    return limit_used(usage.rule.field, usage.used, usage.rule.limit)


def _when(usage: Usage, used: str) -> str:
    if not usage.left and usage.again_at is not None:
        return _("{used} · next one available {when}", used=used, when=relative(usage.again_at))
    if usage.resets_at is None:
        return used
    return _("{used} · resets {when}", used=used, when=relative(usage.resets_at))


# --- refusals -----------------------------------------------------------------------------------------


def limit_words(refused: LimitReached) -> str:
    rule = refused.rule
    limit = limit_and_reason(rule)
    if rule.limit == 0:
        return _("You can't generate images here: your limit is {limit}.", limit=limit)
    words = f"{_reached(refused, limit)} {_again(refused)}"
    if rule.field is LimitField.ATTEMPTS:
        words += f" {_(_WHAT_COUNTS)}"
    return words


def _reached(refused: LimitReached, limit: str) -> str:
    used = number(refused.used)
    if refused.asked == 1:
        if refused.rule.field is LimitField.RUNNING:
            return _("You've reached your limit: {limit}. Generating now: {used}.", limit=limit, used=used)
        return _("You've reached your limit: {limit}. Used: {used}.", limit=limit, used=used)
    asked, left = number(refused.asked), number(max(0, refused.rule.limit - refused.used))
    if refused.rule.field is LimitField.RUNNING:
        return _(
            "Your limit is {limit}. Generating now: {used}, left: {left}, requested: {asked}.",
            limit=limit,
            used=used,
            left=left,
            asked=asked,
        )
    return _(
        "Your limit is {limit}. Used: {used}, left: {left}, requested: {asked}.",
        limit=limit,
        used=used,
        left=left,
        asked=asked,
    )


def _again(refused: LimitReached) -> str:
    if refused.asked > refused.rule.limit:
        return _("Request fewer images at once.")
    if refused.again_at is None:
        return _("Try again when one of them is done.")
    when = relative(refused.again_at)
    if refused.asked == 1:
        return _("The next one is available {when}.", when=when)
    return _("All of them are available {when}.", when=when)


# --- reasons ------------------------------------------------------------------------------------------


def why(rule: Rule) -> str:
    """Return what stands in brackets after "12 per day", such as "@Artist role; server default: 5"."""
    whose, over = _whose(rule), rule.over
    if over is None or rule.origin in (LimitOrigin.OPERATOR_DEFAULT, LimitOrigin.GUILD):
        return whose  # Members need not know what else is set there.
    limit = number(over.limit)
    if rule.origin is LimitOrigin.OPERATOR_CEILING:
        return _("{reason}; this server allows {limit}", reason=whose, limit=limit)
    return _instead(whose, over, limit)


def _with_reason(what: str, reason: str) -> str:
    # Translators: a limit and where it comes from, such as "12 per day (server default)".
    return _("{what} ({reason})", what=what, reason=reason)


def _whose(rule: Rule) -> str:
    match rule.origin:
        case LimitOrigin.OPERATOR_DEFAULT:
            return _("bot default across all servers") if rule.everywhere else _("bot default")
        case LimitOrigin.OPERATOR_CEILING:
            return _("bot maximum across all servers") if rule.everywhere else _("bot maximum")
        case LimitOrigin.GUILD:
            return _("server default")
        case LimitOrigin.ROLE:
            return _("{role} role", role=_mention(rule.role_id))
        case LimitOrigin.MEMBER:
            return _("personal limit")
        case LimitOrigin.CHANNEL:
            # Translators: the reason for a limit, such as "3 per day (limit in #art)".
            return _("limit in {channel}", channel=f"<#{rule.channel_id}>")


def _mention(role_id: RoleId | None) -> str:
    return f"<@&{role_id}>"


def _instead(reason: str, over: Overruled, limit: str) -> str:
    """Add to the reason the limit that would apply without it."""
    match over.origin:
        case LimitOrigin.ROLE:
            role = _mention(over.role_id)
            return _("{reason}; {role} role: {limit}", reason=reason, role=role, limit=limit)
        case LimitOrigin.GUILD:
            return _("{reason}; server default: {limit}", reason=reason, limit=limit)
        case _:
            return _("{reason}; bot default: {limit}", reason=reason, limit=limit)
