"""/privacy delete: nothing of the member is left, while limits and blocks hold, and no money is lost."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.domain.access import Actor
from bot.domain.administration import RuleSubject
from bot.domain.block import BlockedHere
from bot.domain.card import CardView
from bot.domain.errors import Blocked, CardBarred, CourierUnavailable, LimitReached
from bot.domain.ids import ApplicationId, ChannelId, MemberId
from bot.domain.job import JobState
from bot.domain.limits import LimitField, OperatorLimits
from bot.domain.notice import Notify
from bot.domain.privacy import Erasure, ErasureUnderWay, ExportUnderWay
from bot.domain.pseudonyms import NAMELESS
from bot.services.admins import operator_blocks
from bot.services.upkeep.retention import Retention
from bot.store.driver.connection import Connection
from bot.store.driver.database import open_database
from bot.store.moderation import posts
from bot.store.pictures import accounts, cards
from bot.store.privacy import erasures
from bot.store.schema.tables import metadata, money, totals
from bot.store.upkeep.backup import backup
from bot.store.upkeep.migrate import migrate
from tests.builders import CHANNEL, GUILD, NOON, PSEUDONYMS, a_request
from tests.services.house import House

MARKER = "zebra-marker-in-the-prompt"
LIMITS = OperatorLimits(per_hour=5, per_day=20)
MODERATOR, OTHER = MemberId(1_310_000_000_000_000_777), MemberId(1_310_000_000_000_000_778)
#: Each column that may hold a member's id, but that of the deletion itself.
IDS_OF_MEMBERS = {
    (table.name, column.name)
    for table in metadata.sorted_tables
    for column in table.columns
    if column.name in ("member_id", "actor_id", "about_id", "decided_by")
    if table.name != "erasures"
} | {("rules", "subject_id"), ("audits", "subject_id"), ("blocks", "id")}
_members = count(1_320_000_000_000_000_001)


@pytest.fixture
def ada() -> MemberId:
    """A member of the test's own, whose id is found nowhere else."""
    return MemberId(next(_members))


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    database = await open_database(database_url)
    house = House(database, tmp_path / "data" / "sources", limits=LIMITS)
    await house.open()
    yield house
    await house.close()
    await database.close()


def asked(house: House, member_id: MemberId, *, takes_down: bool = False) -> Erasure:
    return Erasure(
        member_id=member_id,
        asked_at=house.clock.now(),
        takes_down=takes_down,
        application_id=ApplicationId(1),
        sealed_token=b"sealed",
        token_expires_at=house.clock.now() + timedelta(minutes=15),
        language="en",
    )


async def delete(house: House, member_id: MemberId, *, takes_down: bool = False) -> None:
    """Have everything deleted, and wait until that is done."""
    await house.services.erasures.begin(asked(house, member_id, takes_down=takes_down))
    await house.until(lambda: bool(house.erasure_answers.shown))


async def delivered(house: House, member_id: MemberId, **card: Any) -> CardView:
    view = await house.ask(a_request(prompt=f"a fox, {MARKER}"), member=member_id, **card)
    (job,) = await house.until_ended(view)
    assert job.state is JobState.DELIVERED
    await house.advance(60)
    return view


