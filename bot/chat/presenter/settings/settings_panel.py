"""/config show: the settings of a server, and the buttons and lists that change them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from bot.chat.presenter.elements.custom_ids import CLEARS, Action, custom_id
from bot.chat.presenter.elements.message import (
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
from bot.chat.presenter.elements.paging import Page
from bot.chat.presenter.settings.approval_panel import approval_panel, approval_state
from bot.chat.presenter.settings.language_settings import language_name, language_panel
from bot.chat.presenter.settings.limits_panel import LIMIT_VIEWS, allowances_of, ids_of, rule_lines, rules_of
from bot.chat.presenter.settings.log_settings import log_panel
from bot.chat.presenter.settings.moderation_panel import moderation_panel, moderation_words
from bot.chat.presenter.settings.notice_settings import notices_name, notices_panel
from bot.chat.presenter.settings.panel_views import PAGE_LENGTH, View, back_to, open_view, turning_in
from bot.chat.presenter.settings.quality_panel import max_quality_words, quality_panel
from bot.chat.presenter.settings.retention_settings import retention_panel, retention_words
from bot.chat.presenter.settings.rule_effects import capped_words
from bot.chat.presenter.settings.settings_words import (
    MOST_CHANNELS,
    age_words,
    allowances_words,
    budget_words,
    channels_words,
    spent_words,
    subject_line,
)
from bot.chat.presenter.settings.strikes_panel import strikes_state
from bot.chat.presenter.settings.word_list_panel import word_count
from bot.chat.presenter.wording.preset_panel import presets_panel, presets_words
from bot.chat.presenter.wording.settings_names import Names
from bot.domain.administration import GuildChoices, GuildSettings, RuleScope, RuleSubject
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import money, percent, with_commas

_MOST_RULES = 6
#: The used share of the budget, in percent, at which the log channel gets its first warning.
_FIRST_WARNING = 80
#: The scopes of the rules that are not for everyone.
_NAMED_SCOPES = (RuleScope.ROLE, RuleScope.MEMBER, RuleScope.CHANNEL)


@dataclass(frozen=True, slots=True)
class Named:
    """The ids in a message whose names have to be looked up."""

    members: Sequence[int] = ()
    channels: Sequence[int] = ()

    @classmethod
    def by(cls, settings: GuildSettings, view: View, page: int) -> Self:
        """Return the ids in a view of the panel."""
        chosen = settings.choices
        logs = [] if chosen.log_channel_id is None else [chosen.log_channel_id]
        moderators = [it for it in (chosen.moderation_channel_id, chosen.feed_channel_id) if it is not None]
        match view:
            case View.ALL:
                shown = rules_of(settings, *_NAMED_SCOPES)[:_MOST_RULES]
                of_rules = ids_of(shown, RuleScope.CHANNEL)
                return cls(
                    ids_of(shown, RuleScope.MEMBER),
                    [*_allowed(settings)[:MOST_CHANNELS], *logs, *moderators, *of_rules],
                )
            case View.MEMBERS:
                return cls(Page.of(ids_of(settings.rules, RuleScope.MEMBER), page, PAGE_LENGTH).shown)
            case View.CHANNEL_LIMITS:
                listed = Page.of(ids_of(settings.rules, RuleScope.CHANNEL), page, PAGE_LENGTH)
                return cls(channels=listed.shown)
            case View.CHANNELS:
                return cls(channels=Page.of(_allowed(settings), page, PAGE_LENGTH).shown)
            case View.LOG | View.MODERATION | View.APPROVAL:
                named = chosen.approval.channels if view is View.APPROVAL else ()
                return cls(channels=logs if view is View.LOG else [*moderators, *sorted(named)])
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
        **LIMIT_VIEWS,
        View.BUDGET: _budget,
        View.CHANNELS: _channels,
        View.LOG: _log,
        View.LANGUAGE: _language,
        View.QUALITY: _quality,
        View.NOTICES: _notices,
        View.MODERATION: _moderation,
        View.PRESETS: _presets,
        View.RETENTION: _retention,
        View.APPROVAL: _approval,
    }[view]
    return draw(settings, names, note, page)


# --- the whole ----------------------------------------------------------------------------------------


def _all(settings: GuildSettings, names: Names, note: str, _page: int) -> Message:
    fields = [
        (_("Limits"), _rules_words(settings, names)),
        (_("Budget"), f"{budget_words(settings)}\n{spent_words(settings)}"),
        (_("Channels"), _places(settings, names)),
        (_("Log channel"), _log_words(settings.choices, names)),
        (_("Language"), language_name(settings.choices.language)),
        (_("Notices"), notices_name(settings.choices.notify_after_seconds)),
        (_("Styles"), presets_words(settings.presets)),
        (_("Moderation"), moderation_words(settings.choices, names)),
        (_("Approval"), approval_state(settings.choices.approval)),
        (_("Words"), word_count(settings.listed_words)),
        (_("Strikes"), strikes_state(settings.choices.strikes)),
        (_("Retention"), retention_words(settings)),
    ]
    rows: list[Row] = [
        [
            open_view(_("Limits for everyone"), View.EVERYONE),
            open_view(_("Limits for roles"), View.ROLES),
            open_view(_("Limits for members"), View.MEMBERS),
            open_view(_("Limits in channels"), View.CHANNEL_LIMITS),
        ],
        [
            open_view(_("Budget"), View.BUDGET),
            open_view(_("Channels"), View.CHANNELS),
            open_view(_("Log channel"), View.LOG),
            open_view(_("Language"), View.LANGUAGE),
        ],
        [
            open_view(_("Notices"), View.NOTICES),
            open_view(_("Moderation"), View.MODERATION),
            Button(_("Words"), custom_id(Action.WORDS)),
            open_view(_("Styles"), View.PRESETS),
            Button(_("Strikes"), custom_id(Action.STRIKES)),
        ],
        [open_view(_("Approval"), View.APPROVAL), open_view(_("Retention"), View.RETENTION)],
    ]
    if settings.max_price_microusd is not None:
        chosen = settings.choices
        fields.append((_("Max quality"), max_quality_words(chosen.max_roles, chosen.max_counts_as)))
        rows[1] = [*rows[1], open_view(_("Max quality"), View.QUALITY)]
    return Message(
        title=_("Server settings"),
        body=note or "\n".join(filter(None, [capped_words(settings), _("Choose what you want to change.")])),
        fields=fields,
        color=Color.DONE if note else Color.WORKING,
        rows=rows,
    )


def _places(settings: GuildSettings, names: Names) -> str:
    return "\n".join(filter(None, [channels_words(_allowed(settings), names), age_words(settings.choices)]))


def _log_words(choices: GuildChoices, names: Names) -> str:
    if choices.log_channel_id is None:
        return _("None: budget warnings are not posted.")
    channel = names.channel(choices.log_channel_id)
    return _("{channel}, with weekly summaries", channel=channel) if choices.has_summary else channel


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
    rules = rules_of(settings, *_NAMED_SCOPES)
    lines += rule_lines(rules[:_MOST_RULES], settings.operator, names)
    if (more := len(rules) - _MOST_RULES) > 0:
        and_more = ngettext("and {count} more", "and {count} more", more)
        lines.append(f"-# {and_more}")
    return "\n".join(lines)


def _allowed(settings: GuildSettings) -> list[int]:
    return sorted(settings.choices.allowed_channels)


# --- one thing at a time ------------------------------------------------------------------------------


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
    return view_message(_("Budget"), body, note, [[*buttons, back_to(View.ALL)]])


def _channels(settings: GuildSettings, names: Names, note: str, page: int) -> Message:
    """Draw the channels. A choice adds to them: Discord's list takes and shows at most 25 chosen channels."""
    allowed = _allowed(settings)
    listed = Page.of(allowed, page, PAGE_LENGTH)
    more = _("Add channels …") if allowed else _("Allow only these channels …")
    rows: list[Row] = [[Picker(custom_id(Action.SETTINGS_CHANNELS), more, Kind.CHANNELS, most=MOST_OPTIONS)]]
    buttons: list[Button] = [*turning_in(View.CHANNELS, listed.number, listed.pages), back_to(View.ALL)]
    if allowed:
        options = [Option(names.plain_channel(channel_id), str(channel_id)) for channel_id in listed.shown]
        remove = custom_id(Action.SETTINGS_REMOVE, listed.number)
        rows.append([Select(remove, _("Remove channels …"), options, most=len(options))])
        buttons.insert(-1, Button(_("Allow all channels"), custom_id(Action.SETTINGS_CHANNELS, CLEARS)))
    is_on = settings.choices.only_age_restricted
    label = _("Allow other channels") if is_on else _("Only age-restricted channels")
    buttons.insert(-1, Button(label, custom_id(Action.SETTINGS_AGE, int(not is_on))))
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
    body = [note or state, age_words(settings.choices), listed.words, hint]
    return view_message(_("Channels"), body, note, [*rows, buttons])


def _log(settings: GuildSettings, names: Names, note: str, _page: int) -> Message:
    return log_panel(settings.choices, names, note, back_to(View.ALL))


def _language(settings: GuildSettings, _names: Names, note: str, _page: int) -> Message:
    return language_panel(settings.choices.language, note, back_to(View.ALL))


def _quality(settings: GuildSettings, names: Names, note: str, _page: int) -> Message:
    return quality_panel(settings, names, note, back_to(View.ALL))


def _notices(settings: GuildSettings, _names: Names, note: str, _page: int) -> Message:
    return notices_panel(settings.choices.notify_after_seconds, note, back_to(View.ALL))


def _moderation(settings: GuildSettings, names: Names, note: str, _page: int) -> Message:
    return moderation_panel(settings.choices, names, note, back_to(View.ALL))


def _approval(settings: GuildSettings, names: Names, note: str, _page: int) -> Message:
    return approval_panel(settings, names, note, back_to(View.ALL))


def _presets(settings: GuildSettings, _names: Names, note: str, _page: int) -> Message:
    return presets_panel(settings.presets, note, back_to(View.ALL))


def _retention(settings: GuildSettings, _names: Names, note: str, _page: int) -> Message:
    return retention_panel(settings, note, back_to(View.ALL))
