"""Cards in a crowd while Discord turns the whole address away: they must not get it banned."""

import pytest

from bot.chat.rest.invalid_request_limit import LONGEST_PAUSE_SECONDS, MANY_REFUSED, WITHIN_SECONDS
from bot.domain.errors import CourierUnavailable
from tests.chat.counter import BY_TOKEN, Counter

TEN_MINUTES = 600
#: A hundredth of what bans an address.
A_FEW = 100


@pytest.mark.parametrize(("status", "code"), [(403, 40333), (403, 0), (401, 0)])
async def test_a_crowd_asks_seldom_and_the_first_answer_lets_all_through(
    counter: Counter, status: int, code: int
) -> None:
    clock = counter.studio.clock
    clock.hold()
    fault = counter.studio.discord.faults.add("*", status=status, code=code)
    for _ in range(TEN_MINUTES):
        for _ in range(20):
            with pytest.raises(CourierUnavailable):
                await counter.show()
        clock.pass_by(1)
    assert 10 <= fault.hits <= A_FEW
    counter.studio.discord.faults.remove(fault)
    clock.pass_by(LONGEST_PAUSE_SECONDS)
    for _ in range(20):
        await counter.deliver()


async def test_after_many_refusals_for_reasons_of_their_own_calls_leave_one_by_one(counter: Counter) -> None:
    """A good place is reached meanwhile, too, if later."""
    clock = counter.studio.clock
    clock.hold()
    fault = counter.studio.discord.faults.add("*", status=403, code=99_999)
    for _ in range(TEN_MINUTES):
        for _ in range(20):
            with pytest.raises(CourierUnavailable):
                await counter.show()
        clock.pass_by(1)
    assert MANY_REFUSED <= fault.hits <= MANY_REFUSED + TEN_MINUTES
    counter.studio.discord.faults.remove(fault)
    await counter.deliver()
    with pytest.raises(CourierUnavailable):
        await counter.show()
    clock.pass_by(WITHIN_SECONDS)
    for _ in range(20):
        await counter.show()


async def test_a_refusal_of_one_card_holds_up_no_other(counter: Counter) -> None:
    counter.studio.discord.faults.add(BY_TOKEN, status=403, code=400001, times=1)
    with pytest.raises(CourierUnavailable):
        await counter.deliver()
    await counter.deliver()
