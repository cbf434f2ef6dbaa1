"""The words for a server's settings: limits, budget, channels."""

from collections.abc import Sequence

from bot.chat.presenter.wording.limit_fields import limit_amount
from bot.chat.presenter.wording.settings_names import Names
from bot.domain.administration import GuildChoices, GuildSettings, RuleScope, RuleSubject
from bot.domain.limits import FIELDS, Allowances, LimitField, OperatorLimits
from bot.words.catalogs import deferred, ngettext, pgettext
from bot.words.catalogs import gettext as _
from bot.words.formats import money, number, percent, with_commas

MOST_CHANNELS = 20
SUBJECT_TITLES = {
    RuleScope.GUILD: deferred("Limits for everyone"),
    RuleScope.ROLE: deferred("Limits for a role"),
    RuleScope.MEMBER: deferred("Limits for a member"),
    RuleScope.CHANNEL: deferred("Limits in a channel"),
}
EXPLAINED = {
    RuleScope.GUILD: deferred("These apply to everyone, unless a role or a member has its own limits."),
    RuleScope.ROLE: deferred(
        "These replace the limits for everyone. If a member has several roles, the highest limit applies."
    ),
    RuleScope.MEMBER: deferred("These replace the limits of roles and those for everyone."),
    RuleScope.CHANNEL: deferred(
        "Each member can make this many in the channel and its threads. The member's other limits apply, too."
    ),
}


def allowances_words(allowances: Allowances, operator: OperatorLimits | None = None) -> str:
    """Return "2 at once, 5 per day"; with `operator`, each limit above the operator's cap names the cap."""
    given = [(field, limit) for field in FIELDS if (limit := allowances.of(field)) is not None]
    amounts = (_amount(field, limit, operator) for field, limit in given)
    return with_commas(amounts) or pgettext("limit", "not set")


def _amount(field: LimitField, limit: int, operator: OperatorLimits | None) -> str:
    amount, cap = limit_amount(field, limit), None if operator is None else operator.cap(field)
    if cap is None or limit <= cap:
        return amount
    return _("{limit} (bot maximum: {maximum})", limit=amount, maximum=number(cap))


def subject_line(names: Names, subject: RuleSubject, allowances: Allowances, operator: OperatorLimits) -> str:
    # Translators: such as "Everyone: 2 at once, 5 per day".
    limits = allowances_words(allowances, operator)
    return _("{who}: **{limits}**", who=names.mention(subject), limits=limits)


def budget_words(settings: GuildSettings) -> str:
    budget = settings.choices.budget_microusd
    if budget is None:
        return _("No budget set.")
    words = _("**{budget}** per month.", budget=money(budget))
    if budget < settings.price_microusd:
        price = money(settings.price_microusd)
        words += " " + _("⚠️ This is less than one image costs (about {price}).", price=price)
    return words


def spent_words(settings: GuildSettings) -> str:
    spending, budget = settings.spending, settings.choices.budget_microusd
    lines = [_("Spent this month (UTC): {spent}.", spent=money(spending.spent_microusd))]
    if spending.held_microusd:
        held = money(spending.held_microusd)
        lines.append(_("Reserved for images still generating: {held}.", held=held))
    if budget:
        used = percent(spending.used_microusd * 100 // budget)
        lines.append(_("{share} of the budget is used.", share=used))
    return " ".join(lines)


def age_words(choices: GuildChoices) -> str:
    """Return the rule about age; nothing if there is none."""
    return _("Only in age-restricted channels.") if choices.only_age_restricted else ""


def channels_words(allowed: Sequence[int], names: Names) -> str:
    if not allowed:
        return _("Images can be generated in every channel where members can use commands.")
    shown = with_commas(names.channel(channel_id) for channel_id in allowed[:MOST_CHANNELS])
    if (more := len(allowed) - MOST_CHANNELS) > 0:
        shown = ngettext("{channels} and {count} more", "{channels} and {count} more", more, channels=shown)
    return _("Images can be generated only in {channels} (threads included).", channels=shown)
