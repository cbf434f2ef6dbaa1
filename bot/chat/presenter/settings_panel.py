"""/config show: the settings of a server, and the buttons and lists that change them."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from bot.chat.incoming.text import one_line
from bot.chat.presenter.custom_ids import CLEARS, Action, custom_id
from bot.chat.presenter.language_settings import language_name, language_panel
from bot.chat.presenter.message import (
    MOST_OPTION,
    MOST_OPTIONS,
    Button,
    Color,
    Kind,
    Look,
    Message,
    Option,
    Picker,
    Row,
    Select,
    view_message,
)
from bot.chat.presenter.notice_settings import notices_name, notices_panel
from bot.chat.presenter.paging import Page, turning
from bot.chat.presenter.quality_panel import max_quality_words, quality_panel
from bot.chat.presenter.rule_effects import capped_words
from bot.chat.presenter.settings_names import Names
from bot.chat.presenter.settings_words import (
    EXPLAINED,
    MOST_CHANNELS,
    SUBJECT_TITLES,
    allowances_words,
    budget_words,
    channels_words,
    spent_words,
    subject_line,
)
from bot.domain.administration import GuildSettings, RuleScope, RuleSubject, SetRule
from bot.domain.limits import Allowances, OperatorLimits
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import money, percent, with_commas

#: The most roles with limits, members with limits, or channels on one page.
PAGE_LENGTH = 15
_MOST_RULES = 6
#: The used share of the budget, in percent, at which the log channel gets its first warning.
_FIRST_WARNING = 80
#: The scopes of the rules that are not for everyone.
_NAMED_SCOPES = (RuleScope.ROLE, RuleScope.MEMBER, RuleScope.CHANNEL)


class View(StrEnum):
    """The views of the panel. They are parts of its buttons' custom ids."""

    ALL = "all"
    EVERYONE = "everyone"
    ROLES = "roles"
    MEMBERS = "members"
    CHANNEL_LIMITS = "channel-limits"
    BUDGET = "budget"
    CHANNELS = "channels"
    LOG = "log"
    LANGUAGE = "language"
    QUALITY = "quality"
    NOTICES = "notices"


@dataclass(frozen=True, slots=True)
class Named:
    """The ids in a message whose names have to be looked up."""

    members: Sequence[int] = ()
    channels: Sequence[int] = ()

    @classmethod
    def by(cls, settings: GuildSettings, view: View, page: int) -> Self:
        """Return the ids in a view of the panel."""
        log = settings.choices.log_channel_id
        logs = [] if log is None else [log]
        match view:
            case View.ALL:
                shown = _rules(settings, *_NAMED_SCOPES)[:_MOST_RULES]
                of_rules = _ids_of(shown, RuleScope.CHANNEL)
                return cls(
                    _ids_of(shown, RuleScope.MEMBER), [*_allowed(settings)[:MOST_CHANNELS], *logs, *of_rules]
                )
            case View.MEMBERS:
                return cls(Page.of(_ids_of(settings.rules, RuleScope.MEMBER), page, PAGE_LENGTH).shown)
            case View.CHANNEL_LIMITS:
                listed = Page.of(_ids_of(settings.rules, RuleScope.CHANNEL), page, PAGE_LENGTH)
                return cls(channels=listed.shown)
            case View.CHANNELS:
                return cls(channels=Page.of(_allowed(settings), page, PAGE_LENGTH).shown)
            case View.LOG:
                return cls(channels=logs)
        return cls()

    @classmethod
    def of(cls, subject: RuleSubject) -> Self:
        ids = [subject.id]
        match subject.scope:
            case RuleScope.MEMBER:
                return cls(ids)
            case RuleScope.CHANNEL:
                return cls(channels=ids)
        return cls()


