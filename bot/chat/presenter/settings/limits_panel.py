"""The limits in /config show: of everyone, of roles, of members and in channels."""

from collections.abc import Sequence

from bot.chat.incoming.text import one_line
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import (
    MOST_OPTION,
    Button,
    Kind,
    Look,
    Message,
    Option,
    Picker,
    Row,
    Select,
    view_message,
)
from bot.chat.presenter.elements.paging import Page
from bot.chat.presenter.settings.entitlement import entitlement_button, member_picker
from bot.chat.presenter.settings.panel_views import PAGE_LENGTH, View, back_to, turning_in
from bot.chat.presenter.settings.settings_words import (
    EXPLAINED,
    SUBJECT_TITLES,
    allowances_words,
    subject_line,
)
from bot.chat.presenter.wording.settings_names import Names
from bot.domain.administration import GuildSettings, RuleScope, RuleSubject, SetRule
from bot.domain.limits import Allowances, OperatorLimits
from bot.words.catalogs import gettext as _


def subject_panel(settings: GuildSettings, names: Names, subject: RuleSubject, note: str = "") -> Message:
    """Draw the limits of one role, member or channel, or of everyone."""
    allowances = allowances_of(settings, subject)
    ids = (subject.scope, subject.id)
    buttons = [Button(_("Change limits"), custom_id(Action.SETTINGS_LIMITS, *ids), Look.PRIMARY)]
    if allowances.are_set:
        buttons.append(Button(_("Remove limits"), custom_id(Action.SETTINGS_CLEAR, *ids), Look.DANGER))
    if subject.scope is RuleScope.MEMBER:
        buttons.append(entitlement_button(subject.id))
    body = [
        note or subject_line(names, subject, allowances, settings.operator),
        _(EXPLAINED[subject.scope]),
    ]
    if subject.scope is RuleScope.GUILD:
        body.append(_("Bot default: {limits}", limits=allowances_words(settings.operator)))
    if (caps := settings.operator.caps).are_set:
        body.append(
            _(
                "You can set lower or higher limits, up to the bot's maximum: {limits}.",
                limits=allowances_words(caps),
            )
        )
    back = back_to(_BACK_TO[subject.scope], _page_with(settings, subject))
    return view_message(_(SUBJECT_TITLES[subject.scope]), body, note, [[*buttons, back]])


def _page_with(settings: GuildSettings, subject: RuleSubject) -> int:
    """Return the page of its list that shows the subject, or the first page if the subject has no limits."""
    subjects = [rule.subject for rule in rules_of(settings, subject.scope)]
    return subjects.index(subject) // PAGE_LENGTH if subject in subjects else 0


def allowances_of(settings: GuildSettings, subject: RuleSubject) -> Allowances:
    found = [rule.allowances for rule in settings.rules if rule.subject == subject]
    return found[0] if found else Allowances()


_BACK_TO = {
    RuleScope.GUILD: View.ALL,
    RuleScope.ROLE: View.ROLES,
    RuleScope.MEMBER: View.MEMBERS,
    RuleScope.CHANNEL: View.CHANNEL_LIMITS,
}


def rule_lines(rules: Sequence[SetRule], operator: OperatorLimits, names: Names) -> list[str]:
    return [subject_line(names, rule.subject, rule.allowances, operator) for rule in rules]


def rules_of(settings: GuildSettings, *scopes: RuleScope) -> list[SetRule]:
    return [rule for rule in settings.rules if rule.subject.scope in scopes]


def ids_of(rules: Sequence[SetRule], scope: RuleScope) -> list[int]:
    return [rule.subject.id for rule in rules if rule.subject.scope is scope]


def _everyone_limits(settings: GuildSettings, names: Names, note: str, _page: int) -> Message:
    return subject_panel(settings, names, RuleSubject.everyone(settings.guild_id), note)


def _role_limits(settings: GuildSettings, names: Names, note: str, page: int) -> Message:
    rules = Page.of(rules_of(settings, RuleScope.ROLE), page, PAGE_LENGTH)
    picker = Picker(custom_id(Action.SETTINGS_PICK, RuleScope.ROLE), _("Choose a role …"), Kind.ROLES)
    rows = _subject_rows(settings, names, View.ROLES, rules, picker)
    body = [note or subject_lines(settings, names, rules), rules.words, _(EXPLAINED[RuleScope.ROLE])]
    return view_message(_("Limits for roles"), body, note, rows)


def _member_limits(settings: GuildSettings, names: Names, note: str, page: int) -> Message:
    rules = Page.of(rules_of(settings, RuleScope.MEMBER), page, PAGE_LENGTH)
    picker = Picker(custom_id(Action.SETTINGS_PICK, RuleScope.MEMBER), _("Choose a member …"), Kind.MEMBERS)
    rows = _subject_rows(settings, names, View.MEMBERS, rules, picker)
    rows.insert(-1, [member_picker()])
    body = [note or subject_lines(settings, names, rules), rules.words, _(EXPLAINED[RuleScope.MEMBER])]
    return view_message(_("Limits for members"), body, note, rows)


def _channel_limits(settings: GuildSettings, names: Names, note: str, page: int) -> Message:
    rules = Page.of(rules_of(settings, RuleScope.CHANNEL), page, PAGE_LENGTH)
    picker = Picker(
        custom_id(Action.SETTINGS_PICK, RuleScope.CHANNEL), _("Choose a channel …"), Kind.CHANNELS
    )
    rows = _subject_rows(settings, names, View.CHANNEL_LIMITS, rules, picker)
    body = [note or subject_lines(settings, names, rules), rules.words, _(EXPLAINED[RuleScope.CHANNEL])]
    return view_message(_("Limits in channels"), body, note, rows)


def subject_lines(settings: GuildSettings, names: Names, rules: Page[SetRule]) -> str:
    lines = rule_lines(rules.shown, settings.operator, names)
    return "\n".join(lines) or _("None yet.")


def _subject_rows(
    settings: GuildSettings, names: Names, view: View, rules: Page[SetRule], picker: Picker
) -> list[Row]:
    """Return a list of all who could have limits, and one of those who have some, even if they are gone."""
    rows: list[Row] = [[picker]]
    if rules.shown:
        options = [_option(rule, settings, names) for rule in rules.shown]
        known = custom_id(Action.SETTINGS_KNOWN)
        rows.append([Select(known, _("Or choose from those with limits …"), options)])
    return [*rows, [*turning_in(view, rules.number, rules.pages), back_to(View.ALL)]]


def _option(rule: SetRule, settings: GuildSettings, names: Names) -> Option:
    limits = one_line(allowances_words(rule.allowances, settings.operator), MOST_OPTION)
    return Option(names.plain(rule.subject), f"{rule.subject.scope}.{rule.subject.id}", limits)


#: The function that draws each view about limits.
LIMIT_VIEWS = {
    View.EVERYONE: _everyone_limits,
    View.ROLES: _role_limits,
    View.MEMBERS: _member_limits,
    View.CHANNEL_LIMITS: _channel_limits,
}
