"""/config show: what holds on a server, and the buttons and lists that change it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Self

from bot.chat.incoming.text import one_line
from bot.chat.presenter.allowance import limit_name
from bot.chat.presenter.custom_ids import Action, custom_id
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
)
from bot.chat.presenter.numbers import usd
from bot.chat.presenter.paging import Page, turning
from bot.domain.administration import GuildSettings, RuleScope, RuleSubject, SetRule
from bot.domain.limits import FIELDS, Allowances, LimitField, OperatorLimits

#: Of the rules of roles, of those of members, and of the channels that are listed at once.
PAGE_LENGTH = 15
_MOST_RULES, _MOST_CHANNELS = 6, 20
NOT_SET = "not set"


class View(StrEnum):
    """What the panel shows; a part of its buttons' custom ids."""

    ALL = "all"
    EVERYONE = "everyone"
    ROLES = "roles"
    MEMBERS = "members"
    BUDGET = "budget"
    CHANNELS = "channels"
    LOG = "log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The server's roles, channels and members as they are called now; who is missing is gone, if known."""

    roles: Mapping[int, str] = field(default_factory=dict)
    #: Of those whom the message names only.
    members: Mapping[int, str] = field(default_factory=dict)
    #: All but threads, and those threads that the message names.
    channels: Mapping[int, str] = field(default_factory=dict)
    #: False: Discord does not tell just now, so that nothing counts as gone.
    are_known: bool = True

    @classmethod
    def unknown(cls) -> Self:
        return cls(are_known=False)

    def mention(self, subject: RuleSubject) -> str:
        match subject.scope:
            case RuleScope.GUILD:
                return "Everyone"
            case RuleScope.ROLE if subject.id in self.roles or not self.are_known:
                return f"<@&{subject.id}>"
            case RuleScope.MEMBER if subject.id in self.members or not self.are_known:
                return f"<@{subject.id}>"
        return f"{_gone(subject)} (`{subject.id}`)"

    def plain(self, subject: RuleSubject) -> str:
        """For lists of choices, which show mentions as they are written."""
        names = self.roles if subject.scope is RuleScope.ROLE else self.members
        what = _gone(subject) if self.are_known else f"a {subject.scope}"
        return one_line(names.get(subject.id, ""), MOST_OPTION) or f"{what} ({subject.id})"

    def channel(self, channel_id: int) -> str:
        if channel_id in self.channels or not self.are_known:
            return f"<#{channel_id}>"
        return f"a deleted channel (`{channel_id}`)"

    def plain_channel(self, channel_id: int) -> str:
        what = "a deleted channel" if self.are_known else "a channel"
        return one_line(self.channels.get(channel_id, ""), MOST_OPTION) or f"{what} ({channel_id})"


@dataclass(frozen=True, slots=True)
class Named:
    """The ids that a message names, which have to be looked up for it."""

    members: Sequence[int] = ()
    channels: Sequence[int] = ()

    @classmethod
    def by(cls, settings: GuildSettings, view: View, page: int) -> Self:
        """By a view of the panel."""
        log = settings.choices.log_channel_id
        logs = [] if log is None else [log]
        match view:
            case View.ALL:
                shown = _rules(settings, RuleScope.ROLE, RuleScope.MEMBER)[:_MOST_RULES]
                return cls(_members_of(shown), [*_allowed(settings)[:_MOST_CHANNELS], *logs])
            case View.MEMBERS:
                return cls(_members_of(Page.of(_rules(settings, RuleScope.MEMBER), page, PAGE_LENGTH).shown))
            case View.CHANNELS:
                return cls(channels=Page.of(_allowed(settings), page, PAGE_LENGTH).shown)
            case View.LOG:
                return cls(channels=logs)
        return cls()

    @classmethod
    def of(cls, subject: RuleSubject) -> Self:
        return cls([subject.id] if subject.scope is RuleScope.MEMBER else [])


def panel(settings: GuildSettings, names: Names, view: View, note: str = "", page: int = 0) -> Message:
    """`note` says what has just been saved."""
    draw = {
        View.ALL: _all,
        View.EVERYONE: _everyone,
        View.ROLES: _roles,
        View.MEMBERS: _members,
        View.BUDGET: _budget,
        View.CHANNELS: _channels,
        View.LOG: _log,
    }[view]
    return draw(settings, names, note, page)


