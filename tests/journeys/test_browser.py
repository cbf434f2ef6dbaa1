"""The whole sandbox in a real Chromium: what `make sandbox` opens, with the real bot, as a member uses it."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from bot.settings import load_settings
from sandbox.launcher import Sandbox, opened
from sandbox.options import SandboxOptions
from standins.fake_segmind.facade import FakeSegmind
from tests.sandbox.browser import NARROW, Screen, at_screen
from tests.standins.little_bot import png

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PICTURE = re.compile("^Picture")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opened_once(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox") / "sandbox-data"
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("SEGMIND_REQUESTS_PER_MINUTE", "3000")
        async with opened(load_settings(None), SandboxOptions(port=0), folder) as running:
            await running.discord.connected(within_seconds=20)
            yield running


@dataclass
class Account:
    """What a test made the provider bill."""

    segmind: FakeSegmind
    paid_before: int

    @property
    def paid(self) -> int:
        return len(self.segmind.paid) - self.paid_before


@pytest.fixture
def account(opened_once: Sandbox) -> Account:
    """The provider, well and quick."""
    segmind = opened_once.segmind
    assert segmind is not None
    segmind.faults.clear()
    segmind.latency = 0.4
    return Account(segmind, len(segmind.paid))


@pytest_asyncio.fixture(loop_scope="module")
async def ada(browser: Browser, opened_once: Sandbox, account: Account) -> AsyncIterator[Screen]:
    async with at_screen(browser, opened_once.url) as screen:
        yield screen


async def imagine(screen: Screen, prompt: str) -> Locator:
    """Ask as a member does; the card, as soon as it shows the prompt."""
    await screen.choose_command("imagine")
    await screen.type(prompt)
    await screen.press("Enter")
    card = screen.message(prompt)
    await expect(card).to_contain_text("used /imagine")
    return card


async def test_a_picture_is_asked_for_seen_and_edited(account: Account, ada: Screen) -> None:
    card = await imagine(ada, "a red fox in the snow")
    await expect(card.locator("time[data-counts]").first).to_be_visible()
    picture = card.get_by_role("button", name=PICTURE)
    await expect(picture.get_by_role("img", name="a red fox in the snow")).to_be_visible()
    before = await pixels(picture)

    await card.get_by_role("button", name="Edit", exact=True).click()
    await ada.dialog.get_by_role("textbox").first.fill("make it night")
    await ada.dialog.get_by_role("button", name="Submit").click()
    edited = ada.message("make it night")
    await expect(edited.get_by_role("button", name=PICTURE)).to_be_visible()
    assert await pixels(edited.get_by_role("button", name=PICTURE)) != before

    await edited.get_by_role("link", name="Original").click()
    await expect(picture).to_be_in_viewport()
    assert account.paid == 2


async def pixels(picture: Locator) -> str:
    """What a picture shows, made small."""
    shown: str = await picture.locator("img").evaluate(
        """async (image) => {
            await image.decode();
            const canvas = Object.assign(document.createElement("canvas"), { width: 16, height: 16 });
            canvas.getContext("2d").drawImage(image, 0, 0, 16, 16);
            return canvas.toDataURL();
        }"""
    )
    return shown


async def test_four_pictures_come_on_one_card(account: Account, ada: Screen) -> None:
    await ada.choose_command("imagine")
    await ada.type("four lanterns")
    await ada.press("Tab")
    await ada.type("count")
    await ada.press("Enter")
    await ada.type("4")
    await ada.press("Enter", "Enter")
    await expect(ada.message("four lanterns").get_by_role("button", name=PICTURE)).to_have_count(4)
    assert account.paid == 4


async def test_a_members_own_picture_is_edited_from_the_apps_menu(
    account: Account, ada: Screen, tmp_path: Path
) -> None:
    boat = tmp_path / "boat.png"
    boat.write_bytes(png((320, 240), "blue"))
    await ada.page.get_by_label("Upload a file").set_input_files(boat)
    await ada.say("my boat")
    await ada.open_menu(ada.message("my boat"))
    await ada.page.get_by_role("menuitem", name="Apps").click()
    await ada.page.get_by_role("menuitem", name="Edit image").click()
    await ada.dialog.get_by_role("textbox").first.fill("at sunset")
    await ada.dialog.get_by_role("button", name="Submit").click()
    await expect(ada.message("at sunset").get_by_role("button", name=PICTURE)).to_be_visible()
    assert account.paid == 1


async def test_a_reply_that_mentions_the_bot_edits_the_picture(account: Account, ada: Screen) -> None:
    card = await imagine(ada, "a quiet harbour")
    await expect(card.get_by_role("button", name=PICTURE)).to_be_visible()
    await card.hover()
    await card.get_by_role("button", name="Reply").click()
    await ada.type("@Lan")
    await ada.press("Tab")
    await ada.type("make it stormy")
    await ada.press("Enter")
    answer = ada.message("make it stormy")
    await expect(answer.get_by_role("button", name=PICTURE)).to_be_visible()
    await expect(answer.locator(".message-line")).to_contain_text("Ada")
    assert account.paid == 2


async def test_a_killed_bot_still_delivers_after_its_restart(account: Account, ada: Screen) -> None:
    account.segmind.latency = 4.0
    card = await imagine(ada, "a picture that survives")
    await ada.page.get_by_role("button", name="Backstage", exact=True).click()
    stage = ada.page.get_by_role("complementary", name="Backstage")
    await expect(stage.get_by_role("region", name="Bills")).to_contain_text("being made")
    await stage.get_by_role("button", name="Kill").click()
    await expect(stage.get_by_role("region", name="Bot")).to_contain_text("Killed")
    await stage.get_by_role("button", name="Start").click()
    await expect(card.get_by_role("button", name=PICTURE)).to_be_visible(timeout=30_000)
    await expect(ada.messages.filter(has_text="a picture that survives")).to_have_count(1)
    assert account.paid == 1


async def test_a_blocked_picture_is_explained(account: Account, ada: Screen) -> None:
    await ada.page.get_by_role("button", name="Backstage", exact=True).click()
    await ada.page.get_by_role("switch", name="Content filter").click()
    await imagine(ada, "something doubtful")
    card = ada.messages.last
    await expect(card).to_contain_text("This didn't count toward your limit")
    await expect(card).not_to_contain_text("something doubtful")
    assert account.paid == 0


async def test_it_works_on_a_telephone(browser: Browser, opened_once: Sandbox, account: Account) -> None:
    async with at_screen(browser, opened_once.url, size=NARROW, look="light") as ada:
        card = await imagine(ada, "a small lighthouse")
        await expect(card.get_by_role("button", name=PICTURE)).to_be_visible()
        assert await ada.horizontal_overflow() == 0
        await card.get_by_role("button", name="Edit", exact=True).click()
        await expect(ada.dialog).to_be_visible()
        assert await ada.horizontal_overflow() == 0
    assert account.paid == 1
