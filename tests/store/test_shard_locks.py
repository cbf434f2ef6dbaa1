"""The locks on shards, in a real PostgreSQL."""

import asyncio
import time
from collections.abc import AsyncIterator, Collection

import psycopg
import pytest

from bot.store.driver.errors import DatabaseUnavailable
from bot.store.driver.locks import SHARDS
from bot.store.fleet.shard_locks import ShardLocks

ALL = range(4)


@pytest.fixture
async def pair(postgres_url: str) -> AsyncIterator[tuple[ShardLocks, ShardLocks]]:
    here, there = ShardLocks(postgres_url), ShardLocks(postgres_url)
    yield here, there
    await here.close()
    await there.close()


HOLDERS = """
    FROM pg_locks WHERE locktype = 'advisory' AND granted AND (classid, objid) = (%s, %s)
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def end_session_of(postgres_url: str, shard_id: int) -> None:
    """Let the server end the session that has this shard's lock."""
    lock = SHARDS, shard_id
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid)" + HOLDERS, lock)
        while connection.execute("SELECT pid" + HOLDERS, lock).fetchone():
            time.sleep(0.01)


async def until_taken(locks: ShardLocks, shard_ids: Collection[int]) -> None:
    """The server notices a little later that a session has ended."""
    async with asyncio.timeout(20.0):
        while await locks.take(shard_ids) != set(shard_ids):  # noqa: ASYNC110  the server decides
            await asyncio.sleep(0.01)


async def test_a_shard_is_one_process_s(pair: tuple[ShardLocks, ShardLocks]) -> None:
    here, there = pair
    assert await here.take([0, 1]) == {0, 1}
    assert await there.take(ALL) == {2, 3}
    assert await here.take(ALL) == {0, 1}
    assert await there.take([]) == {2, 3}


async def test_what_a_process_had_is_free_once_it_ends(
    pair: tuple[ShardLocks, ShardLocks], postgres_url: str
) -> None:
    ended, (here, _) = ShardLocks(postgres_url), pair
    await ended.take([0, 1])
    await ended.close()
    await until_taken(here, ALL)


@pytest.mark.parametrize("again", [[0], ALL])
async def test_a_lost_session_has_nothing_any_more(
    pair: tuple[ShardLocks, ShardLocks], postgres_url: str, again: Collection[int]
) -> None:
    here, there = pair
    await here.take([0, 1])
    end_session_of(postgres_url, 0)
    with pytest.raises(DatabaseUnavailable):
        await here.take(ALL)
    assert await there.take([1]) == {1}
    assert await here.take(again) == set(again) - {1}


async def test_while_they_are_held_no_old_row_is_kept(
    pair: tuple[ShardLocks, ShardLocks], postgres_url: str
) -> None:
    here, _ = pair
    await here.take(ALL)
    await here.take([])
    with psycopg.connect(postgres_url) as connection:
        found = connection.execute(
            "SELECT backend_xmin, backend_xid FROM pg_stat_activity WHERE pid IN"
            " (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND classid = %s)"
            " AND datname = current_database()",
            (SHARDS,),
        ).fetchall()
    assert found == [(None, None)]
