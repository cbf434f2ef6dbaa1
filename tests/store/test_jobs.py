"""The shelf of jobs: what goes in comes out, and only the steps of the table lead on."""

from datetime import timedelta
from itertools import product

import pytest

from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import AttachmentId, ChannelId, GuildId, JobId, MemberId, MessageId, RequestId
from bot.domain.job import STEPS, Job, JobState
from bot.domain.luma import AspectRatio, Style
from bot.domain.request import Door, PictureLocation, Source
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database
from bot.store.driver.errors import RequestIdTaken, StatementRefused, StepRefused
from bot.store.pictures import cards, events, jobs
from bot.store.pictures.events import Event
from tests.builders import CHANNEL, GUILD, MEMBER, NOON, a_request
from tests.databases import admit, message_of

LATER = NOON + timedelta(seconds=90)
FAILURE = Failure(FailureKind.BLOCKED, detail="prompt", note="refused by a filter")

#: A way to each state.
WAYS: dict[JobState, list[JobState]] = {
    JobState.QUEUED: [],
    JobState.SUBMITTING: [JobState.SUBMITTING],
    JobState.UNRESOLVED: [JobState.SUBMITTING, JobState.UNRESOLVED],
    JobState.RUNNING: [JobState.SUBMITTING, JobState.RUNNING],
    JobState.READY: [JobState.SUBMITTING, JobState.RUNNING, JobState.READY],
    JobState.HELD: [JobState.SUBMITTING, JobState.RUNNING, JobState.HELD],
    JobState.DELIVERED: [JobState.SUBMITTING, JobState.RUNNING, JobState.READY, JobState.DELIVERED],
    JobState.REJECTED: [JobState.SUBMITTING, JobState.RUNNING, JobState.HELD, JobState.REJECTED],
    JobState.FAILED: [JobState.FAILED],
    JobState.CANCELLED: [JobState.CANCELLED],
}


def stepped(connection: Connection, job: Job, *states: JobState) -> Job:
    for state in states:
        after = (
            jobs.step(connection, job, state, at=LATER, why="a test", failure=FAILURE)
            if state is JobState.FAILED
            else jobs.step(connection, job, state, at=LATER, why="a test")
        )
        assert after is not None
        job = after
    return job


def admitted_in(connection: Connection, state: JobState) -> Job:
    (job,) = admit(connection)
    return stepped(connection, job, *WAYS[state])


async def test_each_picture_of_a_request_is_a_job(database: Database) -> None:
    request = a_request("a fox", count=3, aspect_ratio=AspectRatio.WIDE_16_9)
    queued = await database.write(admit, request=request, door=Door.BUTTON, model="luma-uni-1-max")

    assert [job.position for job in queued] == [0, 1, 2]
    assert await database.read(jobs.of_card, queued[0].card_id) == queued
    for job in queued:
        assert await database.read(jobs.get, job.id) == job
        assert (job.state, job.fence, job.polls) == (JobState.QUEUED, 0, 0)
        assert (job.guild_id, job.member_id, job.door) == (GUILD, MEMBER, Door.BUTTON)
        assert (job.prompt, job.model) == ("a fox", "luma-uni-1-max")
        assert (job.aspect_ratio, job.style) == (AspectRatio.WIDE_16_9, Style.AUTO)
        assert (job.created_at, job.state_at) == (NOON, NOON)
        assert (job.source, job.failure, job.cost_microusd) == (None, None, None)


async def test_an_unknown_job_is_none(database: Database) -> None:
    assert await database.read(jobs.get, JobId(404)) is None
    assert await database.write(jobs.claim, JobId(404)) is None


LOCATION = PictureLocation(CHANNEL, MessageId(2**62), AttachmentId(2**62 + 1))


@pytest.mark.parametrize(
    "source",
    [
        Source(url="https://cdn.discordapp.com/attachments/1/2/a.png?ex=signed"),
        Source(location=LOCATION),
        Source(location=PictureLocation(CHANNEL, MessageId(5))),
        Source(url="https://cdn.discordapp.com/x", location=LOCATION),
    ],
)
async def test_a_source_is_kept_as_it_was_given(database: Database, source: Source) -> None:
    (job,) = await database.write(admit, request=a_request(source=source))
    assert job.source == source
    assert job.is_edit


