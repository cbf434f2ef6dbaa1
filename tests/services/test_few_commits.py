"""A picture takes few commits, since each waits for the disk: what changes together is written together."""

from typing import Any

from bot.domain.job import JobState
from bot.store.pictures import cards
from tests.builders import a_request
from tests.services.house import House

#: From the request to the picture. The card is edited once in between.
COMMITS = ["_admit", "_answer", "submit", "step", "shown", "made", "_settle_delivery"]
#: What the process writes besides, whatever pictures there are.
UPKEEP = {"keep", "touch_fading", "_forget_tokens", "forget_old", "fill"}


def committed(house: House) -> list[str]:
    """The functions that have written, in order, from now on."""
    names: list[str] = []

    def note(fn: Any, *_: object) -> None:
        if fn.__name__ not in UPKEEP:
            names.append(fn.__name__)

    house.database.after_write = note
    return names


async def test_a_picture_takes_seven_commits(house: House) -> None:
    names = committed(house)
    view = await house.ask()
    await house.until(lambda: view.card.id in house.courier.states)
    await house.until_ended(view)
    await house.advance(10)
    assert sorted(names) == sorted(COMMITS)


async def test_after_the_delivery_the_card_is_up_to_date(house: House) -> None:
    view = await house.ask()
    await house.until_ended(view)
    await house.advance(30)
    assert house.courier.states[view.card.id][-1] == [JobState.DELIVERED]
    assert house.courier.states[view.card.id].count([JobState.DELIVERED]) == 1
    assert await house.raw_database.read(cards.due) == []


async def test_a_card_of_several_pictures_claims_them_together(house: House) -> None:
    names = committed(house)
    view = await house.ask(a_request(count=4))
    await house.until_ended(view)
    assert names.count("_answer") == 1
    assert not {"claim", "claim_all"} & set(names)
    assert {job.fence for job in await house.jobs(view)} == {1}
