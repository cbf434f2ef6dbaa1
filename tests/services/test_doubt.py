"""Submits whose outcome is unknown: looked up, never simply sent again."""

from datetime import timedelta

import pytest

from bot.domain.errors import Doubtful, Unavailable
from bot.domain.failure import FailureKind
from bot.domain.history_delay import UNMEASURED
from bot.domain.ids import JobId
from bot.domain.job import Job, JobState
from bot.services.making import ledger
from bot.services.making.submitting import SENT_AT_ONCE
from bot.store.pictures import jobs
from tests.builders import a_request
from tests.services.conftest import BuildHouse
from tests.services.house import House


async def test_taken_but_the_answer_was_lost_is_one_bill_and_one_picture(house: House) -> None:
    house.provider.lost_answers.append(Doubtful("reset"))
    house.provider.landing = 20.0
    (job,) = await house.until_ended(await house.ask())
    assert job.state is JobState.DELIVERED
    assert len(house.provider.accepted) == 1


async def test_never_taken_is_sent_again_once_it_is_surely_absent(house: House) -> None:
    house.provider.on_submit.append(Doubtful("reset"))
    started = house.clock.monotonic()
    view = await house.ask()
    await house.until(lambda: house.provider.submits == 2)
    assert house.clock.monotonic() - started >= UNMEASURED.total_seconds()
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert len(house.provider.accepted) == 1


async def test_with_an_unreachable_history_nothing_is_sent_again(house: House) -> None:
    house.provider.lost_answers.append(Doubtful("reset"))
    house.provider.on_history.extend([Unavailable("down")] * 1000)
    (job,) = await house.until_ended(await house.ask())
    assert job.failure is not None
    assert job.failure.kind is FailureKind.UNKNOWN
    assert not job.state.counts
    assert house.provider.submits == 1


async def test_a_history_that_hides_the_inputs_proves_nothing(house: House) -> None:
    house.provider.lost_answers.append(Doubtful("reset"))
    house.provider.hides_inputs = True
    (job,) = await house.until_ended(await house.ask())
    assert job.failure is not None
    assert job.failure.kind is FailureKind.UNKNOWN
    assert house.provider.submits == 1


async def test_twins_in_doubt_share_out_what_the_history_shows(house: House) -> None:
    house.provider.lost_answers.extend([Doubtful("reset")] * 3)
    found = await house.until_ended(await house.ask(a_request(count=4)))
    assert [job.state for job in found] == [JobState.DELIVERED] * 4
    assert len({job.request_id for job in found}) == 4
    assert len(house.provider.accepted) == 4


async def test_of_twins_in_doubt_only_the_absent_one_is_sent_again(house: House) -> None:
    house.provider.lost_answers.append(Doubtful("taken"))
    house.provider.on_submit.append(Doubtful("not taken"))
    found = await house.until_ended(await house.ask(a_request(count=2)))
    assert [job.state for job in found] == [JobState.DELIVERED] * 2
    assert len(house.provider.accepted) == 2
    assert house.provider.submits == 3


async def test_an_older_request_with_the_same_inputs_is_not_taken_for_it(house: House) -> None:
    await house.until_ended(await house.ask())
    await house.advance(600)
    house.provider.on_submit.append(Doubtful("not taken"))
    (job,) = await house.until_ended(await house.ask())
    assert job.request_id == "request-2"
    assert len(house.provider.accepted) == 2


async def test_a_set_clock_does_not_make_a_request_look_absent(house: House) -> None:
    house.provider.lost_answers.append(Doubtful("reset"))
    house.provider.landing = 60.0
    view = await house.ask()
    await house.until(lambda: house.provider.submits == 1)
    house.clock.jump(timedelta(minutes=30))
    for request in house.provider.accepted.values():
        request.at += timedelta(minutes=30)  # the provider's own clock was not set
    await house.until_ended(view)
    assert house.provider.submits == 1


@pytest.mark.parametrize("was_taken", [True, False])
async def test_a_crash_between_commit_and_answer_is_resolved_at_the_next_start(
    house: House, *, was_taken: bool
) -> None:
    lost = house.provider.lost_answers if was_taken else house.provider.on_submit
    lost.append(Doubtful("the process is killed here"))
    view = await house.ask()
    await house.until(lambda: house.provider.submits == 1)
    after = await house.restarted()
    (job,) = await after.until_ended(view)
    assert job.state is JobState.DELIVERED
    assert len(house.provider.accepted) == 1


async def test_a_process_that_slept_before_the_post_gives_the_job_up_first(house: House) -> None:
    slept: list[object] = []

    def sleep_once(fn: object, *_: object) -> None:
        if fn is ledger.submit and not slept:
            slept.append(fn)
            house.clock.pass_by(3.0)

    house.database.after_write = sleep_once
    view = await house.ask()
    (job,) = await house.until_ended(view)
    states = [event.to_state for event in await house.services.gallery.history(job.id, job.guild_id)]
    assert states[1:4] == [JobState.SUBMITTING, JobState.QUEUED, JobState.SUBMITTING]
    assert house.provider.submits == 1


async def test_a_connection_that_takes_long_does_not_keep_the_request_from_leaving(house: House) -> None:
    async def slowly() -> None:
        house.clock.pass_by(3.0)

    house.provider.while_connecting = slowly
    (job,) = await house.until_ended(await house.ask())
    assert job.state is JobState.DELIVERED
    assert house.provider.submits == 1


async def test_whoever_slept_while_connecting_sends_nothing_if_another_has_the_job(house: House) -> None:
    claims: list[Job | None] = []

    async def sleep_while_another_takes_over() -> None:
        house.clock.pass_by(3.0)
        claims.append(await house.raw_database.write(jobs.claim, JobId(1)))

    house.provider.while_connecting = sleep_while_another_takes_over
    view = await house.ask()
    await house.until(lambda: bool(claims))
    await house.settle()
    assert house.provider.submits == 0
    (job,) = await house.jobs(view)
    assert job.state is JobState.SUBMITTING, "it is the other's to find out about"


async def test_a_crowd_is_sent_a_few_at_a_time(build_house: BuildHouse) -> None:
    """All at once, they would wait for each other's commits until none may be sent any more."""
    house = await build_house(requests_per_minute=3000)
    on_the_way, most = 0, 0

    async def connecting() -> None:
        nonlocal on_the_way, most
        on_the_way += 1
        most = max(most, on_the_way)
        await house.clock.sleep(1.0)
        on_the_way -= 1

    house.provider.while_connecting = connecting
    views = [await house.ask(a_request(count=4)) for _ in range(SENT_AT_ONCE // 4 + 2)]
    await house.until(lambda: house.provider.submits == 4 * len(views))
    assert most == SENT_AT_ONCE
