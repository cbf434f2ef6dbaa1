"""Which shards a gateway serves beside others, on a real PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg
import pytest
from psycopg import sql

from bot.domain.errors import OperatorError
from bot.services.shards import KEPT_SECONDS, AllShards, SharedShards
from bot.store.driver.database import Database
from bot.store.fleet.shard_locks import ShardLocks
from standins.clock import VirtualClock
from tests import machine
from tests.builders import a_runtime

PATIENCE_SECONDS = 20.0
SPEED = 20.0


@dataclass
class Gateway:
    sharing: SharedShards
    serving: set[int] = field(default_factory=set)
    #: How often it has begun to serve a shard.
    begun: int = 0
    task: "asyncio.Task[None] | None" = None
    #: Whether Discord lets it begin sessions.
    hears: bool = True

    def start(self, *shard_ids: int) -> None:
        self.task = asyncio.create_task(self.sharing.serve(shard_ids, self._work, self.is_ready))

    def is_ready(self, shard_id: int) -> bool:
        return self.hears and shard_id in self.serving

    async def _work(self, shard_id: int) -> None:
        self.begun += 1
        self.serving.add(shard_id)
        try:
            await asyncio.Event().wait()
        finally:
            self.serving.discard(shard_id)

    async def until(self, *shard_ids: int) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while self.serving != set(shard_ids):  # noqa: ASYNC110  the database decides
                await asyncio.sleep(0.01)

    async def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            await asyncio.wait({self.task})


class Gateways:
    def __init__(self, database: Database, url: str) -> None:
        self.database, self.url = database, url
        self.clock = VirtualClock(speed=SPEED)
        self.all: list[Gateway] = []

    def one_more(self) -> Gateway:
        sharing = SharedShards(
            runtime=a_runtime(self.database, self.clock),
            process_id=len(self.all) + 1,
            locks=ShardLocks(self.url),
            alive_seconds=10.0,
        )
        self.all.append(Gateway(sharing))
        return self.all[-1]


@pytest.fixture
async def gateways(postgres: Database, postgres_url: str) -> AsyncIterator[Gateways]:
    gateways = Gateways(postgres, postgres_url)
    yield gateways
    for gateway in gateways.all:
        await gateway.stop()


async def eight() -> int:
    return 8


@contextmanager
def away(url: str) -> Iterator[None]:
    """The server lets nobody into the database, and ends all sessions that are in it."""
    name = url.rsplit("/", 1)[1]
    allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
    with psycopg.connect(machine.postgres_server_url(), autocommit=True) as server:
        server.execute(allow.format(sql.Identifier(name), sql.Literal(False)))
        try:
            server.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
            )
            yield
        finally:
            server.execute(allow.format(sql.Identifier(name), sql.Literal(True)))


async def test_each_serves_its_own_shards(gateways: Gateways) -> None:
    first, second = gateways.one_more(), gateways.one_more()
    first.start(0, 1)
    second.start(2, 3)
    await first.until(0, 1)
    await second.until(2, 3)


async def test_one_that_may_serve_all_takes_over_what_becomes_free(gateways: Gateways) -> None:
    first, second, standby = (gateways.one_more() for _ in range(3))
    first.start(0, 1)
    second.start(2, 3)
    await first.until(0, 1)
    await second.until(2, 3)
    standby.start(0, 1, 2, 3)
    await first.stop()
    await standby.until(0, 1)
    assert second.serving == {2, 3}
    await second.stop()
    await standby.until(0, 1, 2, 3)
    assert standby.begun == 4


async def test_what_was_served_before_a_short_outage_goes_on_as_if_nothing_was(
    gateways: Gateways,
) -> None:
    """Also if another one waits for it."""
    first, standby = gateways.one_more(), gateways.one_more()
    first.start(0, 1)
    await first.until(0, 1)
    standby.start(0, 1)
    with away(gateways.url):
        await gateways.clock.sleep(KEPT_SECONDS / 2)
        assert first.serving == {0, 1}
    await gateways.clock.sleep(KEPT_SECONDS)
    assert (first.serving, first.begun) == ({0, 1}, 2)
    assert (standby.serving, standby.begun) == (set(), 0)


async def test_one_that_cannot_reach_the_database_gives_its_shards_up(gateways: Gateways) -> None:
    """Another one may have reached it, and serves them."""
    first = gateways.one_more()
    first.start(0, 1)
    await first.until(0, 1)
    with away(gateways.url):
        await first.until()
    await first.until(0, 1)


async def test_what_ends_the_service_of_one_shard_ends_all(gateways: Gateways) -> None:
    async def refused(shard_id: int) -> None:
        if shard_id == 1:
            raise OperatorError("refused")
        await asyncio.Event().wait()

    for sharing in (AllShards(), gateways.one_more().sharing):
        with pytest.raises(OperatorError, match="refused"):
            async with asyncio.timeout(PATIENCE_SECONDS):
                await sharing.serve([0, 1, 2], refused, lambda shard_id: True)


async def test_gateways_with_different_numbers_of_shards_do_not_work_together(gateways: Gateways) -> None:
    first, second = gateways.one_more().sharing, gateways.one_more().sharing
    assert await first.count(4, eight) == 4
    with pytest.raises(OperatorError, match="have CHAT_SHARD_COUNT=4, and this one 2: set the same"):
        await second.count(2, eight)


@pytest.mark.parametrize("first_wanted", [None, 4])
async def test_auto_is_what_the_others_have_or_what_discord_recommends(
    gateways: Gateways, first_wanted: int | None
) -> None:
    async def nine() -> int:
        return 9

    first, second = gateways.one_more().sharing, gateways.one_more().sharing
    count = await first.count(first_wanted, eight)
    assert count == (first_wanted or 8)
    assert await second.count(None, nine) == count


async def test_sessions_are_begun_one_after_the_other_over_all(gateways: Gateways) -> None:
    first, second = gateways.one_more().sharing, gateways.one_more().sharing
    assert await first.session_turn(0, 1.0)
    turn = asyncio.create_task(second.session_turn(0, 1.0))
    done, _ = await asyncio.wait({turn}, timeout=0.3)
    assert not done
    assert await second.session_turn(1, 1.0)
    await asyncio.wait_for(turn, PATIENCE_SECONDS)


async def test_a_session_counts_from_its_identify_however_long_the_dial_took(gateways: Gateways) -> None:
    first, second = gateways.one_more().sharing, gateways.one_more().sharing
    assert await first.session_turn(0, 2.0)
    await gateways.clock.sleep(1.5 * SPEED)  # the database's clock does not run faster
    await first.session_leaves(0, 2.0)
    turn = asyncio.create_task(second.session_turn(0, 2.0))
    done, _ = await asyncio.wait({turn}, timeout=1.0)
    assert not done
    await asyncio.wait_for(turn, PATIENCE_SECONDS)


async def test_who_dialled_for_too_long_waits_for_the_one_that_came_first(gateways: Gateways) -> None:
    first, second = gateways.one_more().sharing, gateways.one_more().sharing
    assert await first.session_turn(0, 0.0)
    assert await second.session_turn(0, 0.0)
    await second.session_leaves(0, 1.0)
    leaving = asyncio.create_task(first.session_leaves(0, 1.0))
    done, _ = await asyncio.wait({leaving}, timeout=0.3)
    assert not done
    await asyncio.wait_for(leaving, PATIENCE_SECONDS)


async def test_a_session_is_begun_although_the_database_is_away(gateways: Gateways) -> None:
    first = gateways.one_more().sharing
    assert await first.session_turn(0, 60.0)
    with away(gateways.url):
        await asyncio.wait_for(first.session_leaves(0, 60.0), PATIENCE_SECONDS)
