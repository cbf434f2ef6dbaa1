"""Members who are refused often and fast are answered from memory, for less than a minute."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.quiet import MOST_MEMBERS, MOST_REFUSALS, WITHIN_SECONDS, Quieted, QuietRefusals

ADA, BEN = 1, 2


def is_quieted(quiet: QuietRefusals, member_id: int, now: float) -> bool:
    try:
        quiet.require_patience(member_id, now)
    except Quieted:
        return True
    return False


def refused(quiet: QuietRefusals, times: int, *, since: float = 0.0, gap: float = 1.0) -> float:
    """Refuse Ada so often, and return when she was refused last."""
    for number in range(times):
        quiet.note(ADA, since + gap * number)
    return since + gap * (times - 1)


def test_twenty_refusals_in_a_minute_are_enough_and_nineteen_are_not() -> None:
    quiet = QuietRefusals()
    last = refused(quiet, MOST_REFUSALS - 1)
    assert not is_quieted(quiet, ADA, last)
    quiet.note(ADA, last)
    assert is_quieted(quiet, ADA, last)
    assert not is_quieted(quiet, BEN, last)


def test_slower_ones_are_all_looked_up() -> None:
    quiet = QuietRefusals()
    last = refused(quiet, 100, gap=WITHIN_SECONDS / (MOST_REFUSALS - 1) + 0.01)
    assert not is_quieted(quiet, ADA, last)


def test_it_ends_when_the_minute_does_and_says_when() -> None:
    quiet = QuietRefusals()
    last = refused(quiet, MOST_REFUSALS, since=100.0)
    with pytest.raises(Quieted) as raised:
        quiet.require_patience(ADA, last)
    assert raised.value.seconds == 100.0 + WITHIN_SECONDS - last
    assert is_quieted(quiet, ADA, 100.0 + WITHIN_SECONDS - 0.1)
    assert not is_quieted(quiet, ADA, 100.0 + WITHIN_SECONDS)


def test_only_so_many_members_are_remembered() -> None:
    quiet = QuietRefusals()
    refused(quiet, MOST_REFUSALS)
    for member_id in range(10, 10 + MOST_MEMBERS):
        quiet.note(member_id, 20.0)
    assert len(quiet) == MOST_MEMBERS
    assert not is_quieted(quiet, ADA, 20.0)


@given(st.lists(st.floats(0.0, 30.0), max_size=200))
def test_no_one_waits_for_a_minute_and_no_one_is_looked_up_more_than_twenty_times_in_one(
    pauses: list[float],
) -> None:
    """A member who asks in any rhythm, and would always be refused."""
    quiet, now = QuietRefusals(), 0.0
    looked_up: list[float] = []
    for pause in pauses:
        now += pause
        if is_quieted(quiet, ADA, now):
            assert not is_quieted(quiet, ADA, now + WITHIN_SECONDS)
            continue
        looked_up.append(now)
        quiet.note(ADA, now)
        assert len([at for at in looked_up if at > now - WITHIN_SECONDS + 1e-6]) <= MOST_REFUSALS