def panel(settings: GuildSettings, names: Names, view: View, note: str = "", page: int = 0) -> Message:
    """Draw a view of the panel. `note` says what has just been saved."""
    draw = {
        View.ALL: _all,
        View.EVERYONE: _everyone,
        View.ROLES: _roles,
        View.MEMBERS: _members,
        View.CHANNEL_LIMITS: _channel_limits,
        View.BUDGET: _budget,
        View.CHANNELS: _channels,
        View.LOG: _log,
        View.LANGUAGE: _language,
        View.QUALITY: _quality,
        View.NOTICES: _notices,
    }[view]
    return draw(settings, names, note, page)


def subject_panel(settings: GuildSettings, names: Names, subject: RuleSubject, note: str = "") -> Message:
    """Draw the limits of one role, member or channel, or of everyone."""
    allowances = allowances_of(settings, subject)
    ids = (subject.scope, subject.id)
    buttons = [Button(_("Change limits"), custom_id(Action.SETTINGS_LIMITS, *ids), Look.PRIMARY)]
    if allowances.are_set:
        buttons.append(Button(_("Remove limits"), custom_id(Action.SETTINGS_CLEAR, *ids), Look.DANGER))
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
    back = _back(_BACK_TO[subject.scope], _page_with(settings, subject))
    return view_message(_(SUBJECT_TITLES[subject.scope]), body, note, [[*buttons, back]])


def _page_with(settings: GuildSettings, subject: RuleSubject) -> int:
    """Return the page of its list that shows the subject, or the first page if the subject has no limits."""
    subjects = [rule.subject for rule in _rules(settings, subject.scope)]
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


# --- the whole ----------------------------------------------------------------------------------------


def _all(settings: GuildSettings, names: Names, note: str, _page: int) -> Message:
    log = settings.choices.log_channel_id
    fields = [
        (_("Limits"), _rules_words(settings, names)),
        (_("Budget"), f"{budget_words(settings)}\n{spent_words(settings)}"),
        (_("Channels"), channels_words(_allowed(settings), names)),
        (_("Log channel"), names.channel(log) if log else _("None: budget warnings are not posted.")),
        (_("Language"), language_name(settings.choices.language)),
        (_("Notices"), notices_name(settings.choices.notify_after_seconds)),
    ]
    rows: list[Row] = [
        [
            _open(_("Limits for everyone"), View.EVERYONE),
            _open(_("Limits for roles"), View.ROLES),
            _open(_("Limits for members"), View.MEMBERS),
            _open(_("Limits in channels"), View.CHANNEL_LIMITS),
        ],
        [
            _open(_("Budget"), View.BUDGET),
            _open(_("Channels"), View.CHANNELS),
            _open(_("Log channel"), View.LOG),
            _open(_("Language"), View.LANGUAGE),
        ],
        [_open(_("Notices"), View.NOTICES)],
    ]
    if settings.max_price_microusd is not None:
        chosen = settings.choices
        fields.append((_("Max quality"), max_quality_words(chosen.max_roles, chosen.max_counts_as)))
        rows[1] = [*rows[1], _open(_("Max quality"), View.QUALITY)]
    return Message(
        title=_("Server settings"),
        body=note or "\n".join(filter(None, [capped_words(settings), _("Choose what you want to change.")])),
        fields=fields,
        color=Color.DONE if note else Color.WORKING,
        rows=rows,
    )


def _rules_words(settings: GuildSettings, names: Names) -> str:
    everyone_here = RuleSubject.everyone(settings.guild_id)
    everyone = allowances_of(settings, everyone_here)
    own = allowances_words(settings.operator)
    bots_own = _("Bot default where nothing is set: {limits}", limits=own)
    lines = [subject_line(names, everyone_here, everyone, settings.operator), f"-# {bots_own}"]
    if settings.operator.ceilings.are_set:
        ceilings = allowances_words(settings.operator.ceilings)
        maximum = _("Maximum per member across all servers: {limits}", limits=ceilings)
        lines.append(f"-# {maximum}")
    rules = _rules(settings, *_NAMED_SCOPES)
    lines += _rule_lines(rules[:_MOST_RULES], settings.operator, names)
    if (more := len(rules) - _MOST_RULES) > 0:
        and_more = ngettext("and {count} more", "and {count} more", more)
        lines.append(f"-# {and_more}")
    return "\n".join(lines)


