"""A server is welcomed once when the bot is added, whatever Discord repeats and whatever crashes."""

from datetime import timedelta

from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.ids import GuildId
from bot.services.admins.attempts import GIVEN_UP_AFTER_SECONDS
from bot.services.admins.welcomes import WELCOMED_WITHIN
from bot.store.admission import blocks
from bot.store.servers import welcomes
from tests.services.conftest import BuildHouse
from tests.services.house import House

NEW, OTHER = GuildId(71), GuildId(72)
MINUTE = timedelta(minutes=1)


async def added(house: House, guild_id: GuildId = NEW) -> None:
    """The bot joins, and Discord says so."""
    await house.advance(60)
    house.services.welcomes.is_in(guild_id, house.clock.now())
    await house.settle()


def welcomed(house: House) -> list[GuildId]:
    return [settings.guild_id for settings in house.notices.welcomed]


async def test_a_new_server_is_welcomed_with_what_holds_there(house: House) -> None:
    await added(house)
    (settings,) = house.notices.welcomed
    assert (settings.guild_id, settings.price_microusd) == (NEW, house.services.prices.microusd)


async def test_a_server_that_is_named_again_is_not_welcomed_again(house: House) -> None:
    await added(house)
    joined_at = house.clock.now()
    await house.advance(60)
    house.services.welcomes.is_in(NEW, joined_at)
    await house.settle()
    after = await house.restarted()
    after.services.welcomes.is_in(NEW, joined_at)
    await after.settle()
    assert (welcomed(house), welcomed(after)) == ([NEW], [])


async def test_two_processes_that_hear_of_it_welcome_it_once(house: House) -> None:
    await house.advance(60)
    other = await house.joined()
    for process in (house, other):
        process.services.welcomes.is_in(NEW, house.clock.now())
    await house.settle()
    assert welcomed(house) + welcomed(other) == [NEW]
    await other.close()


async def test_servers_from_before_the_first_start_are_not_welcomed(house: House) -> None:
    house.services.welcomes.is_in(NEW, house.clock.now() - MINUTE)
    await house.settle()
    assert welcomed(house) == []


async def test_a_server_that_was_joined_while_the_bot_was_off_is_welcomed_at_the_start(house: House) -> None:
    await house.advance(60)
    joined_at = house.clock.now()
    await house.advance(3600)
    after = await house.restarted()
    after.services.welcomes.is_in(NEW, joined_at)
    await after.settle()
    assert welcomed(after) == [NEW]


async def test_after_a_day_nobody_expects_a_welcome(house: House) -> None:
    await house.advance(60)
    joined_at = house.clock.now()
    house.clock.pass_by(WELCOMED_WITHIN.total_seconds())
    await house.settle()
    house.services.welcomes.is_in(NEW, joined_at)
    await house.settle()
    assert welcomed(house) == []


async def test_a_server_that_removed_the_bot_and_adds_it_again_is_welcomed_again(house: House) -> None:
    await added(house)
    house.clock.pass_by(timedelta(days=3).total_seconds())
    await added(house)
    assert welcomed(house) == [NEW, NEW]


async def test_a_server_that_is_not_served_or_is_blocked_is_not_welcomed(build_house: BuildHouse) -> None:
    house = await build_house(served_guilds=frozenset({NEW}))
    await added(house, OTHER)
    await house.database.write(blocks.put, NEW, reason="spam", at=house.clock.now())
    await added(house, NEW)
    assert welcomed(house) == []


async def test_while_discord_is_unavailable_it_is_tried_again_for_a_while(house: House) -> None:
    house.notices.on_notice.extend([CourierUnavailable(), CourierUnavailable()])
    await added(house)
    assert welcomed(house) == []
    await house.advance(60)
    assert welcomed(house) == [NEW]


async def test_it_is_given_up_before_discord_could_post_it_twice(house: House) -> None:
    house.notices.on_notice.extend([CourierUnavailable()] * 20)
    await added(house)
    await house.advance(GIVEN_UP_AFTER_SECONDS + 120)
    left = len(house.notices.on_notice)
    assert left
    await house.advance(3600)
    assert (len(house.notices.on_notice), welcomed(house)) == (left, [])


async def test_where_it_may_not_write_it_is_not_tried_again(house: House) -> None:
    house.notices.on_notice.append(CardGone())
    await added(house)
    await house.advance(3600)
    assert welcomed(house) == []


async def test_after_a_restored_backup_servers_that_may_have_been_welcomed_are_not(house: House) -> None:
    await house.advance(60)
    joined_at = house.clock.now()
    await house.advance(60)
    await house.database.write(welcomes.begin_again, at=house.clock.now())
    house.services.welcomes.is_in(NEW, joined_at)
    await house.settle()
    assert welcomed(house) == []
