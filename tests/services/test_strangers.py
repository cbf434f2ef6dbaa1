"""What strangers cost at most with the settings that the bot comes with: the numbers of docs/security.md."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.administration import RuleSubject
from bot.domain.errors import BudgetSpent, LimitReached
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import GuildId, MemberId
from bot.domain.job import Job, JobState
from bot.domain.limits import LimitField
from bot.domain.provider import Failed
from bot.domain.request import COUNT_MOST
from bot.factories import microusd, operator_limits
from bot.settings import Settings, known_settings, load_settings
from bot.store.driver.database import Connection
from bot.store.pictures import jobs
from tests.builders import GUILD, MEMBER, a_request
from tests.services.conftest import BuildHouse
from tests.services.house import PRICE, House
from tests.services.outsides import Request

ADMIN = MemberId(MEMBER + 900)
HARMFUL = [MemberId(MEMBER + number) for number in (1, 2, 3)]
BUDGET_MICROUSD = 25_000_000
AN_HOUR, A_DAY, ATTEMPTS_AN_HOUR, AT_ONCE = 20, 60, 60, 8
#: As many characters as a prompt may have, each of as many bytes; what it mentions is sent by a name.
LONGEST = "<@1>" + "\U0001f98a" * 5990
MOST_BYTES_OF_A_REQUEST = 130_000
REQUESTS = 20
#: Until somebody who asks while three members do nothing but harm is the next.
MOST_SECONDS_IN_LINE = 10.0
REFUSED_AFTER_SECONDS = 2.0
HARM = "what the filter refuses"
MADE = (JobState.SUBMITTING, JobState.RUNNING, JobState.READY, JobState.DELIVERED)


@pytest.fixture
def shipped(monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in known_settings():
        monkeypatch.delenv(name, raising=False)
    return load_settings(env_file=None)


@pytest.fixture
async def house(build_house: BuildHouse, shipped: Settings) -> House:
    return await build_house(
        operator_limits(shipped),
        budget_microusd=microusd(shipped.budget.monthly_usd),
        requests_per_minute=shipped.segmind.requests_per_minute,
    )


async def until_refused(
    house: House, *steps: JobState, failure: Failure | None = None, member: MemberId = MEMBER
) -> tuple[int, LimitField]:
    """How many pictures a member gets, each of which goes these steps at once; and which limit ends that."""
    for came in range(1000):
        try:
            (job,) = (await house.admit(member=member)).jobs
        except LimitReached as refusal:
            return came, refusal.rule.field
        await house.database.write(go, job, steps, failure, house.clock.now())
    raise AssertionError("nothing ends it")


def go(
    connection: Connection, job: Job, steps: Sequence[JobState], failure: Failure | None, at: datetime
) -> None:
    for to in steps:
        failed: jobs.Changes = {"failure": failure} if failure is not None else {}
        stepped = jobs.step(connection, job, to, at=at, why="a test", **failed)
        assert stepped is not None
        job = stepped


# --- money ---


async def test_all_strangers_together_cost_25_dollars_a_month(house: House) -> None:
    """However many they are, on however many servers, at the same moment."""
    asking = [
        house.admit(member=MemberId(MEMBER + number), guild_id=GuildId(GUILD + number % 50))
        for number in range(600)
    ]
    outcomes = await asyncio.gather(*asking, return_exceptions=True)
    refused = [outcome for outcome in outcomes if isinstance(outcome, BudgetSpent)]
    assert len(outcomes) - len(refused) == BUDGET_MICROUSD // PRICE
    assert all(refusal.is_operators for refusal in refused)


@pytest.mark.parametrize("is_raised", [False, True])
async def test_in_a_server_a_member_gets_20_pictures_an_hour_and_60_a_day_whatever_it_sets(
    house: House, *, is_raised: bool
) -> None:
    if is_raised:
        most = dict.fromkeys((LimitField.PER_HOUR, LimitField.PER_DAY, LimitField.RUNNING), 10_000)
        await house.services.administration.set_limits(GUILD, ADMIN, RuleSubject.everyone(GUILD), most)
    assert await until_refused(house, member=ADMIN) == (AT_ONCE, LimitField.RUNNING)
    hours = A_DAY // AN_HOUR
    # With the last of the hour, the day's are used up as well, and that limit lasts longer.
    for reached in [*[LimitField.PER_HOUR] * (hours - 1), LimitField.PER_DAY]:
        assert await until_refused(house, *MADE) == (AN_HOUR, reached)
        house.clock.jump(timedelta(hours=1))
    assert await until_refused(house, *MADE) == (0, LimitField.PER_DAY)


# --- time ---


@pytest.mark.parametrize("end", [JobState.CANCELLED, JobState.FAILED])
async def test_in_a_server_a_member_has_60_attempts_an_hour(house: House, end: JobState) -> None:
    failure = Failure(FailureKind.BLOCKED) if end is JobState.FAILED else None
    assert await until_refused(house, end, failure=failure) == (ATTEMPTS_AN_HOUR, LimitField.ATTEMPTS)


async def test_three_who_do_only_harm_hold_up_nobody_for_more_than_ten_seconds(house: House) -> None:
    """All that they may have at once is in line, refused by the filter after a moment, and asked for anew."""
    house.provider.seconds = REFUSED_AFTER_SECONDS
    for member in HARMFUL:
        house.tasks.start(harm(house, member), "harm")
    waited = []
    for number in range(4):
        await house.advance(3)
        assert [job for member in HARMFUL for job in await waiting(house, member)], "they have not ended"
        began, seen = house.clock.now(), sum(map(is_honest, house.provider.accepted.values()))
        await house.ask(member=MemberId(MEMBER + 100 + number))
        await house.until(lambda: sum(map(is_honest, house.provider.accepted.values())) > seen)  # noqa: B023  it is asked at once
        waited.append((house.clock.now() - began).total_seconds())
    assert max(waited) <= MOST_SECONDS_IN_LINE, waited


async def waiting(house: House, member: MemberId) -> list[Job]:
    found = await house.raw_database.read(jobs.recent, guild_id=GUILD, member_id=member, limit=AT_ONCE)
    return [job for job in found if not job.state.is_end]


async def harm(house: House, member: MemberId) -> None:
    """Until no attempt is left."""
    with suppress(LimitReached):
        while True:
            view = await house.ask(a_request(HARM, count=COUNT_MOST), member=member)
            other = await house.ask(a_request(HARM, count=COUNT_MOST), member=member)
            for request in house.provider.accepted.values():
                if not is_honest(request):
                    request.end = Failed(Failure(FailureKind.BLOCKED))
            while [job for one in (view, other) for job in await house.jobs(one) if not job.state.is_end]:
                await house.clock.sleep(0.5)


def is_honest(request: Request) -> bool:
    return request.inputs.prompt != HARM


# --- memory ---


async def test_a_request_takes_at_most_130_kb_on_disk(house: House, tmp_path: Path) -> None:
    """The longest prompt, for as many pictures as may be, all of which come to their ends."""
    before = size_of_database(tmp_path)
    for number in range(REQUESTS):
        request = a_request(LONGEST, count=COUNT_MOST)
        for job in (await house.admit(request, member=MemberId(MEMBER + number))).jobs:
            await house.database.write(go, job, [JobState.CANCELLED], None, house.clock.now())
    assert (size_of_database(tmp_path) - before) / REQUESTS <= MOST_BYTES_OF_A_REQUEST


def size_of_database(folder: Path) -> int:
    """Of what is in use of it."""
    with closing(sqlite3.connect(folder / "bot.sqlite3")) as connection:
        (pages,), (size,) = (
            connection.execute(f"PRAGMA {name}").fetchone() for name in ("page_count", "page_size")
        )
        return int(pages * size)