def _rule_lines(rules: Sequence[SetRule], operator: OperatorLimits, names: Names) -> list[str]:
    return [subject_line(names, rule.subject, rule.allowances, operator) for rule in rules]


def _rules(settings: GuildSettings, *scopes: RuleScope) -> list[SetRule]:
    return [rule for rule in settings.rules if rule.subject.scope in scopes]


def _ids_of(rules: Sequence[SetRule], scope: RuleScope) -> list[int]:
    return [rule.subject.id for rule in rules if rule.subject.scope is scope]


def _allowed(settings: GuildSettings) -> list[int]:
    return sorted(settings.choices.allowed_channels)


# --- one thing at a time ------------------------------------------------------------------------------


def _everyone(settings: GuildSettings, names: Names, note: str, _page: int) -> Message:
    return subject_panel(settings, names, RuleSubject.everyone(settings.guild_id), note)


def _roles(settings: GuildSettings, names: Names, note: str, page: int) -> Message:
    rules = Page.of(_rules(settings, RuleScope.ROLE), page, PAGE_LENGTH)
    picker = Picker(custom_id(Action.SETTINGS_PICK, RuleScope.ROLE), _("Choose a role …"), Kind.ROLES)
    rows = _subject_rows(settings, names, View.ROLES, rules, picker)
    body = [note or subject_lines(settings, names, rules), rules.words, _(EXPLAINED[RuleScope.ROLE])]
    return view_message(_("Limits for roles"), body, note, rows)


def _members(settings: GuildSettings, names: Names, note: str, page: int) -> Message:
    rules = Page.of(_rules(settings, RuleScope.MEMBER), page, PAGE_LENGTH)
    picker = Picker(custom_id(Action.SETTINGS_PICK, RuleScope.MEMBER), _("Choose a member …"), Kind.MEMBERS)
    rows = _subject_rows(settings, names, View.MEMBERS, rules, picker)
    body = [note or subject_lines(settings, names, rules), rules.words, _(EXPLAINED[RuleScope.MEMBER])]
    return view_message(_("Limits for members"), body, note, rows)


def _channel_limits(settings: GuildSettings, names: Names, note: str, page: int) -> Message:
    rules = Page.of(_rules(settings, RuleScope.CHANNEL), page, PAGE_LENGTH)
    picker = Picker(
        custom_id(Action.SETTINGS_PICK, RuleScope.CHANNEL), _("Choose a channel …"), Kind.CHANNELS
    )
    rows = _subject_rows(settings, names, View.CHANNEL_LIMITS, rules, picker)
    body = [note or subject_lines(settings, names, rules), rules.words, _(EXPLAINED[RuleScope.CHANNEL])]
    return view_message(_("Limits in channels"), body, note, rows)


def subject_lines(settings: GuildSettings, names: Names, rules: Page[SetRule]) -> str:
    lines = _rule_lines(rules.shown, settings.operator, names)
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
    return [*rows, [*_turning(view, rules.number, rules.pages), _back(View.ALL)]]


def _option(rule: SetRule, settings: GuildSettings, names: Names) -> Option:
    limits = one_line(allowances_words(rule.allowances, settings.operator), MOST_OPTION)
    return Option(names.plain(rule.subject), f"{rule.subject.scope}.{rule.subject.id}", limits)


