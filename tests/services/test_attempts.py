"""Whatever becomes of a picture, it was an attempt; and what has cost the machine much is not tried again."""

import pytest

from bot.domain.errors import FileRefused, LimitReached
from bot.domain.failure import COSTLY_PROBLEMS, Failure, FailureKind, SourceProblem
from bot.domain.job import JobState
from bot.domain.limits import LimitField, OperatorLimits
from bot.domain.request import PictureLocation, Source
from bot.store.pictures import jobs
from tests.builders import CHANNEL, MESSAGE, a_request
from tests.imaging.files import a_bomb, tiny_tiles
from tests.services.conftest import BuildHouse
from tests.services.house import House
from tests.services.outsides import png

FAILURES = [Failure(kind) for kind in FailureKind if kind is not FailureKind.SOURCE]
FAILURES += [Failure(FailureKind.SOURCE, problem) for problem in SourceProblem]
ENDS = [JobState.CANCELLED, JobState.REJECTED, JobState.DELIVERED]
WAYS = {
    JobState.CANCELLED: [],
    JobState.REJECTED: [JobState.SUBMITTING, JobState.RUNNING, JobState.HELD],
    JobState.DELIVERED: [JobState.SUBMITTING, JobState.RUNNING, JobState.READY],
}


async def ended(house: House, *steps: JobState, failure: Failure | None = None) -> None:
    """A picture that goes these steps."""
    (job,) = (await house.admit()).jobs
    for to in steps:
        failed = {"failure": failure} if failure is not None and to is JobState.FAILED else {}
        stepped = await house.database.write(jobs.step, job, to, at=house.clock.now(), why="a test", **failed)
        assert stepped is not None
        job = stepped


async def is_out_of_attempts(house: House) -> bool:
    with pytest.raises(LimitReached) as refusal:
        await house.admit()
    return refusal.value.rule.field is LimitField.ATTEMPTS


@pytest.mark.parametrize("failure", FAILURES, ids=lambda one: "-".join(filter(None, [one.kind, one.detail])))
async def test_whatever_it_fails_by_it_was_an_attempt(build_house: BuildHouse, failure: Failure) -> None:
    house = await build_house(OperatorLimits(per_hour=1))
    for _ in range(3):
        await ended(house, JobState.FAILED, failure=failure)
    assert await is_out_of_attempts(house)


@pytest.mark.parametrize("end", ENDS)
async def test_whichever_end_it_has_it_was_an_attempt(build_house: BuildHouse, end: JobState) -> None:
    house = await build_house(OperatorLimits(attempts_per_hour=3))
    for _ in range(3):
        await ended(house, *WAYS[end], end)
    assert await is_out_of_attempts(house)


def test_every_end_is_looked_at() -> None:
    assert {JobState.FAILED, *ENDS} == {state for state in JobState if state.is_end}


async def test_a_file_that_is_too_heavy_is_an_attempt(build_house: BuildHouse) -> None:
    house = await build_house(OperatorLimits(attempts_per_hour=2))
    house.fetcher.files["https://cdn/heavy.tiff"] = tiny_tiles()
    for _ in range(2):
        source = Source(url="https://cdn/heavy.tiff")
        (job,) = await house.until_ended(await house.ask(a_request(source=source)))
        assert job.failure == Failure(FailureKind.SOURCE, SourceProblem.TOO_HEAVY)
        assert not job.state.counts
    assert await is_out_of_attempts(house)


BY_PROBLEM: dict[SourceProblem, bytes | Exception] = {
    SourceProblem.TOO_HEAVY: tiny_tiles(),
    SourceProblem.TOO_MANY_PIXELS: a_bomb(),
    SourceProblem.TOO_SMALL: png(4, 4),
    SourceProblem.NOT_A_PICTURE: b"<html>not here any more</html>",
    SourceProblem.BROKEN: png()[:60],
    SourceProblem.TOO_LARGE: FileRefused(SourceProblem.TOO_LARGE),
    SourceProblem.GONE: FileRefused(SourceProblem.GONE),
    SourceProblem.FOREIGN: FileRefused(SourceProblem.FOREIGN),
}


@pytest.mark.parametrize("problem", BY_PROBLEM)
async def test_after_a_copy_that_has_cost_much_no_other_is_tried(
    house: House, problem: SourceProblem
) -> None:
    """Where there was merely no picture, such as an error page, the next copy may be one."""
    place = PictureLocation(CHANNEL, MESSAGE)
    house.fetcher.files |= {"https://cdn/sent": BY_PROBLEM[problem], "https://cdn/fresh": png()}
    house.courier.fresh[place] = "https://cdn/fresh"
    source = Source(url="https://cdn/sent", location=place)
    (job,) = await house.until_ended(await house.ask(a_request(source=source)))
    if problem in COSTLY_PROBLEMS | {SourceProblem.TOO_LARGE}:
        assert job.failure == Failure(FailureKind.SOURCE, problem)
    else:
        assert job.state is JobState.DELIVERED


def test_every_problem_is_looked_at_but_the_one_that_takes_two_minutes() -> None:
    assert set(SourceProblem) - set(BY_PROBLEM) == {SourceProblem.TOO_SLOW}
