from hypothesis import given
from hypothesis import strategies as st

from bot.domain.fair_queue import FairQueue
from bot.domain.ids import JobId, MemberId

ADA, BEN = MemberId(1), MemberId(2)


def a_line(*entries: tuple[int, MemberId]) -> FairQueue:
    line = FairQueue()
    for job, member in entries:
        line.join(JobId(job), member)
    return line


def test_members_take_turns_whoever_asked_first() -> None:
    line = a_line((1, ADA), (2, ADA), (3, ADA), (4, BEN))
    assert [line.next() for _ in range(4)] == [1, 4, 2, 3]


def test_who_has_fewer_running_goes_first() -> None:
    line = a_line((1, ADA), (2, BEN))
    line.started(ADA)
    assert line.next() == 2


def test_an_ended_picture_no_longer_holds_its_member_back() -> None:
    line = a_line((1, ADA), (2, BEN))
    line.started(ADA)
    line.ended(ADA)
    assert line.next() == 1


def test_places_are_the_order_in_which_turns_come() -> None:
    line = a_line((1, ADA), (2, ADA), (3, BEN), (4, BEN), (5, ADA))
    places = line.places()
    order = [line.next() for _ in range(5)]
    assert [places[job] for job in order] == [1, 2, 3, 4, 5]


def test_leaving_moves_the_others_up() -> None:
    line = a_line((1, ADA), (2, ADA))
    line.leave(JobId(1), ADA)
    line.leave(JobId(9), BEN)
    assert line.places() == {2: 1}
    assert len(line) == 1


@given(
    st.lists(st.tuples(st.integers(1, 40), st.integers(1, 4)), unique_by=lambda entry: entry[0]),
    st.integers(0, 12),
)
def test_one_jobs_place_is_that_among_all(entries: list[tuple[int, int]], begun: int) -> None:
    line = a_line(*((job, MemberId(member)) for job, member in entries))
    for _ in range(min(begun, len(line))):
        line.next()
    places = line.places()
    assert {JobId(job): line.place(JobId(job), MemberId(member)) for job, member in entries} == {
        JobId(job): places.get(JobId(job)) for job, _ in entries
    }
