"""/review usage: what was made in a period, by whom, what failed, and what it cost."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby

from bot.chat.incoming.periods import as_text
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Button, Color, Drawing, Message, TextFile
from bot.chat.presenter.elements.numbers import exactly, pictures
from bot.chat.presenter.elements.people import mention
from bot.chat.presenter.wording.failures import failure_words
from bot.chat.presenter.wording.report_query import Query, report_rows
from bot.chat.reports.csv_file import ENCODING, CsvFile
from bot.domain.failure import Failure
from bot.domain.period import Period
from bot.domain.reports import MADE, DayTotal, UsageReport
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext
from bot.words.formats import day, days, money, number

DAYS_ON_A_PAGE = 15
#: No rows.
NOTHING: Counter[str] = Counter()
CHART_NAME = "pictures-by-day.png"


def has_chart(report: UsageReport) -> bool:
    """Return whether a chart helps: a single bar says nothing that the numbers do not."""
    return not report.is_empty and len(report.days) > 1


def pages_of(report: UsageReport) -> int:
    """Count the pages: the first sums up, the others list the days, newest first."""
    return 1 + -(-len(report.days) // DAYS_ON_A_PAGE) if has_chart(report) else 1


def usage_report(
    query: Query, report: UsageReport, page: int, chart: bytes | None, period_name: str = ""
) -> Message:
    """Draw one page. `page` counts from 0; `chart` is a PNG for the first page.

    `period_name` is the choice of `/review usage` that means this period today, if there is one.
    """
    page = min(page, pages_of(report) - 1)
    return Message(
        title=_("Images on this server"),
        body=f"{_about(query)}\n\n{_body(report, page)}",
        fields=_fields(report) if page == 0 else (),
        color=Color.WORKING,
        rows=report_rows(query, report, page, pages_of(report), period_name),
        drawing=Drawing(CHART_NAME, chart, chart_words(report)) if chart else None,
    )


def weekly_summary(report: UsageReport) -> Message:
    """Draw what is posted in the log channel, with a button to the report on the same days."""
    query = Query(report.period)
    return Message(
        title=_("Images of the last week"),
        body=f"{_about(query)}\n\n{_totals(report)}",
        fields=_fields(report),
        color=Color.WORKING,
        rows=[[Button(_("Show the report"), custom_id(Action.REVIEW, *query.parts, 0))]],
    )


def chart_words(report: UsageReport) -> str:
    """Describe the chart for people who cannot see it."""
    best = max(report.days, key=lambda total: total.pictures)
    failed = sum(report.failed.values())
    return _(
        "Bar chart of images per day, {period}. Generated: {generated}, failed: {failed}. "
        "Most in one day: {most} ({day}).",
        period=_span(report.period),
        generated=number(report.pictures),
        failed=number(failed),
        most=number(best.pictures),
        day=day(best.day),
    )


def _about(query: Query) -> str:
    parts = [_span(query.period)]
    if query.member_id is not None:
        member = mention(query.member_id)
        parts.append(_("by {member}", member=member))
    if query.channel_id is not None:
        channel = f"<#{query.channel_id}>"
        parts.append(_("in {channel}", channel=channel))
    return f"-# {' · '.join([*parts, 'UTC'])}"


def _span(period: Period) -> str:
    return days(period.first, period.last)


def _body(report: UsageReport, page: int) -> str:
    if report.is_empty:
        return _("No images in this period. Try a longer one, or leave out the member and the channel.")
    return _totals(report) if page == 0 else _days(report.days[::-1], page)


def _totals(report: UsageReport) -> str:
    generated = ngettext("**{count} image** generated", "**{count} images** generated", report.pictures)
    costs = [_("**{money}** spent", money=money(report.spent_microusd))]
    if report.extra_microusd:
        extra = money(report.extra_microusd)
        costs.append(_("{money} of it for images that were billed twice, which no file lists", money=extra))
    if report.median_seconds is not None:
        costs.append(_("median time {duration}", duration=exactly(report.median_seconds)))
    counts = [generated, *_not_made(report.counted, report.blocked)]
    total = ngettext(
        "{count} image requested in total", "{count} images requested in total", report.requested
    )
    lines = [" · ".join(counts), " · ".join(costs)]
    return "\n".join(lines if len(counts) == 1 else [*lines, f"-# {total}"])


def _not_made(counted: Mapping[str, int], blocked: int = 0) -> list[str]:
    """Return words for what was requested and is not made, each with its count."""
    failed, cancelled = counted["failed"], counted["cancelled"]
    rejected, unfinished = counted["rejected"], counted["unfinished"]
    parts = [
        (failed, _failed_words(failed, blocked)),
        (rejected, ngettext("{count} not approved", "{count} not approved", rejected)),
        (cancelled, ngettext("{count} cancelled", "{count} cancelled", cancelled)),
        (unfinished, ngettext("{count} not finished", "{count} not finished", unfinished)),
    ]
    return [words for count, words in parts if count]


def _failed_words(failed: int, blocked: int) -> str:
    words = ngettext("{count} failed", "{count} failed", failed)
    if not blocked:
        return words
    return ngettext(
        "{failed} ({count} of them blocked by the content filter)",
        "{failed} ({count} of them blocked by the content filter)",
        blocked,
        failed=words,
    )


def _fields(report: UsageReport) -> list[tuple[str, str]]:
    fields = []
    if report.top_members:
        lines = [
            f"{place}. {mention(member.member_id)} · {pictures(member.pictures)} · "
            f"{money(member.spent_microusd)}"
            for place, member in enumerate(report.top_members, start=1)
        ]
        fields.append((_("Top members"), "\n".join(lines)))
    if report.failed:
        lines = [
            f"{failure_words(Failure(kind)).headline} · {number(count)}"
            for kind, count in sorted(report.failed.items(), key=lambda item: -item[1])
        ]
        fields.append((_("Failures"), "\n".join(lines)))
    return fields


def _days(newest_first: Sequence[DayTotal], page: int) -> str:
    """Return a line for each day; days in a row on which nothing was requested share one line."""
    shown = newest_first[(page - 1) * DAYS_ON_A_PAGE : page * DAYS_ON_A_PAGE]
    lines: list[str] = []
    for is_empty, group in groupby(shown, key=_is_empty):
        alike = list(group)
        lines += [_empty_line(alike)] if is_empty else map(_day_line, alike)
    return "\n".join(lines)


def _is_empty(total: DayTotal) -> bool:
    return not (total.pictures or total.failed)


def _empty_line(newest_first: Sequence[DayTotal]) -> str:
    # Translators: days on which no image was requested.
    none = _("{days}: none", days=days(newest_first[-1].day, newest_first[0].day))
    return f"-# {none}"


def _day_line(total: DayTotal) -> str:
    parts = [f"**{pictures(total.pictures)}**"]
    if total.failed:
        parts.append(ngettext("{count} failed", "{count} failed", total.failed))
    return " · ".join([day(total.day), *parts, money(total.spent_microusd)])


# --- the file -----------------------------------------------------------------------------------------


def exported(period: Period, file: CsvFile, counts: Counter[str] = NOTHING) -> Message:
    """Send the file. `counts` are its rows by `counted_as`, the column that says it of each row."""
    if not file.rows and not file.is_full:
        return Message(body=_("Nothing to export: no images were requested in this period."))
    words = _(
        "{images}, {period}. Times are in UTC, and costs in millionths of a US dollar.",
        images=pictures(file.rows),
        period=_span(period),
    )
    if not_made := _not_made(counts):
        made = ngettext("{count} generated", "{count} generated", counts[MADE])
        # Translators: such as "12 generated · 3 failed. The column counted_as says it of each image."
        words += " " + _(
            "{counts}. The column `counted_as` says it of each image.", counts=" · ".join([made, *not_made])
        )
    if file.is_full:
        full = _(
            "⚠️ The file is as large as Discord allows here, and ends before the period does. For the rest, "
            "export a period that begins on its last day."
        )
        words = f"{words}\n{full}"
    name = f"pictures-{as_text(period.first)}-{as_text(period.last)}.csv"
    color = Color.PARTLY if file.is_full else Color.DONE
    return Message(body=words, color=color, file=TextFile(name, file.text, ENCODING))
