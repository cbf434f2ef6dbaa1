"""The dialogues in which admins type limits and budgets, and what is confirmed afterwards."""

from bot.chat.presenter.custom_ids import Action, custom_id
from bot.chat.presenter.message import Color, Form, Message, TextField
from bot.chat.presenter.numbers import usd
from bot.chat.presenter.settings_panel import SUBJECT_TITLES, Names, allowances_words
from bot.domain.administration import RuleSubject
from bot.domain.limits import Allowances, LimitField

BUDGET = "budget"
#: No number that makes sense is longer.
MOST_CHARACTERS = 20
_LABELS = {
    LimitField.PER_HOUR: "Pictures in any hour",
    LimitField.PER_DAY: "Pictures in any 24 hours",
    LimitField.RUNNING: "Pictures in the making at a time",
}


def limits_form(subject: RuleSubject, allowances: Allowances, opening: int) -> Form:
    """Its fields are named as the limits are."""
    fields = [
        TextField(
            limit.value,
            label,
            placeholder="empty: not set · 0: none",
            value="" if (given := allowances.of(limit)) is None else str(given),
            is_long=False,
            is_required=False,
            most_characters=MOST_CHARACTERS,
        )
        for limit, label in _LABELS.items()
    ]
    id_ = custom_id(Action.LIMITS_FORM, subject.scope, subject.id, opening)
    return Form(SUBJECT_TITLES[subject.scope], id_, fields)


def budget_form(budget_microusd: int | None, opening: int) -> Form:
    value = "" if budget_microusd is None else usd(budget_microusd).lstrip("$").replace(",", "")
    budget = TextField(
        BUDGET,
        "US dollars a month",
        placeholder="such as 25 or 12.50 · empty: no budget",
        value=value,
        is_long=False,
        is_required=False,
        most_characters=MOST_CHARACTERS,
    )
    return Form("Budget of this server", custom_id(Action.BUDGET_FORM, opening), [budget])


# --- what was saved -----------------------------------------------------------------------------------


def limits_saved(names: Names, subject: RuleSubject, allowances: Allowances) -> str:
    if not allowances.are_set:
        return f"✅ Cleared: {names.mention(subject)} has no limits set here any more."
    return f"✅ Saved: {names.mention(subject)} may make {_may(allowances)}."


def _may(allowances: Allowances) -> str:
    return f"**{allowances_words(allowances)}**"


def budget_saved(budget_microusd: int | None) -> str:
    if budget_microusd is None:
        return "✅ Cleared: this server has no budget of its own."
    return f"✅ Saved: **{usd(budget_microusd)}** a month."


def channels_saved(count: int) -> str:
    if not count:
        return "✅ Saved: pictures may be made everywhere."
    where = "this channel" if count == 1 else f"these {count} channels"
    return f"✅ Saved: pictures are made only in {where}, and in their threads."


def log_saved(channel_id: int | None, *, may_post: bool = True) -> str:
    if channel_id is None:
        return "✅ Saved: nobody is told when the budget runs out."
    if not may_post:
        return (
            f"⚠️ Saved, but I may not post in <#{channel_id}>: allow me there **View Channel**, "
            "**Send Messages** and **Embed Links**."
        )
    return f"✅ Saved: I tell in <#{channel_id}> when the budget runs out."


def saved(note: str) -> Message:
    """For a command, which has no panel to refresh."""
    return Message(body=note, color=Color.DONE)