async def test_a_source_may_be_a_job_of_ours(database: Database) -> None:
    (made,) = await database.write(admit)
    (edit,) = await database.write(admit, request=a_request(source=Source(job_id=made.id)))
    assert edit.source == Source(job_id=made.id)


@pytest.mark.parametrize("way", [[JobState.CANCELLED], WAYS[JobState.DELIVERED], WAYS[JobState.FAILED]])
async def test_an_ended_edit_forgets_where_its_source_was_but_stays_an_edit(
    database: Database, way: list[JobState]
) -> None:
    def end(connection: Connection) -> Job:
        source = Source(url="https://cdn.discordapp.com/secret", location=LOCATION)
        (job,) = admit(connection, request=a_request(source=source))
        jobs.set_asset(connection, job.card_id, "https://assets.example/somebody")
        return stepped(connection, job, *way)

    ended = await database.write(end)
    assert ended.source == Source(location=LOCATION)
    assert ended.asset_url is None
    assert ended.is_edit


async def test_text_that_databases_cannot_hold_is_left_out(database: Database) -> None:
    def fail(connection: Connection) -> Job | None:
        (job,) = admit(connection)
        failure = Failure(FailureKind.PROVIDER, note="a\x00b\ud800c 🦊")
        return jobs.step(connection, job, JobState.FAILED, at=LATER, why="\x00", failure=failure)

    failed = await database.write(fail)
    assert failed is not None
    assert failed.failure == Failure(FailureKind.PROVIDER, note="abc 🦊")


async def test_a_step_keeps_what_was_learned(database: Database) -> None:
    (job,) = await database.write(admit)
    after = await database.write(
        jobs.step,
        job,
        JobState.SUBMITTING,
        at=LATER,
        why="its turn came",
        submitted_at=LATER,
        polls=3,
        cost_microusd=54_300,
        provider_seconds=12.25,
        request_id=RequestId("r-1"),
        output_url="https://images.segmind.com/x",
        attachment_id=AttachmentId(2**63 - 1),
    )
    assert after == await database.read(jobs.get, job.id)
    assert after is not None
    assert (after.state, after.state_at, after.submitted_at) == (JobState.SUBMITTING, LATER, LATER)
    assert (after.polls, after.cost_microusd, after.provider_seconds) == (3, 54_300, 12.25)
    assert (after.request_id, after.attachment_id) == ("r-1", 2**63 - 1)
    assert (after.prompt, after.created_at, after.fence) == (job.prompt, NOON, job.fence)


async def test_every_step_of_the_table_is_taken(database: Database) -> None:
    for state, to in product(JobState, JobState):
        if to in STEPS[state]:
            job = await database.write(admitted_in, state)
            assert (await database.write(stepped, job, to)).state is to


async def test_no_other_step_is_taken(database: Database) -> None:
    for state in JobState:
        job = await database.write(admitted_in, state)
        for to in set(JobState) - STEPS[state]:
            with pytest.raises(StepRefused):
                await database.write(jobs.step, job, to, at=LATER, why="a bug", failure=FAILURE)
        assert await database.read(jobs.get, job.id) == job


async def test_of_two_holders_of_the_same_word_only_one_steps(database: Database) -> None:
    (job,) = await database.write(admit)
    first = await database.write(jobs.step, job, JobState.SUBMITTING, at=LATER, why="first")
    second = await database.write(jobs.step, job, JobState.SUBMITTING, at=LATER, why="second")

    assert first is not None
    assert second is None
    assert [event.why for event in await database.read(events.of_job, job.id)] == [
        "admitted by imagine",
        "first",
    ]


async def test_a_claim_refuses_the_steps_and_notes_of_older_holders(database: Database) -> None:
    (job,) = await database.write(admit)
    claimed = await database.write(jobs.claim, job.id)

    assert claimed is not None
    assert claimed.fence == job.fence + 1
    assert await database.write(jobs.step, job, JobState.CANCELLED, at=LATER, why="late") is None
    assert await database.write(jobs.note, job, polls=7) is None
    assert await database.read(jobs.get, job.id) == claimed
    assert await database.write(jobs.step, claimed, JobState.SUBMITTING, at=LATER, why="its") is not None