async def all_kinds_of_data(house: House, ada: MemberId) -> list[CardView]:
    """Something of the member in every table that has members."""
    services, at = house.services, house.clock.now()
    views = [await delivered(house, ada), await delivered(house, ada, is_private=True)]
    others = await delivered(house, OTHER)
    (job,) = await house.jobs(views[0])
    (theirs,) = await house.jobs(others)
    await services.gallery.set_notify(ada, Notify.NEVER)
    await services.own_pictures.mark(theirs.id, actor(ada))
    await services.own_pictures.mark(job.id, actor(OTHER))
    await services.complaints.report(theirs.id, GUILD, ada, f"I do not like it, {MARKER}")
    await services.complaints.report(job.id, GUILD, OTHER, f"I do not like it, {MARKER}")
    await services.administration.set_limits(GUILD, ada, RuleSubject.member(OTHER), {LimitField.PER_DAY: 30})
    await services.administration.set_limits(
        GUILD, MODERATOR, RuleSubject.member(ada), {LimitField.PER_HOUR: 4}
    )
    await services.complaints.dismiss(theirs.id, GUILD, ada)
    await services.moderation.give_back(job.id, GUILD, MODERATOR)
    await services.gallery.hold_post(actor(ada), None)
    async with services.own_data.exporting(ada):
        pass
    await house.raw_database.write(operator_blocks.block, [ada], reason="for a test", at=at)
    await services.block_list.block(GUILD, MODERATOR, ada, None, "for a test")
    await services.block_list.block(GUILD, ada, OTHER, None, "by a moderator who deletes their data")
    await services.administration.set_strikes(GUILD, MODERATOR, lambda rules: replace(rules, is_on=True))
    await services.strike_list.add(GUILD, MODERATOR, ada, "for a test")
    await services.strike_list.add(GUILD, ada, OTHER, "for a test")
    return views


def actor(member_id: MemberId) -> Actor:
    return Actor(guild_id=GUILD, channel_id=CHANNEL, member_id=member_id, is_moderator=False)


def everything(connection: Connection) -> list[tuple[str, str, object]]:
    """Each value of each column of each table."""
    found = []
    for table in metadata.sorted_tables:
        for row in connection.execute(select(table)):
            found += [(table.name, name, value) for name, value in row._asdict().items()]
    return found


async def found_of(house: House, *traces: object) -> list[tuple[str, str]]:
    values = await house.raw_database.read(everything)
    texts = [str(trace) for trace in traces]
    return [(table, name) for table, name, value in values if any(text in str(value) for text in texts)]


def in_bytes(folder: Path, member_id: MemberId, *words: str) -> list[str]:
    """The files that hold the id, as a number of SQLite's or in digits, or one of the words."""
    traces = [member_id.to_bytes(8), str(member_id).encode(), *(word.encode() for word in words)]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(trace in path.read_bytes() for trace in traces)]


async def test_nothing_of_the_member_is_left_in_any_table(house: House, ada: MemberId) -> None:
    views = await all_kinds_of_data(house, ada)
    message_ids = [view.card.id + 500 for view in views]
    found = await found_of(house, ada)
    assert {*found} >= IDS_OF_MEMBERS
    await delete(house, ada)
    assert await found_of(house, ada, MARKER) == [("cards", "prompt")], (
        "the other member's prompt alone has the marker, too"
    )
    rows = [name for _, name, value in await house.raw_database.read(everything) if value in message_ids]
    assert "message_id" not in rows


async def test_nothing_is_left_in_files_logs_and_later_backups(
    sqlite_url: str, tmp_path: Path, ada: MemberId, capsys: pytest.CaptureFixture[str]
) -> None:
    migrate(sqlite_url)
    database = await open_database(sqlite_url)
    house = House(database, tmp_path / "data" / "sources", limits=LIMITS)
    await house.open()
    folder = Path(sqlite_url.removeprefix("sqlite:///")).parent
    await house.services.own_data.clear()
    for _ in range(3):
        await delivered(house, ada)
    assert in_bytes(folder, ada, MARKER) != []
    await delete(house, ada)
    await asyncio.to_thread(backup, sqlite_url, tmp_path / "later.sqlite3")
    assert in_bytes(folder, ada, MARKER) == []
    assert in_bytes(tmp_path, ada, MARKER) == []
    said = capsys.readouterr().out
    assert "deletion of a member's data begun" in said
    assert str(ada) not in said
    assert MARKER not in said
    await house.close()
    await database.close()


async def test_limits_hold_and_deleting_gives_no_fresh_allowance(house: House, ada: MemberId) -> None:
    for _ in range(5):
        await house.until_ended(await house.ask(member=ada))
    for _ in range(2):  # and again
        await delete(house, ada)
        house.erasure_answers.shown.clear()
        with pytest.raises(LimitReached):
            await house.admit(member=ada)
    usages = await house.services.gallery.usage(GUILD, ada)
    assert [usage.used for usage in usages] == [5, 5, 5]
    await house.advance(3700)
    await house.admit(member=ada)


