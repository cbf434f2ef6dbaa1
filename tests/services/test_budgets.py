"""A month's money: held at admission, settled once, released once; and who is told when it runs out."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.domain.access import Actor
from bot.domain.errors import BudgetSpent, CardGone, CourierUnavailable, Doubtful, Unavailable
from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import ChannelId, GuildId, InteractionId, MemberId
from bot.domain.money import Month, Spending
from bot.domain.provider import Failed
from bot.services.limits.budgets import expected_cost
from bot.store.driver.database import open_database
from bot.store.pictures import accounts
from tests.builders import CHANNEL, GUILD, MEMBER, a_request
from tests.services.house import PRICE, House

ADMIN = MemberId(4)
LOG = ChannelId(55)
#: What the provider bills.
COST = 54_300


async def spending(house: House, guild_id: GuildId = GUILD, month: Month | None = None) -> Spending:
    month = month or Month.of(house.clock.now())
    return await house.raw_database.read(accounts.spending, guild_id=guild_id, month=month)


async def set_budget(house: House, microusd: int, log_channel: ChannelId | None = LOG) -> None:
    admin = house.services.administration
    await admin.set_budget(GUILD, ADMIN, microusd)
    await admin.set_log_channel(GUILD, ADMIN, log_channel)


@pytest.mark.parametrize("is_operators", [False, True])
async def test_two_hundred_at_once_get_exactly_what_the_budget_covers(
    database_url: str, tmp_path: Path, *, is_operators: bool
) -> None:
    database = await open_database(database_url)
    house = House(database, tmp_path, budget_microusd=5 * PRICE if is_operators else None)
    base = 10**12 * (2 if is_operators else 1)
    house.clock.jump(timedelta(days=400 if is_operators else 800))  # a month of its own in a shared database
    guilds = [GuildId(base + number) for number in range(3 if is_operators else 1)]
    if not is_operators:
        await house.services.administration.set_budget(guilds[0], ADMIN, 5 * PRICE)
    outcomes = await asyncio.gather(
        *(
            house.admit(
                member=MemberId(base + number),
                guild_id=guilds[number % len(guilds)],
                interaction_id=InteractionId(base + number),
            )
            for number in range(200)
        ),
        return_exceptions=True,
    )
    await database.close()
    refused = [outcome for outcome in outcomes if isinstance(outcome, BudgetSpent)]
    assert [o for o in outcomes if isinstance(o, BaseException) and not isinstance(o, BudgetSpent)] == []
    assert len(refused) == 195
    assert {refusal.is_operators for refusal in refused} == {is_operators}


async def test_what_is_held_becomes_what_it_did_cost(house: House) -> None:
    view = await house.ask(a_request(count=2))
    assert await spending(house) == Spending(month=Month(2026, 3), held_microusd=2 * PRICE)
    await house.until_ended(view)
    assert await spending(house) == Spending(month=Month(2026, 3), spent_microusd=2 * COST)


async def test_what_fails_releases_its_money(house: House) -> None:
    house.provider.on_status.append(Failed(Failure(FailureKind.BLOCKED)))
    await house.until_ended(await house.ask())
    assert (await spending(house)).used_microusd == 0


async def test_what_is_cancelled_or_withdrawn_releases_its_money(house: House) -> None:
    cancelled, withdrawn = await house.admit(a_request(count=3)), await house.admit()
    actor = Actor(guild_id=GUILD, channel_id=CHANNEL, member_id=MEMBER, is_moderator=False)
    await house.services.gallery.cancel(cancelled.card.id, actor)
    await house.services.admission.withdraw(withdrawn.card.id, "never answered")
    assert (await spending(house)).used_microusd == 0


async def test_the_refusal_says_what_is_used_and_when_the_month_ends(house: House) -> None:
    await set_budget(house, 2 * PRICE)
    await house.admit(a_request(count=2))
    with pytest.raises(BudgetSpent) as refusal:
        await house.admit()
    refused = refusal.value
    assert (refused.cap_microusd, refused.used_microusd, refused.asked_microusd) == (
        2 * PRICE,
        2 * PRICE,
        PRICE,
    )
    assert refused.resets_at == datetime(2026, 4, 1, tzinfo=UTC)


async def test_a_request_dearer_than_the_whole_budget_is_refused(house: House) -> None:
    await set_budget(house, 2 * PRICE)
    with pytest.raises(BudgetSpent):
        await house.admit(a_request(count=3))
    assert (await spending(house)).used_microusd == 0


async def test_the_next_month_begins_anew(house: House) -> None:
    await set_budget(house, PRICE)
    await house.admit()
    house.clock.jump(timedelta(days=20))
    await house.admit()


async def test_the_operators_budget_is_about_all_servers(house: House) -> None:
    capped = House(house.raw_database, house.folder, budget_microusd=PRICE)
    await capped.admit(guild_id=GuildId(1))
    with pytest.raises(BudgetSpent) as refusal:
        await capped.admit(guild_id=GuildId(2), interaction_id=InteractionId(99))
    assert refusal.value.is_operators


async def test_the_price_is_learned_from_what_pictures_did_cost(house: House) -> None:
    await house.until_ended(await house.ask())
    await house.services.prices.learn()
    await house.ask()
    assert (await spending(house)).held_microusd == COST


def test_few_pictures_turn_out_dearer_than_expected() -> None:
    assert expected_cost([], PRICE) == PRICE
    assert expected_cost([7], PRICE) == 7
    assert expected_cost(range(1, 101), PRICE) == 95
    assert expected_cost([5, 9, 1], PRICE) == 9


# --- warnings ---


async def test_a_server_is_told_of_each_share_once(house: House) -> None:
    await set_budget(house, 10 * COST)
    for _ in range(2):
        await house.ask(a_request(count=4))
    await house.advance(180)
    assert [(warned.percent, warned.channel_id) for warned in house.notices.warned] == [(80, LOG)]
    await house.ask()
    await house.advance(180)
    assert [warned.percent for warned in house.notices.warned] == [80, 100]
    assert house.notices.warned[0].cap_microusd == 10 * COST
    assert house.notices.warned[1].resets_at == datetime(2026, 4, 1, tzinfo=UTC)


async def test_a_warning_that_could_not_be_posted_is_tried_again(house: House) -> None:
    await set_budget(house, PRICE)
    await house.ask()
    house.notices.on_notice += [CourierUnavailable(), CourierUnavailable()]
    await house.advance(300)
    assert [warned.percent for warned in house.notices.warned] == [100]


async def test_a_log_channel_that_is_gone_is_not_tried_for_ever(house: House) -> None:
    await set_budget(house, PRICE)
    await house.ask()
    house.notices.on_notice.append(CardGone())
    await house.advance(300)
    assert house.notices.warned == []
    assert not house.notices.on_notice


async def test_a_restart_tells_nothing_twice(house: House) -> None:
    await set_budget(house, PRICE)
    await house.ask()
    await house.advance(120)
    after = await house.restarted()
    await after.advance(120)
    assert (len(house.notices.warned), after.notices.warned) == (1, [])
    await after.close()


async def test_without_a_log_channel_nobody_is_told_until_there_is_one(house: House) -> None:
    await set_budget(house, PRICE, log_channel=None)
    await house.ask()
    await house.advance(120)
    assert house.notices.warned == []
    await house.services.administration.set_log_channel(GUILD, ADMIN, LOG)
    await house.advance(120)
    assert len(house.notices.warned) == 1


# --- what is not known at the end is found out ---


async def test_a_paid_picture_of_unknown_cost_stays_held_until_its_bill_is_found(house: House) -> None:
    house.provider.hides_costs = True
    await house.until_ended(await house.ask())
    assert await spending(house) == Spending(month=Month(2026, 3), held_microusd=PRICE)
    house.provider.hides_costs = False
    await house.advance(700)
    assert await spending(house) == Spending(month=Month(2026, 3), spent_microusd=COST)


async def test_a_cost_that_was_booked_wrongly_is_set_right(house: House) -> None:
    await house.until_ended(await house.ask())
    house.provider.cost_microusd = COST + 1_000
    await house.advance(700)
    assert (await spending(house)).spent_microusd == COST + 1_000
    assert b"bot_cost_difference_usd 0.001" in house.metrics.as_text()


async def lost_for_good(house: House, *, is_taken: bool) -> None:
    """A submit whose answer got lost, and a history that cannot be read until nobody looks any more."""
    if is_taken:
        house.provider.lost_answers.append(Doubtful("timeout"))
    else:
        house.provider.on_submit.append(Doubtful("timeout"))
    house.provider.is_history_down = True
    (job,) = await house.until_ended(await house.ask())
    assert job.failure is not None
    assert job.failure.kind is FailureKind.UNKNOWN
    assert (await spending(house)).held_microusd == PRICE
    house.provider.is_history_down = False


async def test_what_the_provider_had_taken_all_the_same_is_paid(house: House) -> None:
    await lost_for_good(house, is_taken=True)
    await house.advance(700)
    assert await spending(house) == Spending(month=Month(2026, 3), spent_microusd=COST)


async def test_what_it_had_not_taken_is_released(house: House) -> None:
    await lost_for_good(house, is_taken=False)
    await house.advance(700)
    assert (await spending(house)).used_microusd == 0


async def test_what_was_made_was_paid_even_if_no_bill_ever_shows(house: House) -> None:
    house.provider.hides_costs = True
    house.provider.landing = 10.0**9
    await house.until_ended(await house.ask())
    await house.advance(3 * 3600)
    assert (await spending(house)).held_microusd == PRICE
    house.clock.jump(timedelta(days=7))
    await house.advance(700)
    assert await spending(house) == Spending(month=Month(2026, 3), spent_microusd=PRICE)


@pytest.mark.parametrize("is_made", [False, True])
async def test_nothing_is_held_for_ever_even_if_the_history_stays_unreadable(
    house: House, *, is_made: bool
) -> None:
    if is_made:
        house.provider.hides_costs = True
        await house.until_ended(await house.ask())
    else:
        await lost_for_good(house, is_taken=False)
    house.provider.is_history_down = True
    march = Month(2026, 3)
    house.clock.jump(timedelta(days=27))
    await house.advance(700)
    assert (await spending(house, month=march)).held_microusd == PRICE
    house.clock.jump(timedelta(days=3))
    await house.advance(700)
    assert await spending(house, month=march) == Spending(month=march, spent_microusd=PRICE * is_made)


async def test_a_request_that_the_history_cannot_tell_of_keeps_no_other_waiting(house: House) -> None:
    house.provider.hides_costs = True
    for _ in range(2):
        await house.until_ended(await house.ask())
    house.provider.hides_costs = False
    house.provider.on_history.append(Unavailable("500"))
    with pytest.raises(Unavailable):
        await house.services.reconciliation.reconcile()
    assert (await spending(house)).spent_microusd == 2 * COST