async def test_many_are_claimed_at_once_and_the_unknown_left_out(database: Database) -> None:
    admitted = [(await database.write(admit))[0] for _ in range(3)]
    first, second, untouched = admitted
    claimed = await database.write(jobs.claim_all, [first.id, second.id, JobId(99)])
    assert {(job.id, job.fence) for job in claimed} == {(first.id, 1), (second.id, 1)}
    assert await database.read(jobs.get, untouched.id) == untouched
    assert await database.write(jobs.note, first, polls=7) is None


async def test_a_failure_needs_a_kind(database: Database) -> None:
    (job,) = await database.write(admit)
    with pytest.raises(StatementRefused):
        await database.write(jobs.step, job, JobState.FAILED, at=LATER, why="no kind")


async def test_one_request_of_the_provider_belongs_to_one_job(database: Database) -> None:
    queued = await database.write(admit, request=a_request(count=2))
    first, second = [await database.write(stepped, job, JobState.SUBMITTING) for job in queued]
    taken = RequestId("r-1")
    await database.write(jobs.step, first, JobState.RUNNING, at=LATER, why="accepted", request_id=taken)

    with pytest.raises(RequestIdTaken) as refused:
        await database.write(jobs.step, second, JobState.RUNNING, at=LATER, why="same", request_id=taken)
    assert refused.value.request_id == taken
    assert await database.read(jobs.get, second.id) == second
    asked = [taken, RequestId("r-2")]
    assert await database.read(jobs.known_request_ids, asked) == {taken}
    assert await database.read(jobs.known_request_ids, []) == set()


async def test_history_tells_every_state_and_why(database: Database) -> None:
    job = await database.write(admitted_in, JobState.FAILED)
    assert await database.read(events.of_job, job.id) == [
        Event(job_id=job.id, from_state=None, to_state=JobState.QUEUED, at=NOON, why="admitted by imagine"),
        Event(job_id=job.id, from_state=JobState.QUEUED, to_state=JobState.FAILED, at=LATER, why="a test"),
    ]


async def test_a_step_makes_the_card_due_and_a_note_only_if_told(database: Database) -> None:
    (job,) = await database.write(admit)

    async def revision() -> int:
        card = await database.read(cards.get, job.card_id)
        assert card is not None
        return card.revision

    submitting = await database.write(jobs.step, job, JobState.SUBMITTING, at=LATER, why="")
    assert submitting is not None
    assert await revision() == 0
    assert await database.write(jobs.step, submitting, JobState.RUNNING, at=LATER, why="") is not None
    assert await revision() == 1
    assert await database.write(jobs.step, submitting, JobState.RUNNING, at=LATER, why="again") is None
    assert await revision() == 1
    noted = await database.write(jobs.note, job, polls=5)
    assert noted is not None
    assert (noted.polls, await revision()) == (5, 1)
    await database.write(jobs.note, job, touches_card=True, deleted_at=LATER)
    assert await revision() == 2
    assert await database.write(jobs.touch_cards, [job.id]) == {job.card_id}
    assert await revision() == 3


async def test_quiet_steps_do_not_make_the_card_due(database: Database) -> None:
    steps = ((JobState.QUEUED, JobState.SUBMITTING), (JobState.RUNNING, JobState.READY))
    for state, to in steps:
        job = await database.write(admitted_in, state)
        before = await database.read(cards.get, job.card_id)
        assert await database.write(jobs.step, job, to, at=LATER, why="") is not None
        assert await database.read(cards.get, job.card_id) == before


async def test_a_note_without_changes_only_compares(database: Database) -> None:
    (job,) = await database.write(admit)
    assert await database.write(jobs.note, job) == job
    await database.write(jobs.claim, job.id)
    assert await database.write(jobs.note, job) is None


async def test_open_jobs_are_answered_not_ended_not_parked_and_not_held(database: Database) -> None:
    made = {state: await database.write(admitted_in, state) for state in JobState}
    await database.write(admit, is_answered=False)
    parked = await database.write(admitted_in, JobState.READY)
    await database.write(jobs.note, parked, parked_at=LATER)

    has_work = [state for state in JobState if not state.is_end and state is not JobState.HELD]
    expected = sorted(made[state].id for state in has_work)
    assert await database.read(jobs.open_ids) == expected
    doubtful = [made[JobState.SUBMITTING], made[JobState.UNRESOLVED]]
    assert sorted(await database.read(jobs.in_doubt), key=lambda job: job.id) == doubtful
    assert await database.read(jobs.counts_by_state) == {
        state: 2 if state is JobState.QUEUED else 1 for state in JobState if not state.is_end
    }