async def test_blocks_hold_and_end_as_they_would_have(house: House, ada: MemberId) -> None:
    services = house.services
    await services.block_list.block(GUILD, MODERATOR, ada, timedelta(hours=2), "for a test")
    await delete(house, ada)
    with pytest.raises(BlockedHere):
        await house.admit(member=ada)
    await services.block_list.unblock(GUILD, MODERATOR, ada)
    await house.admit(member=ada)
    await house.raw_database.write(operator_blocks.block, [ada], reason="", at=house.clock.now())
    house.erasure_answers.shown.clear()
    await delete(house, ada)
    with pytest.raises(Blocked):
        await house.admit(member=ada)


async def test_a_limit_that_an_admin_has_set_and_times_that_are_counted_hold(
    house: House, ada: MemberId
) -> None:
    services, by = house.services, PSEUDONYMS.ids_of(ada)
    await services.administration.set_limits(
        GUILD, MODERATOR, RuleSubject.member(ada), {LimitField.PER_HOUR: 2}
    )
    for _ in range(3):
        await services.gallery.hold_post(actor(ada), None)
    await house.until_ended(await house.ask(member=ada))
    await delete(house, ada)
    since = house.clock.now() - timedelta(hours=1)
    recent = await house.raw_database.write(posts.times, guild_id=GUILD, member_ids=by, since=since)
    assert len(recent) == 3
    await house.ask(member=ada)
    with pytest.raises(LimitReached):
        await house.admit(member=ada)


async def test_sums_stay_without_a_name(house: House, ada: MemberId) -> None:
    await delivered(house, ada)
    before = await house.raw_database.read(_sums)
    await delete(house, ada)
    assert await house.raw_database.read(_sums) == before
    assert await found_of(house, ada) == []


def _sums(connection: Connection) -> list[Any]:
    everyone = totals.c.member_id == accounts.ALL
    rows = [tuple(row) for row in connection.execute(select(totals).where(everyone))]
    return [sorted(rows), sorted(tuple(row) for row in connection.execute(select(money)))]


async def test_what_waits_is_cancelled_and_what_runs_is_finished_first(house: House, ada: MemberId) -> None:
    running = await house.ask(member=ada)
    await house.until(lambda: bool(house.provider.accepted))
    house.services.account.pacer.pause(600)
    waiting = await house.ask(member=ada)
    state = await house.services.erasures.begin(asked(house, ada))
    assert (state.left, state.waiting) == (2, 2)
    (job,) = await house.jobs(waiting)
    assert job.state is JobState.CANCELLED
    assert job.held_microusd == 0
    await house.until(lambda: bool(house.erasure_answers.shown))
    (job,) = await house.jobs(running)
    assert (job.state, job.member_id) == (JobState.DELIVERED, PSEUDONYMS.of(ada))
    assert job.cost_microusd is not None
    assert await found_of(house, ada) == []


async def test_twice_is_once_and_messages_can_still_be_asked_for(house: House, ada: MemberId) -> None:
    await house.ask(member=ada)
    await house.until(lambda: house.provider.submits == 1)  # so that it is not deleted at once
    services = house.services
    first = await services.erasures.begin(asked(house, ada))
    again = await services.erasures.begin(asked(house, ada, takes_down=True))
    assert first.left == again.left == 1
    saved = await house.raw_database.read(erasures.get, ada)
    assert saved is not None
    assert saved.takes_down
    await house.until(lambda: bool(house.erasure_answers.shown))
    assert house.erasure_answers.shown[0].erasure.taken_down == 1


async def test_an_export_and_a_deletion_at_once_each_get_a_clear_answer(house: House, ada: MemberId) -> None:
    services = house.services
    await house.ask(member=ada)
    async with services.own_data.exporting(ada):
        with pytest.raises(ExportUnderWay):
            await services.erasures.begin(asked(house, ada))
    await services.erasures.begin(asked(house, ada))
    with pytest.raises(ErasureUnderWay):
        async with services.own_data.exporting(ada):
            pass


