"""What several processes tell each other, on a real PostgreSQL."""

import pytest

from bot.domain.ids import CardId
from bot.domain.trouble import Trouble
from bot.store.driver.database import Connection, Database
from bot.store.fleet import fleet, turns
from bot.store.fleet.fleet import AccountNews, AccountState

HERE, THERE = 1, 2
CARD, OTHER = CardId(7), CardId(8)
ALIVE_SECONDS = 10.0
REFUSED = AccountNews(trouble=Trouble.KEY, is_model_refused=True)


async def beat(
    database: Database, process: int, *changing: CardId, news: AccountNews | None = None
) -> AccountState:
    return await database.write(fleet.beat, process, changing=changing, news=news, pause_seconds=0.0)


async def lock(database: Database, process: int, card: CardId = CARD) -> bool:
    return await database.write(fleet.lock_card, process, card, alive_seconds=ALIVE_SECONDS)


def _age(connection: Connection, process: int, seconds: float) -> None:
    aged = {"process": process, "past": int(seconds * turns.MICROSECONDS)}
    connection.exec_driver_sql(
        "UPDATE processes SET seen_at = seen_at - %(past)s WHERE id = %(process)s", aged
    )


async def test_what_one_process_finds_out_all_know(postgres: Database) -> None:
    assert await beat(postgres, HERE) == AccountState()
    told = await beat(postgres, HERE, news=REFUSED)
    assert (told.news, told.revision) == (REFUSED, 1)
    assert await beat(postgres, THERE) == told
    over = await beat(postgres, THERE, news=AccountNews(trouble=None, is_model_refused=False))
    assert (over.news.trouble, over.revision) == (None, 2)
    assert await beat(postgres, HERE) == over


async def test_a_longer_pause_stays(postgres: Database) -> None:
    await postgres.write(fleet.beat, HERE, changing=(), news=None, pause_seconds=60.0)
    state = await postgres.write(fleet.beat, THERE, changing=(), news=None, pause_seconds=5.0)
    assert 59 < state.pause_seconds <= 60


async def test_the_files_of_a_card_are_changed_by_one_process_at_a_time(postgres: Database) -> None:
    for process in (HERE, THERE):
        await beat(postgres, process)
    assert await lock(postgres, HERE)
    assert await lock(postgres, HERE)
    assert not await lock(postgres, THERE)
    assert await lock(postgres, THERE, OTHER)
    await postgres.write(fleet.unlock_card, HERE, CARD)
    assert await lock(postgres, THERE)
    assert not await lock(postgres, HERE)


@pytest.mark.parametrize(
    ("theirs", "ours", "is_same"),
    [("a", "a", True), ("a", "b", False), ("a,b", "b,a", True), ("a", "b,a", False), ("b,a", "a", False)],
)
async def test_processes_have_to_read_what_the_others_seal(
    postgres: Database, theirs: str, ours: str, *, is_same: bool
) -> None:
    async def joined(process: int, names: str) -> bool:
        return await postgres.write(fleet.join, process, names.split(","), alive_seconds=ALIVE_SECONDS)

    assert await joined(THERE, theirs)
    assert await joined(HERE, ours) is is_same
    await postgres.write(_age, THERE, 2 * ALIVE_SECONDS)
    assert await joined(HERE, ours)


async def test_a_dead_process_has_no_locks(postgres: Database) -> None:
    await beat(postgres, HERE)
    assert await lock(postgres, HERE)
    await postgres.write(_age, HERE, ALIVE_SECONDS)
    assert await lock(postgres, THERE)
    await beat(postgres, THERE, CARD)
    await beat(postgres, HERE, CARD)
    assert not await lock(postgres, HERE)


async def test_a_lock_that_could_not_be_released_is_with_the_next_sign_of_life(postgres: Database) -> None:
    await beat(postgres, HERE)
    assert await lock(postgres, HERE)
    assert await lock(postgres, HERE, OTHER)
    await beat(postgres, HERE, CARD)
    assert not await lock(postgres, THERE)
    assert await lock(postgres, THERE, OTHER)


async def test_who_leaves_leaves_nothing(postgres: Database) -> None:
    await beat(postgres, HERE)
    await lock(postgres, HERE)
    await postgres.write(fleet.leave, HERE)
    assert await lock(postgres, THERE)


async def test_nothing_is_kept_of_those_that_were_not_seen_for_long(postgres: Database) -> None:
    await beat(postgres, HERE)
    await lock(postgres, HERE)
    await postgres.write(_age, HERE, fleet.FORGOTTEN_AFTER_SECONDS + 1)
    await beat(postgres, THERE)
    assert await postgres.read(_rows_of, HERE) == (0, 0)


def _rows_of(connection: Connection, process: int) -> tuple[int, int]:
    counts = connection.exec_driver_sql(
        "SELECT (SELECT count(*) FROM processes WHERE id = %(process)s),"
        " (SELECT count(*) FROM card_locks WHERE process_id = %(process)s)",
        {"process": process},
    ).one()
    return counts[0], counts[1]
