"""Max quality: its own model on the wire, its own price, times and look-ups; and who may choose it."""

import pytest

from bot.domain.errors import Doubtful, LimitReached
from bot.domain.ids import MemberId, RoleId
from bot.domain.job import JobState
from bot.domain.limits import OperatorLimits
from bot.domain.luma import MAX_MODEL
from bot.domain.money import Month
from bot.domain.quality import Quality, QualityDenied
from bot.store.pictures import accounts
from tests.builders import GUILD, a_request
from tests.services.conftest import BuildHouse
from tests.services.house import PRICE, House

MAX_PRICE = 129_000
ADMIN = MemberId(1)
ARTIST = RoleId(77)
STANDARD, MAX = a_request(), a_request(quality=Quality.MAX)


@pytest.fixture
async def gallery(build_house: BuildHouse) -> House:
    """A house that offers max quality; five pictures may be made an hour."""
    return await build_house(OperatorLimits(per_hour=5), max_unit_price_microusd=MAX_PRICE)


def models(house: House) -> list[str]:
    return [request.inputs.model for request in house.provider.accepted.values()]


async def held(house: House) -> int:
    month = Month.of(house.clock.now())
    spending = await house.raw_database.read(accounts.spending, guild_id=GUILD, month=month)
    return spending.held_microusd


async def test_each_quality_is_made_by_its_model_and_holds_its_price(gallery: House) -> None:
    (job,) = (await gallery.ask(MAX)).jobs
    assert (job.model, job.quality, await held(gallery)) == (MAX_MODEL, Quality.MAX, MAX_PRICE)
    await gallery.ask(STANDARD)
    assert await held(gallery) == MAX_PRICE + PRICE
    await gallery.until(lambda: len(gallery.provider.accepted) == 2)
    assert sorted(models(gallery)) == ["luma-uni-1", MAX_MODEL]


async def test_the_price_and_the_times_of_a_model_are_learned_from_its_own_pictures(gallery: House) -> None:
    gallery.provider.seconds, gallery.provider.cost_microusd = 86.0, 140_000
    for _ in range(4):
        await gallery.until_ended(await gallery.ask(MAX))
    await gallery.services.prices.learn()
    assert gallery.services.prices.of(MAX_MODEL) == 140_000
    assert gallery.services.prices.microusd == PRICE
    timing = gallery.services.account.timing
    assert timing.usual_seconds(model=MAX_MODEL, is_edit=False) > timing.usual_seconds(
        model="luma-uni-1", is_edit=False
    )


async def test_a_doubtful_submit_is_found_among_the_requests_to_its_model(gallery: House) -> None:
    """Both requests have the same words: only the model tells them apart."""
    gallery.provider.lost_answers.extend([Doubtful("reset")] * 2)
    views = [await gallery.ask(STANDARD), await gallery.ask(MAX)]
    for view in views:
        (job,) = await gallery.until_ended(view)
        assert job.state is JobState.DELIVERED
        assert job.request_id is not None
        assert gallery.provider.accepted[job.request_id].inputs.model == job.model
    assert gallery.provider.submits == 2


async def test_a_doubtful_submit_is_found_although_the_quality_is_no_longer_offered(gallery: House) -> None:
    gallery.provider.lost_answers.append(Doubtful("reset"))
    gallery.provider.landing = 100.0
    view = await gallery.ask(MAX)
    await gallery.until(lambda: gallery.provider.submits == 1)
    after = await gallery.restarted()
    (job,) = await after.until_ended(view)
    await after.close()
    assert job.state is JobState.DELIVERED
    assert gallery.provider.submits == 1


async def test_a_picture_counts_as_the_server_says(gallery: House) -> None:
    administration = gallery.services.administration
    await administration.set_max_counts_as(GUILD, ADMIN, 3)
    (job,) = (await gallery.admit(MAX)).jobs
    assert job.quality is Quality.MAX
    with pytest.raises(LimitReached):
        await gallery.admit(MAX)
    await gallery.admit(a_request(count=2))
    with pytest.raises(LimitReached):
        await gallery.admit(STANDARD)


async def test_roles_decide_who_may_choose_it(gallery: House) -> None:
    administration = gallery.services.administration
    await administration.set_max_roles(GUILD, ADMIN, [ARTIST])
    with pytest.raises(QualityDenied):
        await gallery.admit(MAX)
    await gallery.admit(STANDARD)
    await gallery.admit(MAX, roles=[ARTIST])
    await administration.set_max_roles(GUILD, ADMIN, [])
    with pytest.raises(QualityDenied):
        await gallery.admit(MAX, roles=[ARTIST])
    await administration.set_max_roles(GUILD, ADMIN, [RoleId(GUILD)])  # @everyone
    await gallery.admit(MAX)


async def test_without_the_operators_offer_it_is_refused_and_nothing_is_held(house: House) -> None:
    with pytest.raises(QualityDenied):
        await house.admit(MAX)
    assert await held(house) == 0
