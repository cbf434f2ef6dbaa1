"""How a gateway that is stopped hands its shards over to one that waits, on a real PostgreSQL."""

import asyncio
from itertools import count

from bot.services.handovers import HANDOVER_SECONDS
from bot.store.driver.connection import Connection
from tests.services.test_shards import PATIENCE_SECONDS, Gateway, Gateways, away, eight, gateways

__all__ = ["gateways"]

GUILD = 1 << 22
EVENTS = count(1)


async def serving(gateways: Gateways, *shard_ids: int) -> Gateway:
    """Start a gateway that all others know of, and wait until it serves the shards."""
    gateway = await waiting(gateways, *shard_ids)
    await gateway.until(*shard_ids)
    return gateway


async def waiting(gateways: Gateways, *shard_ids: int) -> Gateway:
    gateway = gateways.one_more()
    await gateway.sharing.count(2, eight)
    gateway.start(*shard_ids)
    return gateway


async def until_waiting(gateways: Gateways, number: int) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await gateways.database.read(_waiting) < number:  # noqa: ASYNC110  the database decides
            await asyncio.sleep(0.01)


def _waiting(connection: Connection) -> int:
    return int(connection.exec_driver_sql("SELECT count(*) AS waiting FROM standbys").one().waiting)


async def with_one_that_gets_no_session(gateways: Gateways) -> tuple[Gateway, Gateway]:
    """Return a gateway with a shard, and one that waits for it and is never ready."""
    old, new = await serving(gateways, 0), await waiting(gateways, 0)
    new.hears = False
    await until_waiting(gateways, 1)
    return old, new


async def hands_over(gateway: Gateway) -> float:
    """Hand over, and return how long that took by the gateway's clock."""
    clock = gateway.sharing.runtime.clock
    before = clock.monotonic()
    await asyncio.wait_for(gateway.sharing.hand_over(), PATIENCE_SECONDS)
    return clock.monotonic() - before


async def handled(event_id: int, *gateways: Gateway) -> int:
    """Return how many of them handle an event that all receive."""
    return sum(await asyncio.gather(*(each.sharing.takes(event_id, GUILD) for each in gateways)))


async def test_the_one_that_waits_serves_before_the_other_has_closed(gateways: Gateways) -> None:
    old = await serving(gateways, 0, 1)
    new = await waiting(gateways, 0, 1)
    await until_waiting(gateways, 2)
    assert not new.sharing.is_shared(GUILD)
    await hands_over(old)
    assert old.serving == new.serving == {0, 1}
    assert [await handled(next(EVENTS), old, new) for _ in range(5)] == [1] * 5
    await old.stop()
    await gateways.clock.sleep(5.0)
    assert (new.serving, new.begun) == ({0, 1}, 2)
    assert await handled(next(EVENTS), new) == 1


async def test_what_a_stopped_gateway_took_is_not_handled_again(gateways: Gateways) -> None:
    """The other one reads it later; it also keeps what it was the first to take."""
    old = await serving(gateways, 1)
    new = await waiting(gateways, 1)
    await until_waiting(gateways, 1)
    await hands_over(old)
    here, there = next(EVENTS), next(EVENTS)
    assert await old.sharing.takes(here, GUILD)
    assert await new.sharing.takes(there, GUILD)
    await old.stop()
    await new.until(1)
    assert not await new.sharing.takes(here, GUILD)
    assert not await old.sharing.takes(there, GUILD)


async def test_without_one_that_waits_nothing_is_waited_for(gateways: Gateways) -> None:
    old, other = await serving(gateways, 0), await serving(gateways, 1)
    await asyncio.wait_for(old.sharing.hand_over(), 1.0)
    assert other.serving == {1}


async def test_one_that_gets_no_session_is_not_waited_for_without_end(gateways: Gateways) -> None:
    old, new = await with_one_that_gets_no_session(gateways)
    assert await hands_over(old) >= HANDOVER_SECONDS
    await old.stop()
    await new.until(0)


async def test_killed_in_the_middle_its_shards_are_with_the_one_that_it_asked(gateways: Gateways) -> None:
    old, new = await with_one_that_gets_no_session(gateways)
    asking = asyncio.create_task(old.sharing.hand_over())
    await new.until(0)
    await old.stop()
    asking.cancel()
    event = next(EVENTS)
    assert await new.sharing.takes(event, GUILD)
    await gateways.clock.sleep(60.0)
    assert (new.serving, new.begun) == ({0}, 1)


async def test_of_two_that_wait_one_is_asked_and_the_other_leaves_the_shard_to_it(
    gateways: Gateways,
) -> None:
    old = await serving(gateways, 0, 1)
    both = [await waiting(gateways, 0, 1) for _ in range(2)]
    await until_waiting(gateways, 4)
    await hands_over(old)
    await old.stop()
    await gateways.clock.sleep(20.0)
    assert sorted(len(each.serving) for each in both) == [0, 2]
    assert sum(each.begun for each in both) == 2


async def test_one_that_is_stopped_itself_is_asked_no_more(gateways: Gateways) -> None:
    old, new = await with_one_that_gets_no_session(gateways)
    asking = asyncio.create_task(old.sharing.hand_over())
    await new.until(0)
    await new.sharing.hand_over()
    await asyncio.wait_for(asking, PATIENCE_SECONDS)
    await new.until()
    assert old.serving == {0}


async def test_each_shard_has_a_standby_of_its_own(gateways: Gateways) -> None:
    old = await serving(gateways, 0, 1)
    first, second = await waiting(gateways, 0), await waiting(gateways, 1)
    await until_waiting(gateways, 2)
    await hands_over(old)
    await old.stop()
    await first.until(0)
    await second.until(1)


async def test_while_the_database_is_away_the_one_that_has_the_shard_handles_all(gateways: Gateways) -> None:
    old = await serving(gateways, 0, 1)
    new = await waiting(gateways, 0, 1)
    await until_waiting(gateways, 2)
    await hands_over(old)
    with away(gateways.url):
        assert await old.sharing.takes(next(EVENTS), GUILD)
        assert not await new.sharing.takes(next(EVENTS), GUILD)
        assert await handled(next(EVENTS), old, new) == 1
