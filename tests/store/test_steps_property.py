"""Several holders of one job, in any order, against the rules written down as plainly as can be."""

from dataclasses import dataclass, field

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.failure import Failure, FailureKind
from bot.domain.job import STEPS, Job, JobState
from bot.store.driver.connection import Connection
from bot.store.pictures import events, jobs
from tests.builders import NOON
from tests.databases import admit, in_memory

HOLDERS = 3


@dataclass(frozen=True)
class Claim:
    holder: int


@dataclass(frozen=True)
class Step:
    holder: int
    #: Which of the possible steps; by number, since the state is not known beforehand.
    choice: int


@dataclass(frozen=True)
class Note:
    holder: int
    polls: int


Action = Claim | Step | Note

holders = st.integers(0, HOLDERS - 1)
actions = st.lists(
    st.builds(Claim, holders)
    | st.builds(Step, holders, st.integers(0, 10))
    | st.builds(Note, holders, st.integers(0, 9)),
    max_size=25,
)


@dataclass
class Truth:
    """What has to be in the row, and which word each holder goes by."""

    job: Job
    words: list[Job]
    states: list[JobState] = field(default_factory=lambda: [JobState.QUEUED])

    def does(self, connection: Connection, action: Action) -> None:
        match action:
            case Claim(holder):
                self.is_told(holder, jobs.claim(connection, self.job.id))
            case Note(holder, polls):
                word = self.words[holder]
                noted = jobs.note(connection, word, polls=polls)
                assert (noted is not None) == (word.fence == self.job.fence)
                self.is_told(holder, noted)
            case Step(holder, choice):
                self.steps(connection, holder, choice)

    def steps(self, connection: Connection, holder: int, choice: int) -> None:
        word = self.words[holder]
        ways = sorted(STEPS[word.state])
        if not ways:
            return
        to = ways[choice % len(ways)]
        why, failure = f"by {holder}", Failure(FailureKind.BUG)
        after = (
            jobs.step(connection, word, to, at=NOON, why=why, failure=failure)
            if to is JobState.FAILED
            else jobs.step(connection, word, to, at=NOON, why=why)
        )
        is_current = (word.fence, word.state) == (self.job.fence, self.job.state)
        assert (after is not None) == is_current
        if after is not None:
            assert after.state is to
            self.states.append(to)
        self.is_told(holder, after)

    def is_told(self, holder: int, job: Job | None) -> None:
        if job is not None:
            self.job = self.words[holder] = job


@settings(max_examples=150, deadline=None)
@given(actions)
def test_only_the_holder_of_the_newest_word_changes_a_job(taken: list[Action]) -> None:
    with in_memory() as connection:
        (job,) = admit(connection)
        truth = Truth(job, [job] * HOLDERS)
        for action in taken:
            truth.does(connection, action)
            assert jobs.get(connection, job.id) == truth.job
        history = events.of_job(connection, job.id)

    assert [event.to_state for event in history] == truth.states
    assert [event.from_state for event in history] == [None, *truth.states[:-1]]
    assert truth.states.count(JobState.READY) <= 1