def subject_panel(settings: GuildSettings, names: Names, subject: RuleSubject, note: str = "") -> Message:
    """The limits of one role or member, or of everyone."""
    allowances = allowances_of(settings, subject)
    ids = (subject.scope, subject.id)
    buttons = [Button("Change limits", custom_id(Action.SETTINGS_LIMITS, *ids), Look.PRIMARY)]
    if allowances.are_set:
        buttons.append(Button("Clear limits", custom_id(Action.SETTINGS_CLEAR, *ids), Look.DANGER))
    state = f"{names.mention(subject)}: **{allowances_words(allowances, settings.operator)}**"
    body = [note or state, _EXPLAINED[subject.scope]]
    if subject.scope is RuleScope.GUILD:
        body.append(f"This bot's own: {allowances_words(settings.operator)}")
    if (caps := settings.operator.caps).are_set:
        body.append(_CAPS.format(allowances_words(caps)))
    back = _back(_BACK_TO[subject.scope], _page_with(settings, subject))
    return _message(SUBJECT_TITLES[subject.scope], body, note, [[*buttons, back]])


def _page_with(settings: GuildSettings, subject: RuleSubject) -> int:
    """Of the list of its kind; the first if it has no limits."""
    subjects = [rule.subject for rule in _rules(settings, subject.scope)]
    return subjects.index(subject) // PAGE_LENGTH if subject in subjects else 0


def allowances_of(settings: GuildSettings, subject: RuleSubject) -> Allowances:
    found = [rule.allowances for rule in settings.rules if rule.subject == subject]
    return found[0] if found else Allowances()


def allowances_words(allowances: Allowances, operator: OperatorLimits | None = None) -> str:
    """Such as "2 at a time, 5 a day"; with `operator`, each limit above the operator's cap names the cap."""
    given = [(one, limit) for one in FIELDS if (limit := allowances.of(one)) is not None]
    words = [f"{limit_name(one, limit)}{_capped(one, limit, operator)}" for one, limit in given]
    return ", ".join(words) or NOT_SET


def _capped(field: LimitField, limit: int, operator: OperatorLimits | None) -> str:
    cap = None if operator is None else operator.cap(field)
    return "" if cap is None or limit <= cap else f" (capped at {cap:,} by this bot)"


SUBJECT_TITLES = {
    RuleScope.GUILD: "Limits for everyone",
    RuleScope.ROLE: "Limits of a role",
    RuleScope.MEMBER: "Limits of a member",
}
_EXPLAINED = {
    RuleScope.GUILD: "They hold for everyone, unless a role or a rule for one member says otherwise.",
    RuleScope.ROLE: "Of several roles the most generous holds, whatever everyone else's limits are.",
    RuleScope.MEMBER: "They hold before those of any role and of everyone.",
}
_CAPS = "Limits can be lowered freely, and raised up to what this bot allows: {}."
_BACK_TO = {
    RuleScope.GUILD: View.ALL,
    RuleScope.ROLE: View.ROLES,
    RuleScope.MEMBER: View.MEMBERS,
}


# --- the whole ----------------------------------------------------------------------------------------


def _all(settings: GuildSettings, names: Names, note: str, _page: int) -> Message:
    log = settings.choices.log_channel_id
    fields = [
        ("Limits", _rules_words(settings, names)),
        ("Budget", f"{_budget_words(settings)}\n{_spent_words(settings)}"),
        ("Channels", _channels_words(_allowed(settings), names)),
        ("Log channel", names.channel(log) if log else "none: nobody is told when the budget runs out"),
    ]
    rows: list[Row] = [
        [
            _open("Everyone's limits", View.EVERYONE),
            _open("Roles' limits", View.ROLES),
            _open("Members' limits", View.MEMBERS),
        ],
        [_open("Budget", View.BUDGET), _open("Channels", View.CHANNELS), _open("Log channel", View.LOG)],
    ]
    return Message(
        title="How I work on this server",
        body=note or "Choose below what to change.",
        fields=fields,
        color=Color.DONE if note else Color.WORKING,
        rows=rows,
    )


