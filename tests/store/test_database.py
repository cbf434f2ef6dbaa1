"""What `Database` promises, on both databases: whole transactions, and no surprise by cancellation."""

import asyncio
import threading
import traceback

import pytest
from sqlalchemy import select, text

from bot.domain.ids import GuildId, InteractionId
from bot.store.admission import counts
from bot.store.admission.counts import Counted, Use
from bot.store.driver.connection import Connection
from bot.store.driver.database import Database, open_database
from bot.store.driver.errors import ConstraintViolated, DatabaseUnavailable, StatementRefused
from bot.store.pictures import jobs
from bot.store.schema.tables import cards as card_rows
from tests.builders import GUILD, MEMBER, NOON
from tests.databases import admit

LIMIT = 20


class NoMore(Exception):
    pass


def used(connection: Connection, *, everywhere: bool = False) -> list[Use]:
    """What the member has in work."""
    by = (Counted(None, everywhere),)
    return counts.used(connection, member_ids=[MEMBER], guild_id=GUILD, by=by, at=NOON)


def admit_within_limit(connection: Connection, number: int) -> None:
    """As admission does: count, then insert."""
    ((weight, _),) = used(connection)
    if weight >= LIMIT:
        raise NoMore
    admit(connection, interaction_id=InteractionId(number))


def count_cards(connection: Connection) -> int:
    return len(connection.execute(select(card_rows.c.id)).all())


async def test_fifty_parallel_admissions_keep_an_exact_limit(database: Database) -> None:
    asked = [database.write(admit_within_limit, number) for number in range(1, 51)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)

    assert outcomes.count(None) == LIMIT
    assert [type(outcome) for outcome in outcomes if outcome is not None] == [NoMore] * 30
    assert await database.read(used) == [(LIMIT, None)]
    assert await database.read(count_cards) == LIMIT


async def test_one_interaction_makes_one_card_however_often_it_arrives(database: Database) -> None:
    arriving = [database.write(admit, interaction_id=InteractionId(5)) for _ in range(20)]
    arrived = await asyncio.gather(*arriving, return_exceptions=True)

    assert [type(outcome) for outcome in arrived].count(ConstraintViolated) == 19
    assert await database.read(count_cards) == 1


async def test_arguments_and_results_pass_through(database: Database) -> None:
    def add(_: Connection, first: int, *, second: int) -> int:
        return first + second

    assert await database.write(add, 1, second=2) == 3
    assert await database.read(add, 3, second=4) == 7


async def test_an_exception_undoes_its_function_and_is_raised(database: Database) -> None:
    def fail(connection: Connection) -> None:
        admit(connection)
        raise NoMore

    with pytest.raises(NoMore):
        await database.write(fail)
    assert await database.read(count_cards) == 0


async def test_what_a_function_wrote_is_read_at_once(database: Database) -> None:
    for written in range(1, 6):
        await database.write(admit)
        assert await database.read(count_cards) == written


async def test_a_read_sees_one_moment(database: Database) -> None:
    loop = asyncio.get_running_loop()
    written = threading.Event()

    async def write_and_tell() -> None:
        await database.write(admit)
        written.set()

    def count_twice(connection: Connection) -> tuple[int, int]:
        before = count_cards(connection)
        loop.call_soon_threadsafe(lambda: writing.append(loop.create_task(write_and_tell())))
        connection.execute(text("SELECT 1"))  # gives the loop a turn, where it is the loop that reads
        while not written.is_set():
            connection.execute(text("SELECT 1"))
        return before, count_cards(connection)

    writing: list[asyncio.Task[None]] = []
    async with asyncio.timeout(20):
        assert await database.read(count_twice) == (0, 0)
    await asyncio.gather(*writing)
    assert await database.read(count_cards) == 1


async def test_a_read_cannot_change_anything(database: Database) -> None:
    with pytest.raises(StatementRefused):
        await database.read(admit)
    assert await database.read(count_cards) == 0


@pytest.mark.parametrize("kind", ["write", "read"])
async def test_cancelling_the_caller_leaves_the_transaction_alone(database: Database, kind: str) -> None:
    ran = threading.Event()

    def run(connection: Connection) -> None:
        if kind == "write":
            admit(connection)
        count_cards(connection)
        ran.set()

    caller = asyncio.create_task(database.write(run) if kind == "write" else database.read(run))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await database.close()

    assert ran.is_set()


async def test_a_cancelled_write_is_kept(database: Database, database_url: str) -> None:
    callers = [asyncio.create_task(database.write(admit)) for _ in range(20)]
    await asyncio.sleep(0)
    for caller in callers[::2]:
        caller.cancel()
    await asyncio.wait(callers)
    await database.close()

    again = await open_database(database_url)
    assert await again.read(count_cards) == len(callers)
    await again.close()


async def test_closing_waits_for_what_was_begun_and_refuses_what_comes_later(database: Database) -> None:
    begun = [asyncio.create_task(database.write(admit)) for _ in range(20)]
    await asyncio.sleep(0)
    await database.close()

    assert len(await asyncio.gather(*begun)) == 20
    with pytest.raises(DatabaseUnavailable):
        await database.write(admit)
    with pytest.raises(DatabaseUnavailable):
        await database.read(count_cards)
    await database.close()


async def test_errors_of_the_database_hold_no_values(database: Database) -> None:
    secret = "https://assets.example/somebody@example.org/picture.png"

    def repeat(connection: Connection) -> None:
        (job,) = admit(connection)
        row = {"id": job.id, "model": secret}
        connection.execute(text("INSERT INTO jobs (id, model) VALUES (:id, :model)"), row)

    with pytest.raises(StatementRefused) as refused:
        await database.write(repeat)
    assert secret not in "".join(traceback.format_exception(refused.value))


async def test_foreign_keys_hold(database: Database) -> None:
    def orphan(connection: Connection) -> None:
        (job,) = admit(connection)
        connection.execute(text("DELETE FROM cards"))
        assert jobs.get(connection, job.id) is None
        admit(connection)
        connection.execute(text("UPDATE jobs SET card_id = card_id + 1000"))

    with pytest.raises(StatementRefused):
        await database.write(orphan)


async def test_rows_of_another_server_are_not_counted(database: Database) -> None:
    await database.write(admit, guild_id=GuildId(7))
    assert await database.read(used) == [(0, None)]
    assert await database.read(used, everywhere=True) == [(1, None)]
