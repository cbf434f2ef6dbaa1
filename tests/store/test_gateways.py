"""What several gateways agree on, on a real PostgreSQL."""

import asyncio

from bot.store.driver.database import Database
from bot.store.fleet import gateways
from tests.store.test_fleet import ALIVE_SECONDS, HERE, THERE, _age, beat


async def settled(database: Database, process: int, wanted: int | None) -> int | None:
    return await database.write(gateways.settle_shards, process, wanted, alive_seconds=ALIVE_SECONDS)


async def test_the_first_gateway_chooses_the_number_of_shards(postgres: Database) -> None:
    assert await settled(postgres, HERE, None) is None
    assert await settled(postgres, HERE, 2) == 2
    assert await settled(postgres, THERE, 3) == 2
    assert await settled(postgres, THERE, None) == 2


async def test_one_with_another_number_does_not_count_as_a_gateway(postgres: Database) -> None:
    await settled(postgres, HERE, 2)
    await settled(postgres, THERE, 3)
    assert await settled(postgres, HERE, 4) == 4


async def test_workers_and_dead_gateways_have_no_say(postgres: Database) -> None:
    await beat(postgres, THERE)
    assert await settled(postgres, HERE, 2) == 2
    await postgres.write(_age, HERE, 2 * ALIVE_SECONDS)
    assert await settled(postgres, THERE, 3) == 3


async def test_a_sign_of_life_does_not_change_the_number(postgres: Database) -> None:
    await settled(postgres, HERE, 2)
    await beat(postgres, HERE)
    assert await settled(postgres, THERE, None) == 2


async def test_one_session_of_a_group_is_begun_at_a_time(postgres: Database) -> None:
    async def begun(group: int, seconds_between: float = 60.0) -> bool:
        turn = await postgres.write(gateways.begin_session, group, seconds_between=seconds_between)
        return turn is not None

    assert sorted(await asyncio.gather(*(begun(0) for _ in range(5)))) == [False] * 4 + [True]
    assert await begun(1)
    assert not await begun(0)
    assert await begun(0, 0.0)


async def test_a_session_whose_dial_took_long_counts_from_its_identify(postgres: Database) -> None:
    async def begun(group: int, earlier: int | None = None) -> int | None:
        return await postgres.write(gateways.begin_session, group, seconds_between=60.0, earlier=earlier)

    turn = await begun(0)
    assert turn is not None
    left = await begun(0, turn)
    assert left is not None
    assert left > turn
    assert await begun(0, turn) is None
    assert await begun(0) is None


async def test_who_does_not_know_its_group_takes_turns_with_all(postgres: Database) -> None:
    async def begun(group: int, seconds_between: float = 60.0) -> bool:
        return bool(await postgres.write(gateways.begin_session, group, seconds_between=seconds_between))

    assert await begun(1)
    assert not await begun(gateways.ALL_GROUPS)
    assert await begun(gateways.ALL_GROUPS, 0.0)
    assert not await begun(0)
    assert not await begun(2)
