"""/usage: what a member can make here now, what stops them, what is left, and this month's images."""

from collections.abc import Sequence

from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Message, Option, Select
from bot.chat.presenter.elements.numbers import pictures
from bot.chat.presenter.settings.admission_preview import color_of, limits_and_budgets, possible_now
from bot.chat.presenter.wording.allowance import rule_line
from bot.chat.presenter.wording.strike_words import standing_words
from bot.domain.admission_preview import AdmissionPreview
from bot.domain.errors import Refusal
from bot.domain.notice import Notify
from bot.domain.reports import MemberUsage
from bot.words.catalogs import deferred
from bot.words.catalogs import gettext as _
from bot.words.formats import money

_WHEN_TO_NOTIFY = {
    Notify.WHEN_LONG: deferred("Mention me when a request took long"),
    Notify.ALWAYS: deferred("Always mention me when a request is done"),
    Notify.NEVER: deferred("Never mention me"),
}


def own_usage(
    preview: AdmissionPreview, own_stops: Sequence[Refusal] = (), hints: Sequence[Refusal] = ()
) -> Message:
    """Draw the answer. `own_stops` are reasons of Discord's, and `hints` those against a part of pictures."""
    usage = preview.usage
    note = _("Images that fail don't count, nor do those cancelled before they start.")
    now = "\n".join([*possible_now(preview, own_stops, hints), standing_words(usage.standing)]).rstrip()
    return Message(
        title=_("Your usage"),
        body=f"{now}\n\n{limits_and_budgets(preview)}\n\n{this_month(usage)}\n-# {note}",
        color=color_of(preview, own_stops),
        rows=[[_notify_list(usage.notify)]],
    )


def _notify_list(chosen: Notify) -> Select:
    options = [
        Option(_(label), notify, is_chosen=notify is chosen) for notify, label in _WHEN_TO_NOTIFY.items()
    ]
    return Select(custom_id(Action.NOTIFY), _("When should I mention you?"), options)


def allowances(usage: MemberUsage) -> str:
    """Return a few lines for each rule, the shortest window first."""
    return "\n".join(map(rule_line, usage.usages)) or _("No limits apply here.")


def this_month(usage: MemberUsage) -> str:
    """Return words such as "This month on this server (UTC): 14 images, $0.76"."""
    spending = usage.spending_this_month
    images, spent = pictures(usage.pictures_this_month), money(spending.spent_microusd)
    if not spending.held_microusd:
        return _("This month on this server (UTC): {images}, {spent}", images=images, spent=spent)
    return _(
        "This month on this server (UTC): {images}, {spent} (plus about {held} for images still generating)",
        images=images,
        spent=spent,
        held=money(spending.held_microusd),
    )