def _rules_words(settings: GuildSettings, names: Names) -> str:
    everyone = allowances_of(settings, RuleSubject.everyone(settings.guild_id))
    own = allowances_words(settings.operator)
    lines = [
        f"Everyone: **{allowances_words(everyone, settings.operator)}**",
        f"-# Where not set, this bot's own: {own}",
    ]
    if settings.operator.ceilings.are_set:
        ceilings = allowances_words(settings.operator.ceilings)
        lines.append(f"-# Nobody makes more than {ceilings} over all servers")
    rules = _rules(settings, RuleScope.ROLE, RuleScope.MEMBER)
    lines += _rule_lines(rules[:_MOST_RULES], settings.operator, names)
    if (more := len(rules) - _MOST_RULES) > 0:
        lines.append(f"-# and {more:,} more")
    return "\n".join(lines)


def _rule_lines(rules: Sequence[SetRule], operator: OperatorLimits, names: Names) -> list[str]:
    return [
        f"{names.mention(one.subject)}: **{allowances_words(one.allowances, operator)}**" for one in rules
    ]


def _rules(settings: GuildSettings, *scopes: RuleScope) -> list[SetRule]:
    return [rule for rule in settings.rules if rule.subject.scope in scopes]


def _members_of(rules: Sequence[SetRule]) -> list[int]:
    return [rule.subject.id for rule in rules if rule.subject.scope is RuleScope.MEMBER]


def _allowed(settings: GuildSettings) -> list[int]:
    return sorted(settings.choices.allowed_channels)


# --- one thing at a time ------------------------------------------------------------------------------


def _everyone(settings: GuildSettings, names: Names, note: str, _page: int) -> Message:
    return subject_panel(settings, names, RuleSubject.everyone(settings.guild_id), note)


def _roles(settings: GuildSettings, names: Names, note: str, page: int) -> Message:
    rules = Page.of(_rules(settings, RuleScope.ROLE), page, PAGE_LENGTH)
    picker = Picker(custom_id(Action.SETTINGS_PICK, RuleScope.ROLE), "Choose a role …", Kind.ROLES)
    rows = _subject_rows(settings, names, View.ROLES, rules, picker)
    body = [note or _subject_lines(settings, names, rules), rules.words, _EXPLAINED[RuleScope.ROLE]]
    return _message("Limits of roles", body, note, rows)


def _members(settings: GuildSettings, names: Names, note: str, page: int) -> Message:
    rules = Page.of(_rules(settings, RuleScope.MEMBER), page, PAGE_LENGTH)
    picker = Picker(custom_id(Action.SETTINGS_PICK, RuleScope.MEMBER), "Choose a member …", Kind.MEMBERS)
    rows = _subject_rows(settings, names, View.MEMBERS, rules, picker)
    body = [note or _subject_lines(settings, names, rules), rules.words, _EXPLAINED[RuleScope.MEMBER]]
    return _message("Limits of single members", body, note, rows)


def _subject_lines(settings: GuildSettings, names: Names, rules: Page[SetRule]) -> str:
    lines = _rule_lines(rules.shown, settings.operator, names)
    return "\n".join(lines) or "Nobody has limits of their own yet."


def _subject_rows(
    settings: GuildSettings, names: Names, view: View, rules: Page[SetRule], picker: Picker
) -> list[Row]:
    """A list of all who could have limits, and one of those who have some, also of those who are gone."""
    rows: list[Row] = [[picker]]
    if rules.shown:
        options = [_option(one, settings, names) for one in rules.shown]
        rows.append([Select(custom_id(Action.SETTINGS_KNOWN), "Or one who has limits …", options)])
    return [*rows, [*_turning(view, rules.number, rules.pages), _back(View.ALL)]]


def _option(one: SetRule, settings: GuildSettings, names: Names) -> Option:
    limits = one_line(allowances_words(one.allowances, settings.operator), MOST_OPTION)
    return Option(names.plain(one.subject), f"{one.subject.scope}.{one.subject.id}", limits)


def _budget(settings: GuildSettings, _names: Names, note: str, _page: int) -> Message:
    buttons = [Button("Change budget", custom_id(Action.SETTINGS_BUDGET), Look.PRIMARY)]
    if settings.choices.budget_microusd is not None:
        buttons.append(Button("No budget", custom_id(Action.SETTINGS_NO_BUDGET), Look.DANGER))
    body = [
        note or _budget_words(settings),
        _spent_words(settings),
        f"One picture costs about {usd(settings.price_microusd)}. A new month begins on the 1st (UTC).",
        "In the log channel I tell when 80 % and when all of the budget is used.",
    ]
    return _message("Budget", body, note, [[*buttons, _back(View.ALL)]])


