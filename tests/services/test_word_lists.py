"""What becomes of the lines that an admin pastes or imports, on both databases."""

import asyncio
from pathlib import Path

import pytest

from bot.domain.ids import GuildId, MemberId
from bot.domain.word_list import ENTRIES_MOST, LIST_MOST_CHARACTERS, EntryProblem, WordAction, WordRefused
from bot.domain.word_list_text import read_lines, written
from bot.store.driver.database import open_database
from tests.builders import GUILD, a_request
from tests.services.house import House

ADMIN = MemberId(4)


async def test_a_file_of_100000_lines_is_taken_as_far_as_there_is_room(house: House) -> None:
    lines = "\n".join(f"word{number}" for number in range(100_000))
    added = await house.services.word_lists.add(GUILD, ADMIN, lines, WordAction.REFUSE)
    assert (added.added, added.left_out) == (ENTRIES_MOST, 100_000 - ENTRIES_MOST)
    again = await house.services.word_lists.add(GUILD, ADMIN, "word1\nnew", WordAction.REFUSE)
    assert (again.added, again.known, again.left_out) == (0, 1, 1)


async def test_all_entries_together_have_a_bound(house: House) -> None:
    lines = "\n".join(f"{number:03}{'x' * 90}" for number in range(1000))
    added = await house.services.word_lists.add(GUILD, ADMIN, lines, WordAction.REFUSE)
    assert added.added == LIST_MOST_CHARACTERS // 95
    assert added.left_out == 1000 - added.added


async def test_lines_of_punctuation_are_counted_and_not_taken(house: House) -> None:
    added = await house.services.word_lists.add(GUILD, ADMIN, "...\n" * 100_000, WordAction.REFUSE)
    assert added.added == 0
    assert added.lines.problems == {EntryProblem.NO_WORDS: 100_000}
    with_one = await house.services.word_lists.listed(GUILD)
    assert (with_one.total, with_one.found) == (0, [])


async def test_what_is_exported_is_read_again(house: House) -> None:
    lines = "grape\nred flag\n*berry*\n🍇\nりんご"
    await house.services.word_lists.add(GUILD, ADMIN, lines, WordAction.REFUSE)
    entries = await house.services.word_lists.entries(GUILD)
    assert list(read_lines(written(entries), WordAction.REFUSE).entries.values()) == entries


async def test_a_request_meets_the_list_as_it_is_at_that_time(house: House) -> None:
    await house.admit(a_request(prompt="a grape"))
    await house.services.word_lists.add(GUILD, ADMIN, "grape", WordAction.REFUSE)
    with pytest.raises(WordRefused) as refused:
        await house.admit(a_request(prompt="a grape"))
    assert refused.value.word is None
    await house.admit(a_request(prompt="a grapefruit"))
    await house.admit(a_request(prompt="a grape"), guild_id=GuildId(GUILD + 1))
    ((id_, _),) = (await house.services.word_lists.listed(GUILD)).found
    assert await house.services.word_lists.remove(GUILD, ADMIN, [id_]) == ["grape"]
    await house.admit(a_request(prompt="a grape"))


async def test_another_process_meets_the_change_too(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url)
    here, there = House(database, tmp_path), House(database, tmp_path)
    guild = GuildId(61)
    await here.services.word_lists.add(guild, ADMIN, "fox", WordAction.REFUSE)
    with pytest.raises(WordRefused):
        await there.admit(a_request(prompt="a fox"), guild_id=guild)
    await there.services.word_lists.add(guild, ADMIN, "grape", WordAction.REFUSE)
    with pytest.raises(WordRefused):
        await here.admit(a_request(prompt="a grape"), guild_id=guild)
    await database.close()


async def test_changes_at_once_are_all_kept(database_url: str, tmp_path: Path) -> None:
    database = await open_database(database_url)
    lists, guild = House(database, tmp_path).services.word_lists, GuildId(62)
    await asyncio.gather(
        *(lists.add(guild, ADMIN, f"word{number // 2}", WordAction.REFUSE) for number in range(20))
    )
    assert (await lists.listed(guild)).total == 10
    await database.close()
