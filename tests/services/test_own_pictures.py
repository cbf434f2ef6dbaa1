"""The list of a member's own pictures: which, in which order, and in which page."""

import pytest

from bot.domain.ids import GuildId, MemberId
from bot.domain.own_pictures import ALL, PictureFilter, PicturePage
from bot.services.members import own_pictures
from bot.services.members.own_pictures import PAGE_LENGTH
from tests.builders import GUILD, MEMBER, a_request
from tests.services.house import House

OTHER, ELSEWHERE = MemberId(MEMBER + 1), GuildId(GUILD + 1)


async def listed(house: House, search: str = "", page: int = 0) -> PicturePage:
    return await house.services.own_pictures.page(GUILD, MEMBER, PictureFilter.of(search), page)


def prompts(page: PicturePage) -> list[str]:
    return [one.job.prompt for one in page.pictures]


async def made(house: House, prompt: str, count: int = 1, **fields: object) -> None:
    await house.until_ended(await house.ask(a_request(prompt=prompt, count=count), **fields))


async def test_what_is_in_work_comes_first_and_then_the_newest(house: House) -> None:
    await made(house, "oldest")
    await house.admit(a_request(prompt="waits"))
    await made(house, "newest")
    assert prompts(await listed(house)) == ["waits", "newest", "oldest"]
    assert prompts(await listed(house, "s")) == ["waits", "newest", "oldest"]


async def test_what_is_in_work_fills_more_than_a_page(house: House) -> None:
    await made(house, "made", 2)
    for _ in range(3):
        await house.admit(a_request(prompt="waits", count=4))
    first, second = await listed(house), await listed(house, page=1)
    assert prompts(first) == ["waits"] * PAGE_LENGTH
    assert prompts(second) == ["waits", "waits", "made", "made"]
    assert (first.pages, first.total, second.page) == (2, 14, 1)
    ids = [one.job.id for page in (first, second) for one in page.pictures]
    assert len({*ids}) == 14


async def test_only_ones_own_of_this_server_are_listed_or_found(house: House) -> None:
    await made(house, "a fox of mine")
    await made(house, "a fox of another", member=OTHER)
    await made(house, "a fox elsewhere", guild_id=ELSEWHERE)
    for search in ("", "fox"):
        page = await listed(house, search)
        assert (prompts(page), page.total) == (["a fox of mine"], 1)


async def test_a_search_has_pages_and_never_more_than_the_last(house: House) -> None:
    for _ in range(3):
        await made(house, "a fox", 4)
    await made(house, "an owl")
    page = await listed(house, "FOX", 99)
    assert (page.page, page.pages, page.total, prompts(page)) == (1, 2, 12, ["a fox"] * 2)
    assert (await listed(house, "boat")).pictures == []
    assert (await listed(house, page=99)).page == 1


async def test_a_search_says_so_if_it_ends_before_the_oldest(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        await made(house, f"fox {number}")
    monkeypatch.setattr(own_pictures, "SEARCHED_AT_ONCE", 2)
    assert prompts(await listed(house, "fox")) == [f"fox {number}" for number in range(4, -1, -1)]
    monkeypatch.setattr(own_pictures, "MOST_SEARCHED", 4)
    page = await listed(house, "fox")
    assert (page.searched_only, page.total) == (4, 4)
    assert (await house.services.own_pictures.page(GUILD, MEMBER, ALL, 0)).searched_only is None


async def test_an_entry_says_how_many_pictures_its_card_has(house: House) -> None:
    await made(house, "one")
    await made(house, "three", 3)
    page = await listed(house)
    assert [(one.job.position, one.of_card) for one in page.pictures] == [(2, 3), (1, 3), (0, 3), (0, 1)]