async def test_messages_are_taken_down_and_those_that_cannot_be_are_counted(
    house: House, ada: MemberId
) -> None:
    await delivered(house, ada)
    await delivered(house, ada)
    await delivered(house, ada, is_private=True, token_expires_at=None)
    house.courier.on_remove += [CourierUnavailable(), CardBarred()]
    await delete(house, ada, takes_down=True)
    done = house.erasure_answers.shown[0].erasure
    assert (done.taken_down, done.not_taken_down) == (1, 2)
    assert len(house.courier.removed) == 1
    assert await found_of(house, ada) == []


async def test_a_deletion_goes_on_after_a_restart(house: House, ada: MemberId) -> None:
    await delivered(house, ada)
    await house.services.erasures.begin(asked(house, ada, takes_down=True))
    after = await house.restarted()
    await after.until(lambda: bool(after.erasure_answers.shown))
    assert await found_of(after, ada, MARKER) == []
    await after.close()


async def test_who_cannot_be_told_reads_how_it_ended_when_they_ask(house: House, ada: MemberId) -> None:
    await delivered(house, ada)
    house.erasure_answers.is_reachable = False
    await house.services.erasures.begin(asked(house, ada))
    await house.advance(60)
    state = await house.services.erasures.of(ada)
    assert state is not None
    assert state.erasure.done_at is not None
    assert await found_of(house, ada) == []


async def test_an_answer_that_could_not_say_it_yet_says_it_later_also_after_a_restart(
    house: House, ada: MemberId
) -> None:
    await delivered(house, ada)
    house.erasure_answers.on_show += [CourierUnavailable()] * 2
    await house.services.erasures.begin(asked(house, ada))
    await house.until(lambda: not house.erasure_answers.on_show)
    await house.until(lambda: bool(house.erasure_answers.shown))
    assert await house.services.erasures.of(ada) is None
    await delivered(house, ada)
    house.erasure_answers.on_show.append(CourierUnavailable())
    await house.services.erasures.begin(asked(house, ada))
    await house.until(lambda: not house.erasure_answers.on_show)
    after = await house.restarted()
    await after.until(lambda: bool(after.erasure_answers.shown))
    await after.advance(60)
    assert len(after.erasure_answers.shown) == 1
    await after.close()


async def test_what_is_asked_for_meanwhile_is_kept(house: House, ada: MemberId) -> None:
    await house.ask(member=ada)
    await house.services.erasures.begin(asked(house, ada))
    await house.advance(1)
    view = await house.ask(a_request(prompt="a heron"), member=ada)
    await house.until_ended(view)
    await house.until(lambda: bool(house.erasure_answers.shown))
    (job,) = await house.jobs(view)
    assert (job.member_id, job.prompt) == (ada, "a heron")


async def test_after_the_longest_window_not_even_the_other_id_is_left(house: House, ada: MemberId) -> None:
    view = await delivered(house, ada)
    await delete(house, ada)
    pseudonym = PSEUDONYMS.of(ada)
    assert ("jobs", "member_id") in await found_of(house, pseudonym)
    house.clock.jump(timedelta(days=32))
    await Retention(runtime=house.runtime, days=90).forget_the_old()
    assert await found_of(house, pseudonym) == []
    (job,) = await house.jobs(view)
    assert job.member_id == NAMELESS


async def test_an_edit_that_is_under_way_does_not_bring_the_message_back(house: House, ada: MemberId) -> None:
    view = await delivered(house, ada)
    seen = view.card
    await delete(house, ada)
    await house.raw_database.write(
        cards.shown,
        seen,
        revision=seen.revision + 5,
        message_id=seen.message_id or 7,  # type: ignore[arg-type]  # any message
        channel_id=ChannelId(5),
        at=NOON,
    )
    card = await house.raw_database.read(cards.get, seen.id)
    assert card is not None
    assert card.message_id is None
