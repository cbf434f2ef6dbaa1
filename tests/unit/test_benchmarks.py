"""The benchmarks run, and print ratios that are numbers. What numbers is not a matter for tests."""

import math
import re
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from segmind.v2 import AsyncJob
from sqlalchemy import select

from benchmarks import (
    admissions,
    cards,
    first_answer,
    load,
    reports,
    restart,
    rules,
    scale,
    steady_answers,
    throughput,
    waiting,
    words,
)
from benchmarks.account import MinuteLimit
from benchmarks.first_answer import Load
from benchmarks.history import KINDS, History, Scale, adding_up
from benchmarks.latencies import NARROW
from benchmarks.sdk_loop import Crowd, Habits, wait
from bot.store.driver.connection import Connection
from bot.store.pictures import accounts
from tests import machine
from tests.builders import NOON
from tests.databases import beside


def ratios(printed: str) -> list[float]:
    found = [float(number) for number in re.findall(r"(\S+)x(?!\w)", printed)]
    assert all(math.isfinite(number) and number > 0 for number in found), printed
    return found


async def test_waiting(capsys: pytest.CaptureFixture[str]) -> None:
    await waiting.main(waiting.Size(warm_up=10, pictures=10, draws=1000, prices=(0.1, 1.0)))
    assert len(ratios(capsys.readouterr().out)) == 4 * 3 + 2 * 2


async def test_scale(capsys: pytest.CaptureFixture[str]) -> None:
    if (reason := machine.why_no_postgres()) is not None:
        pytest.skip(reason)
    await scale.main(scale.Size(warm_up=1, cards=3, workers=(2,)))
    assert len(ratios(capsys.readouterr().out)) == 2 * 2


async def test_cards(capsys: pytest.CaptureFixture[str]) -> None:
    await cards.main(cards.Size(rounds=3, cards=5))
    assert len(ratios(capsys.readouterr().out)) == 5 * 5


async def test_throughput(capsys: pytest.CaptureFixture[str]) -> None:
    size = throughput.Size(warm_up_minutes=2, minutes=2, line=2, loops=(2, 20), pauses=(15.0,), arrivals=(5,))
    await throughput.main(size)
    assert len(ratios(capsys.readouterr().out)) >= 3


async def test_first_answer(capsys: pytest.CaptureFixture[str]) -> None:
    await first_answer.main(loads=(Load(1, 2, 0.1), Load(3, 1, 0.1)))
    assert len(ratios(capsys.readouterr().out)) == 2 * 2


async def test_steady_answers(capsys: pytest.CaptureFixture[str]) -> None:
    size = steady_answers.Size((3,), picture_seconds=0.2, warm_seconds=2, timed_seconds=4, rounds=1)
    await steady_answers.main(size)
    assert len(ratios(capsys.readouterr().out)) == 2


async def test_admissions(capsys: pytest.CaptureFixture[str], postgres_url: str) -> None:
    del postgres_url  # without a server, there is nothing to compare
    size = admissions.Size(in_flight=3, a_round=6, rounds=1)
    await admissions.main(Scale(pictures=(10, 20)), size)
    assert len(ratios(capsys.readouterr().out)) == 2 * (3 + 2) + 2 * (3 + 2)


async def test_rules(capsys: pytest.CaptureFixture[str], postgres_url: str) -> None:
    del postgres_url  # as above
    await rules.main(Scale(pictures=(30,)), admissions.Size(in_flight=3, a_round=6, rounds=1))
    assert len(ratios(capsys.readouterr().out)) == len(KINDS) * 2 * 2


async def test_words(capsys: pytest.CaptureFixture[str]) -> None:
    await words.main(words.Size(rounds=1, lists=("nested",)))
    assert len(ratios(capsys.readouterr().out)) == 1


async def test_reports(capsys: pytest.CaptureFixture[str], postgres_url: str) -> None:
    del postgres_url
    await reports.main(Scale(pictures=(500,)), reports.Size(openings=1, warm=2))
    assert [line.split()[:2] for line in capsys.readouterr().out.splitlines()[-2:]] == [
        ["sqlite", "500"],
        ["postgresql", "500"],
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_totals_of_an_invented_history_are_those_of_its_jobs(
    kind: str, request: pytest.FixtureRequest
) -> None:
    if kind == "postgresql":
        request.getfixturevalue("postgres_url")
    with adding_up(kind, History(700, until=NOON, members=7, guilds=2, channels=3, days=30)) as url:
        invented, rebuilt = totals_before_and_after_rebuild(url)
    assert all(len(rows) > 100 for rows in invented)
    assert invented == rebuilt


def totals_before_and_after_rebuild(url: str) -> tuple[list[Any], list[Any]]:
    with beside(url) as connection:
        before = totals_in(connection)
        accounts.rebuild(connection)
        after = totals_in(connection)
    return before, after


def totals_in(connection: Connection) -> list[Any]:
    return [
        sorted(tuple(row) for row in connection.execute(select(table))) for table in accounts.BOOKS_OF_MEMBERS
    ]


async def test_load(capsys: pytest.CaptureFixture[str]) -> None:
    await load.main(loads=(load.Load(4, 1),))
    assert len(ratios(capsys.readouterr().out)) == 1


async def test_restart(capsys: pytest.CaptureFixture[str]) -> None:
    await restart.main(open_jobs=210)
    assert len(ratios(capsys.readouterr().out)) >= 2


class ScriptedSegmind:
    """What the SDK's client has inside: answers still running so often, then completed."""

    def __init__(self, still_running: int) -> None:
        self._still_running = still_running
        self.asked: list[str] = []

    def request(self, _method: str, url: str) -> httpx.Response:
        self.asked.append(url)
        is_completed = url == "result" or len(self.asked) > self._still_running
        return httpx.Response(200, json={"status": "COMPLETED" if is_completed else "PROCESSING"})


@pytest.mark.parametrize("still_running", [0, 1, 7])
def test_the_sdks_loop_is_re_enacted_as_it_is(still_running: int) -> None:
    segmind = ScriptedSegmind(still_running)
    client: Any = SimpleNamespace(_client=segmind)
    AsyncJob("id", "status", "result", {}, client).wait(interval=0)
    requests: list[None] = []
    slept = list(wait(lambda: len(requests) > still_running, lambda: requests.append(None)))
    assert segmind.asked == ["status"] * (still_running + 1) + ["result"]
    assert len(requests) == len(segmind.asked)
    assert slept == [1.0] * still_running


def test_the_limit_holds_in_every_minute_and_refused_requests_do_not_count() -> None:
    limit = MinuteLimit(2)
    assert [limit.take(now) for now in (0.0, 20.0, 30.0, 59.0, 60.0, 70.0)] == [0, 0, 30, 1, 0, 10]
    assert limit.refused == 3


def test_a_loop_that_ends_at_a_429_loses_its_pictures_and_one_that_is_resumed_does_not() -> None:
    def pictures(*, resumes: bool) -> float:
        habits = Habits(loops=5, pause_seconds=15, resumes=resumes)
        return Crowd(habits, NARROW, per_minute=50, seed=1).pictures_a_minute(20, 5)

    assert pictures(resumes=False) == 0
    assert pictures(resumes=True) > 1