def _budget(settings: GuildSettings, _names: Names, note: str, _page: int) -> Message:
    buttons = [Button(_("Change budget"), custom_id(Action.SETTINGS_BUDGET), Look.PRIMARY)]
    if settings.choices.budget_microusd is not None:
        buttons.append(Button(_("Remove budget"), custom_id(Action.SETTINGS_NO_BUDGET), Look.DANGER))
    body = [
        note or budget_words(settings),
        spent_words(settings),
        _(
            "One image costs about {price}. The budget starts again on the first day of each month (UTC).",
            price=money(settings.price_microusd),
        ),
        _(
            "I post a warning in the log channel at {some} and at {all}.",
            some=percent(_FIRST_WARNING),
            all=percent(100),
        ),
    ]
    return view_message(_("Budget"), body, note, [[*buttons, _back(View.ALL)]])


def _channels(settings: GuildSettings, names: Names, note: str, page: int) -> Message:
    """Draw the channels. A choice adds to them: Discord's list takes and shows at most 25 chosen channels."""
    allowed = _allowed(settings)
    listed = Page.of(allowed, page, PAGE_LENGTH)
    more = _("Add channels …") if allowed else _("Allow only these channels …")
    rows: list[Row] = [[Picker(custom_id(Action.SETTINGS_CHANNELS), more, Kind.CHANNELS, most=MOST_OPTIONS)]]
    buttons: list[Button] = [*_turning(View.CHANNELS, listed.number, listed.pages), _back(View.ALL)]
    if allowed:
        options = [Option(names.plain_channel(channel_id), str(channel_id)) for channel_id in listed.shown]
        remove = custom_id(Action.SETTINGS_REMOVE, listed.number)
        rows.append([Select(remove, _("Remove channels …"), options, most=len(options))])
        buttons.insert(-1, Button(_("Allow all channels"), custom_id(Action.SETTINGS_CHANNELS, CLEARS)))
    state = channels_words(allowed, names)
    if listed.pages > 1:
        shown = with_commas(map(names.channel, listed.shown))
        count = ngettext(
            "Images can be generated only in {count} channel (threads included):",
            "Images can be generated only in {count} channels (threads included):",
            len(allowed),
        )
        state = f"{count}\n{shown}"
    hint = _("Each choice adds up to {count} channels to the list.", count=MOST_OPTIONS)
    body = [note or state, listed.words, hint]
    return view_message(_("Channels"), body, note, [*rows, buttons])


def _log(settings: GuildSettings, names: Names, note: str, _page: int) -> Message:
    log = settings.choices.log_channel_id
    there = [log] if log in names.channels and log is not None else []
    picker = Picker(custom_id(Action.SETTINGS_LOG), _("Choose a channel …"), Kind.CHANNELS, there)
    buttons: list[Button] = [_back(View.ALL)]
    if log is not None:
        buttons.insert(0, Button(_("Remove log channel"), custom_id(Action.SETTINGS_LOG, CLEARS)))
    state = _("No log channel: budget warnings are not posted.")
    if log is not None:
        state = _("I post budget warnings in {channel}.", channel=names.channel(log))
    body = [note or state, _("Choose a channel that moderators read.")]
    return view_message(_("Log channel"), body, note, [[picker], buttons])


def _language(settings: GuildSettings, _names: Names, note: str, _page: int) -> Message:
    return language_panel(settings.choices.language, note, _back(View.ALL))


def _quality(settings: GuildSettings, names: Names, note: str, _page: int) -> Message:
    return quality_panel(settings, names, note, _back(View.ALL))


def _notices(settings: GuildSettings, _names: Names, note: str, _page: int) -> Message:
    return notices_panel(settings.choices.notify_after_seconds, note, _back(View.ALL))


def _open(label: str, view: View) -> Button:
    return Button(label, custom_id(Action.SETTINGS, view))


def _back(view: View, page: int = 0) -> Button:
    return Button(_("Back"), custom_id(Action.SETTINGS, view, *([page] if page else [])))


def _turning(view: View, page: int, pages: int) -> list[Button]:
    return turning(Action.SETTINGS, view, page=page, pages=pages, labels=(_("Previous"), _("Next")))
