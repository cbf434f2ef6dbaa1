"""/review usage: what was made in a period, by whom, what failed, and what it cost."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from bot.chat.incoming.periods import as_text
from bot.chat.presenter.custom_ids import Action, custom_id
from bot.chat.presenter.failures import failure_words
from bot.chat.presenter.message import Button, Color, Drawing, Look, Message, Row, TextFile
from bot.chat.presenter.numbers import day_name, exactly, pictures, usd
from bot.chat.reports.export import ENCODING, CsvFile
from bot.domain.failure import Failure
from bot.domain.ids import ChannelId, MemberId
from bot.domain.period import Period
from bot.domain.reports import DayTotal, UsageReport

DAYS_ON_A_PAGE = 15
CHART_NAME = "pictures-by-day.png"


@dataclass(frozen=True, slots=True)
class Query:
    """What a moderator asks about: a period, and perhaps one member or one channel."""

    period: Period
    member_id: MemberId | None = None
    channel_id: ChannelId | None = None


def has_chart(report: UsageReport) -> bool:
    """One bar alone says nothing that the numbers do not."""
    return not report.is_empty and len(report.days) > 1


def pages_of(report: UsageReport) -> int:
    """The first sums up; the others list the days, newest first."""
    return 1 + -(-len(report.days) // DAYS_ON_A_PAGE) if has_chart(report) else 1


def usage_report(query: Query, report: UsageReport, page: int, chart: bytes | None) -> Message:
    """`page` counts from 0; `chart` is a PNG for the first."""
    page = min(page, pages_of(report) - 1)
    return Message(
        title="Pictures on this server",
        body=f"{_about(query)}\n\n{_body(report, page)}",
        fields=_fields(report) if page == 0 else (),
        color=Color.WORKING,
        rows=_rows(query, report, page),
        drawing=Drawing(CHART_NAME, chart, chart_words(report)) if chart else None,
    )


def chart_words(report: UsageReport) -> str:
    """What the chart shows, for those who do not see it."""
    best = max(report.days, key=lambda one: one.pictures)
    failed = sum(report.failed.values())
    return (
        f"Bar chart of pictures by day, {_span(report.period)}: {pictures(report.pictures)} made and "
        f"{failed:,} failed in all; most on {day_name(best.day)}, {best.pictures:,}."
    )


def _about(query: Query) -> str:
    parts = [_span(query.period)]
    if query.member_id is not None:
        parts.append(f"of <@{query.member_id}>")
    if query.channel_id is not None:
        parts.append(f"in <#{query.channel_id}>")
    return f"-# {' · '.join(parts)} · days of UTC"


def _span(period: Period) -> str:
    if period.first == period.last:
        return day_name(period.first)
    return f"{day_name(period.first)} to {day_name(period.last)}"


def _body(report: UsageReport, page: int) -> str:
    if report.is_empty:
        return "Nothing was made in this time. Choose a longer period, or leave member and channel out."
    return _totals(report) if page == 0 else _days(report.days[::-1], page)


def _totals(report: UsageReport) -> str:
    ended = [
        (sum(report.failed.values()) - report.blocked, "failed"),
        (report.blocked, "blocked by the content filter"),
        (report.rejected, "not approved"),
        (report.cancelled, "cancelled"),
    ]
    parts = [f"{count:,} {what}" for count, what in ended if count]
    lines = [f"**{pictures(report.pictures)}** made", *parts]
    words = f"{' · '.join(lines)}\n**{usd(report.spent_microusd)}** spent"
    if report.median_seconds is not None:
        words += f" · half of them took less than {exactly(report.median_seconds)}"
    return words


def _fields(report: UsageReport) -> list[tuple[str, str]]:
    fields = []
    if report.top_members:
        lines = [
            f"{place}. <@{one.member_id}> {pictures(one.pictures)}, {usd(one.spent_microusd)}"
            for place, one in enumerate(report.top_members, start=1)
        ]
        fields.append(("Who made most", "\n".join(lines)))
    if report.failed:
        lines = [
            f"{failure_words(Failure(kind)).headline}: {count:,}"
            for kind, count in sorted(report.failed.items(), key=lambda one: -one[1])
        ]
        fields.append(("Why pictures did not come", "\n".join(lines)))
    return fields


def _days(newest_first: Sequence[DayTotal], page: int) -> str:
    """A line for each day, but one for several on which nothing was made."""
    shown = newest_first[(page - 1) * DAYS_ON_A_PAGE : page * DAYS_ON_A_PAGE]
    lines: list[str] = []
    for is_empty, group in groupby(shown, key=_is_empty):
        days = list(group)
        lines += [_empty_line(days)] if is_empty else map(_day_line, days)
    return "\n".join(lines)


def _is_empty(one: DayTotal) -> bool:
    return not (one.pictures or one.failed)


def _empty_line(newest_first: Sequence[DayTotal]) -> str:
    return f"-# {_span(Period(newest_first[-1].day, newest_first[0].day))}: none"


def _day_line(one: DayTotal) -> str:
    failed = f", {one.failed:,} failed" if one.failed else ""
    return f"{day_name(one.day)}: **{pictures(one.pictures)}**{failed}, {usd(one.spent_microusd)}"


# --- buttons ------------------------------------------------------------------------------------------


def query_parts(query: Query) -> tuple[str, str, int, int]:
    """For custom ids; 0 stands for nobody and nowhere in particular."""
    period = query.period
    return as_text(period.first), as_text(period.last), query.member_id or 0, query.channel_id or 0


def _rows(query: Query, report: UsageReport, page: int) -> list[Row]:
    if report.is_empty:
        return []
    parts = query_parts(query)
    buttons = [Button("Export", custom_id(Action.REVIEW_EXPORT, *parts), Look.PRIMARY)]
    if (pages := pages_of(report)) > 1:
        buttons.insert(0, Button("Back", custom_id(Action.REVIEW, *parts, page - 1), is_disabled=page == 0))
        label = "Day by day" if page == 0 else "Earlier"
        is_last = page == pages - 1
        buttons.insert(1, Button(label, custom_id(Action.REVIEW, *parts, page + 1), is_disabled=is_last))
    return [buttons]


# --- the file -----------------------------------------------------------------------------------------


def exported(period: Period, file: CsvFile) -> Message:
    if not file.rows and not file.is_full:
        return Message(body="There is nothing to export: no picture was asked for in this time.")
    body = f"{pictures(file.rows)}, {_span(period)}. Times are UTC, and costs are in "
    body += "millionths of a US dollar. A cell that a spreadsheet would change begins with ' to stay text."
    if file.is_full:
        body += "\n⚠️ The file is as large as Discord takes here, and ends before the period does. "
        body += "For the rest, choose a period that begins at its last day."
    name = f"pictures-{as_text(period.first)}-{as_text(period.last)}.csv"
    color = Color.PARTLY if file.is_full else Color.DONE
    return Message(body=body, color=color, file=TextFile(name, file.text, ENCODING))
