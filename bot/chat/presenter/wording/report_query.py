"""The question that a report answers, and the lists and buttons that change it."""

from dataclasses import dataclass

from bot.chat.incoming.periods import PERIODS, as_text
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Button, Kind, Look, Option, Picker, Row, Select
from bot.chat.presenter.wording.command_words import PERIOD_CHOICES
from bot.domain.ids import ChannelId, MemberId
from bot.domain.period import Period
from bot.domain.reports import UsageReport
from bot.words.catalogs import gettext as _


@dataclass(frozen=True, slots=True)
class Query:
    """The question of a moderator: about a period, and perhaps about one member or one channel."""

    period: Period
    member_id: MemberId | None = None
    channel_id: ChannelId | None = None

    @property
    def parts(self) -> tuple[str, str, int, int]:
        """Return the parts for custom ids; 0 means any member or any channel."""
        return (
            as_text(self.period.first),
            as_text(self.period.last),
            self.member_id or 0,
            self.channel_id or 0,
        )


def report_rows(query: Query, report: UsageReport, page: int, pages: int, period_name: str) -> list[Row]:
    rows: list[Row] = [[_periods(query, period_name)], [_members(query)], [_channels(query)]]
    buttons = [*_turning(query, page, pages), *_about_all(query, report)]
    return [*rows, buttons] if buttons else rows


def _periods(query: Query, chosen: str) -> Select:
    options = [Option(_(PERIOD_CHOICES[name]), name, is_chosen=name == chosen) for name in PERIODS]
    return Select(custom_id(Action.REVIEW_PERIOD, *query.parts), _("Choose a period …"), options)


def _members(query: Query) -> Picker:
    chosen = [] if query.member_id is None else [query.member_id]
    id_ = custom_id(Action.REVIEW_OF_MEMBER, *query.parts)
    return Picker(id_, _("All members. Choose one …"), Kind.MEMBERS, chosen, least=0)


def _channels(query: Query) -> Picker:
    chosen = [] if query.channel_id is None else [query.channel_id]
    id_ = custom_id(Action.REVIEW_IN_CHANNEL, *query.parts)
    return Picker(id_, _("All channels. Choose one …"), Kind.CHANNELS, chosen, least=0)


def _turning(query: Query, page: int, pages: int) -> list[Button]:
    if pages <= 1:
        return []
    label = _("Day by day") if page == 0 else _("Earlier")
    back, on = (custom_id(Action.REVIEW, *query.parts, to) for to in (page - 1, page + 1))
    return [
        Button(_("Back"), back, is_disabled=page == 0),
        Button(label, on, is_disabled=page == pages - 1),
    ]


def _about_all(query: Query, report: UsageReport) -> list[Button]:
    """Return the buttons for the file, and for a member's single images."""
    buttons = []
    if not report.is_empty:
        buttons.append(Button(_("Export"), custom_id(Action.REVIEW_EXPORT, *query.parts), Look.PRIMARY))
    if query.member_id is not None:
        buttons.append(Button(_("Show images"), custom_id(Action.REVIEW_MEMBER, query.member_id, 0)))
    return buttons
