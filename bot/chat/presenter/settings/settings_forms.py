"""The dialogues in which admins type limits and budgets, and the confirmations afterwards."""

from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Color, Form, Message, TextField
from bot.chat.presenter.settings.settings_words import SUBJECT_TITLES, allowances_words
from bot.chat.presenter.wording.limit_fields import limit_field_name
from bot.chat.presenter.wording.settings_names import Names
from bot.domain.administration import RuleSubject
from bot.domain.limits import OVER_TIME, Allowances, LimitField
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import money, typed_money
from bot.words.language import LANGUAGES

BUDGET = "budget"
#: No sensible number is longer.
MOST_CHARACTERS = 20
#: The order of the fields, which is not the order of the rules.
_FIELDS = (*OVER_TIME, LimitField.RUNNING)


def limits_form(subject: RuleSubject, allowances: Allowances, opening: int) -> Form:
    """Return the dialogue for limits; its fields have the ids of the limits."""
    fields = [
        TextField(
            limit.value,
            limit_field_name(limit),
            placeholder=_("Leave empty for the default; 0 for none"),
            value="" if (given := allowances.of(limit)) is None else str(given),
            is_long=False,
            is_required=False,
            most_characters=MOST_CHARACTERS,
        )
        for limit in _FIELDS
    ]
    id_ = custom_id(Action.LIMITS_FORM, subject.scope, subject.id, opening)
    return Form(_(SUBJECT_TITLES[subject.scope]), id_, fields)


def budget_form(budget_microusd: int | None, opening: int) -> Form:
    budget = TextField(
        BUDGET,
        _("US dollars per month"),
        # Translators: write the second number with the decimal sign of your language.
        placeholder=_("For example 25 or 12.50; empty for no budget"),
        value="" if budget_microusd is None else typed_money(budget_microusd),
        is_long=False,
        is_required=False,
        most_characters=MOST_CHARACTERS,
    )
    return Form(_("Budget of this server"), custom_id(Action.BUDGET_FORM, opening), [budget])


# --- what was saved -----------------------------------------------------------------------------------


def limits_saved(names: Names, subject: RuleSubject, allowances: Allowances) -> str:
    who = names.mention(subject)
    if not allowances.are_set:
        return _("✅ Limits removed: {who}.", who=who)
    # Translators: such as "✅ Saved. Everyone: 2 at once, 5 per day".
    return _("✅ Saved. {who}: **{limits}**", who=who, limits=allowances_words(allowances))


def budget_saved(budget_microusd: int | None) -> str:
    if budget_microusd is None:
        return _("✅ Removed: this server has no budget.")
    return _("✅ Saved: **{budget}** per month.", budget=money(budget_microusd))


def channels_saved(count: int) -> str:
    if not count:
        return _("✅ Saved: images can be generated in every channel.")
    return ngettext(
        "✅ Saved: images can be generated only in this channel and its threads.",
        "✅ Saved: images can be generated only in these {count} channels and their threads.",
        count,
    )


def age_saved(*, is_on: bool) -> str:
    if is_on:
        return _("✅ Saved: images can be generated only in age-restricted channels.")
    return _("✅ Saved: channels need not be age-restricted.")


def log_saved(channel_id: int | None, *, may_post: bool = True) -> str:
    if channel_id is None:
        return _("✅ Saved: budget warnings are not posted.")
    channel = f"<#{channel_id}>"
    if not may_post:
        return _(
            "⚠️ Saved, but I can't post in {channel}. Allow me **View Channel**, **Send Messages** and "
            "**Embed Links** there.",
            channel=channel,
        )
    return _("✅ Saved: I post budget warnings in {channel}.", channel=channel)


def language_saved(language: str | None) -> str:
    if language is None:
        return _("✅ Saved: I use the language that this server has in Discord.")
    return _("✅ Saved: I use {language} on this server.", language=LANGUAGES[language])


def saved(note: str) -> Message:
    """Confirm what a command has saved: a command has no panel to refresh."""
    return Message(body=note, color=Color.DONE)