async def test_overdue_jobs_are_found(database: Database) -> None:
    (queued,) = await database.write(admit, at=NOON)
    await database.write(admit, at=LATER)
    ready = [await database.write(admitted_in, JobState.READY) for _ in range(3)]
    parked = await database.write(jobs.note, ready[0], parked_at=NOON)
    await database.write(jobs.note, ready[1], parked_at=LATER)

    assert await database.read(jobs.overdue, {JobState.QUEUED: LATER}) == [queued]
    assert await database.read(jobs.parked_before, LATER) == [parked]


async def test_all_open_jobs_of_a_card_share_a_source(database: Database) -> None:
    ended, first, second = await database.write(admit, request=a_request(count=3))
    await database.write(stepped, ended, JobState.CANCELLED)
    (other,) = await database.write(admit)
    await database.write(jobs.set_source, first.card_id, source_hash="ab12", source_type="image/png")
    await database.write(jobs.set_asset, first.card_id, "https://assets.example/ab12")

    for job in (first, second):
        kept = await database.read(jobs.get, job.id)
        assert kept is not None
        assert (kept.source_hash, kept.source_type) == ("ab12", "image/png")
        assert kept.asset_url == "https://assets.example/ab12"
    for job in (ended, other):
        kept = await database.read(jobs.get, job.id)
        assert kept is not None
        assert (kept.source_hash, kept.asset_url) == (None, None)
    assert await database.read(jobs.sources_in_use) == {"ab12"}
    await database.write(stepped, first, JobState.CANCELLED)
    await database.write(stepped, second, JobState.CANCELLED)
    assert await database.read(jobs.sources_in_use) == set()


async def test_a_message_leads_to_the_jobs_that_it_shows(database: Database) -> None:
    shown = await database.write(admit, request=a_request(count=2))
    await database.write(admit)
    message_id = message_of(shown[0].card_id)

    assert await database.read(jobs.of_message, channel_id=CHANNEL, message_id=message_id) == shown
    assert await database.read(jobs.of_message, channel_id=ChannelId(1), message_id=message_id) == []
    assert await database.read(jobs.of_message, channel_id=CHANNEL, message_id=MessageId(1)) == []


async def test_recent_jobs_are_the_members_own_in_this_server_newest_first(database: Database) -> None:
    mine = [await database.write(admitted_in, state) for state in (JobState.DELIVERED, JobState.FAILED)]
    mine += await database.write(admit)
    await database.write(admit, member_id=MemberId(9))
    await database.write(admit, guild_id=GuildId(9))

    async def recent(limit: int, states: list[JobState] | None = None) -> list[Job]:
        return await database.read(jobs.recent, guild_id=GUILD, member_id=MEMBER, limit=limit, states=states)

    assert await recent(10) == mine[::-1]
    assert await recent(2) == mine[:0:-1]
    assert await recent(10, [JobState.DELIVERED, JobState.FAILED]) == mine[1::-1]
    assert await recent(10, []) == []


async def test_durations_are_those_of_the_newest_finished_of_the_model(database: Database) -> None:
    def finish(connection: Connection, seconds: float, *, model: str, source: Source | None) -> None:
        (job,) = admit(connection, model=model, request=a_request(source=source))
        jobs.note(connection, job, provider_seconds=seconds, finished_at=NOON + timedelta(seconds=seconds))

    await database.write(finish, 30.5, model="luma-uni-1", source=None)
    await database.write(finish, 10.0, model="luma-uni-1", source=None)
    await database.write(finish, 20.0, model="luma-uni-1", source=Source(url="https://x"))
    await database.write(finish, 99.0, model="luma-uni-1-max", source=None)
    await database.write(admit)

    newest = await database.read(jobs.durations, model="luma-uni-1", limit=2)
    assert newest == [(False, 30.5), (True, 20.0)]
