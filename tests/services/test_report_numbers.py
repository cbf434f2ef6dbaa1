"""The text, the chart and the file of a report count the same pictures, and say what each counts."""

import csv
import io
from collections import Counter

import pytest

from bot.chat.presenter.cards.csv_columns import exported_jobs
from bot.chat.presenter.moderation.report import chart_words, exported, usage_report
from bot.chat.presenter.wording.report_query import Query
from bot.domain.failure import Failure, FailureKind
from bot.domain.period import Period
from bot.domain.provider import Failed
from tests.builders import GUILD, NOON, a_request
from tests.services.house import House


@pytest.fixture
async def busy(house: House) -> House:
    """22 pictures: 15 made, 3 failed (1 of them blocked), 2 cancelled and 2 not finished."""
    for count in (4, 4, 4, 3):
        await house.until_ended(await house.ask(a_request(count=count)))
    for kind in (FailureKind.BLOCKED, FailureKind.PROVIDER, FailureKind.INVALID):
        house.provider.on_status.append(Failed(Failure(kind)))
        await house.until_ended(await house.ask())
    withdrawn = await house.admit(a_request(count=2))
    await house.services.admission.withdraw(withdrawn.card.id, "never answered")
    await house.admit(a_request(count=2))
    return house


async def test_text_chart_and_file_count_the_same(busy: House) -> None:
    period = Period.last_days(NOON, 7)
    report = await busy.services.reports.usage(GUILD, period)
    text = usage_report(Query(period), report, 0, None).body
    assert "**15 images** generated · 3 failed (1 of them blocked by the content filter)" in text
    assert "2 cancelled · 2 not finished" in text
    assert "22 images requested in total" in text

    assert "Generated: 15, failed: 3." in chart_words(report)
    assert sum(day.pictures for day in report.days) == 15
    assert sum(day.failed for day in report.days) == 3

    file, counts = await exported_jobs(busy.services.reports.export(GUILD, period), 10**6)
    rows = list(csv.DictReader(io.StringIO(file.text.lstrip("\ufeff"), newline=""), delimiter="\t"))
    counted = Counter(row["counted_as"] for row in rows)
    assert counted == counts == Counter(made=15, failed=3, cancelled=2, unfinished=2)
    assert sum(int(row["cost_microusd"] or 0) for row in rows) == report.spent_microusd
    said = exported(period, file, counts).body
    assert "22 images" in said
    assert "15 generated · 3 failed · 2 cancelled · 2 not finished" in said