def _channels(settings: GuildSettings, names: Names, note: str, page: int) -> Message:
    """What is chosen is added: Discord's own list takes 25 at a time, and shows no more as chosen."""
    allowed = _allowed(settings)
    listed = Page.of(allowed, page, PAGE_LENGTH)
    more = "Add channels …" if allowed else "Only in these channels …"
    rows: list[Row] = [[Picker(custom_id(Action.SETTINGS_CHANNELS), more, Kind.CHANNELS, most=MOST_OPTIONS)]]
    buttons: list[Button] = [*_turning(View.CHANNELS, listed.number, listed.pages), _back(View.ALL)]
    if allowed:
        options = [Option(names.plain_channel(one), str(one)) for one in listed.shown]
        remove = custom_id(Action.SETTINGS_REMOVE, listed.number)
        rows.append([Select(remove, "Remove channels …", options, most=len(options))])
        buttons.insert(-1, Button("Everywhere", custom_id(Action.SETTINGS_CHANNELS, "none")))
    state = f"Pictures may be made {_channels_words(allowed, names)}."
    if listed.pages > 1:
        shown = ", ".join(map(names.channel, listed.shown))
        state = f"Pictures may be made in {len(allowed):,} channels, and in their threads:\n{shown}"
    hint = f"Each choice adds up to {MOST_OPTIONS} channels; those that are there stay."
    body = [note or state, listed.words, hint]
    return _message("Channels", body, note, [*rows, buttons])


def _log(settings: GuildSettings, names: Names, note: str, _page: int) -> Message:
    log = settings.choices.log_channel_id
    there = [log] if log in names.channels and log is not None else []
    picker = Picker(custom_id(Action.SETTINGS_LOG), "Choose a channel …", Kind.CHANNELS, there)
    buttons: list[Button] = [_back(View.ALL)]
    if log is not None:
        buttons.insert(0, Button("No log channel", custom_id(Action.SETTINGS_LOG, "none")))
    where = f"I tell in {names.channel(log)}" if log is not None else "I tell nobody yet"
    body = [note or f"When the budget runs out, {where}.", "Choose a channel that moderators read."]
    return _message("Log channel", body, note, [[picker], buttons])


def _message(title: str, body: Sequence[str], note: str, rows: Sequence[Row]) -> Message:
    """`note` has taken the place of what it says in the body already."""
    color = Color.DONE if note else Color.WORKING
    return Message(title=title, body="\n\n".join(filter(None, body)), color=color, rows=rows)


def _open(label: str, view: View) -> Button:
    return Button(label, custom_id(Action.SETTINGS, view))


def _back(view: View, page: int = 0) -> Button:
    return Button("Back", custom_id(Action.SETTINGS, view, *([page] if page else [])))


def _turning(view: View, page: int, pages: int) -> list[Button]:
    return turning(Action.SETTINGS, view, page=page, pages=pages, labels=("Previous", "Next"))


# --- words --------------------------------------------------------------------------------------------


def _gone(subject: RuleSubject) -> str:
    return "a deleted role" if subject.scope is RuleScope.ROLE else "a member who has left"


def _budget_words(settings: GuildSettings) -> str:
    budget = settings.choices.budget_microusd
    if budget is None:
        return "No budget of this server's own."
    words = f"**{usd(budget)}** a month."
    if budget < settings.price_microusd:
        words += f" ⚠️ One picture costs about {usd(settings.price_microusd)}: none can be made."
    return words


def _spent_words(settings: GuildSettings) -> str:
    spending, budget = settings.spending, settings.choices.budget_microusd
    words = f"This month (UTC): {usd(spending.spent_microusd)} spent"
    if spending.held_microusd:
        words += f", {usd(spending.held_microusd)} held for pictures in the making"
    return f"{words}: {spending.used_microusd * 100 // budget} % of the budget." if budget else f"{words}."


def _channels_words(allowed: Sequence[int], names: Names) -> str:
    if not allowed:
        return "everywhere that members may use my commands"
    shown = ", ".join(names.channel(one) for one in allowed[:_MOST_CHANNELS])
    more = f" and {len(allowed) - _MOST_CHANNELS:,} more" if len(allowed) > _MOST_CHANNELS else ""
    return f"in {shown}{more}, and in their threads"
