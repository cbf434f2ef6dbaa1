"""axe looks at the page in each of its states, in both looks and on a narrow screen, and finds nothing."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from importlib.resources import files
from typing import Any, Literal

import aiohttp
import pytest
from playwright.async_api import Browser, expect

from standins.fake_discord.person import Person
from tests.sandbox.browser import NARROW, WIDE, Screen, at_screen
from tests.sandbox.client import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")

Show = Callable[[Screen, OpenPage], Awaitable[object]]


async def violations(screen: Screen) -> list[str]:
    """A line for each element that breaks a rule."""
    if not await screen.page.evaluate("'axe' in window"):
        await screen.page.evaluate(AXE)
    # A running transition has colours of its own.
    await screen.page.evaluate("Promise.all(document.getAnimations().map((one) => one.finished))")
    found: list[dict[str, Any]] = await screen.page.evaluate("axe.run().then((result) => result.violations)")
    return [
        f"{rule['id']}: {node['html'][:200]} ({node['failureSummary'].splitlines()[-1].strip()})"
        for rule in found
        for node in rule["nodes"]
    ]


async def empty(screen: Screen, _shown: OpenPage) -> None:
    await expect(screen.messages).to_have_count(0)


async def cards(screen: Screen, shown: OpenPage) -> None:
    ada = Person(shown.world, "ada")
    ada.say("pictures", "hello **there**, `code` and https://example.com")
    for text in ("buttons", "choose", "rich"):
        ada.slash("pictures", "echo", text=text)
    ada.slash("pictures", "think", count=4)
    ada.slash("pictures", "echo", text="psst", secret=True)
    await expect(screen.message("done").get_by_role("img")).to_have_count(4)
    await expect(screen.message("psst")).to_be_visible()


async def a_dialogue(screen: Screen, shown: OpenPage) -> None:
    Person(shown.world, "ada").slash("pictures", "echo", text="buttons")
    await screen.message("buttons").get_by_role("button", name="Ask").click()
    await expect(screen.dialog).to_be_visible()


async def billed(shown: OpenPage) -> None:
    """Accepted requests, as many as make the table of bills scroll."""
    async with aiohttp.ClientSession(headers={"x-api-key": shown.segmind.key}) as session:
        for number in range(12):
            body = {"prompt": f"number {number}"}
            async with session.post(f"{shown.segmind.api_url}/v2/luma-uni-1", json=body) as answer:
                assert answer.status == HTTPStatus.OK


async def backstage(screen: Screen, shown: OpenPage) -> None:
    await billed(shown)
    await screen.page.get_by_role("button", name="Backstage", exact=True).click()
    panel = screen.page.get_by_role("complementary", name="Backstage")
    await expect(panel.get_by_role("table")).to_be_visible()
    await panel.get_by_role("switch").first.click()
    await expect(panel.get_by_role("switch", checked=True)).to_have_count(1)


async def a_command(screen: Screen, _shown: OpenPage) -> None:
    await screen.choose_command("pick")
    await expect(screen.suggestions.get_by_role("option")).to_have_count(3)


async def a_menu(screen: Screen, shown: OpenPage) -> None:
    Person(shown.world, "ada").say("pictures", "hello")
    await screen.open_menu(screen.message("hello"))
    await expect(screen.page.get_by_role("menu")).to_be_visible()


STATES: dict[str, Show] = {
    show.__name__: show for show in (empty, cards, a_dialogue, backstage, a_command, a_menu)
}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("state", STATES)
async def test_axe_finds_nothing(
    browser: Browser, shown: OpenPage, state: str, look: Literal["light", "dark"], size: tuple[int, int]
) -> None:
    async with at_screen(browser, shown.url, size=size, look=look) as screen:
        await STATES[state](screen, shown)
        assert await violations(screen) == []


async def test_axe_sees_what_is_wrong(ada: Screen) -> None:
    await ada.page.evaluate("document.body.append(document.createElement('button'))")
    assert any(line.startswith("button-name") for line in await violations(ada))


# -- where the focus is after Escape


async def test_escape_in_a_dialogue_gives_the_focus_back(shown: OpenPage, ada: Screen) -> None:
    Person(shown.world, "ada").slash("pictures", "echo", text="buttons")
    ask = ada.message("buttons").get_by_role("button", name="Ask")
    await ask.click()
    await expect(ada.dialog).to_be_visible()
    await ada.press("Escape")
    await expect(ask).to_be_focused()


async def test_escape_in_a_menu_gives_the_focus_back(ada: Screen) -> None:
    add = ada.page.get_by_role("button", name="Add files or use a command")
    await add.click()
    await expect(ada.page.get_by_role("menu")).to_be_visible()
    await ada.press("Escape")
    await expect(add).to_be_focused()


async def test_a_button_of_the_header_keeps_the_focus(ada: Screen) -> None:
    button = ada.page.get_by_role("button", name="Backstage", exact=True)
    await button.click()
    await expect(button).to_be_focused()


async def test_escape_closes_a_drawer_and_gives_the_focus_back(browser: Browser, shown: OpenPage) -> None:
    async with at_screen(browser, shown.url, size=NARROW) as screen:
        button = screen.page.get_by_role("button", name="Backstage", exact=True)
        await button.click()
        await screen.page.get_by_role("switch").first.focus()
        await screen.press("Escape")
        await expect(button).to_be_focused()


# -- a newcomer


async def test_the_channel_begins_with_who_one_is_and_what_can_be_broken(ada: Screen) -> None:
    note = ada.page.get_by_role("list", name="This sandbox")
    await expect(note).to_contain_text("You are Ada (")
    await expect(note).to_contain_text("Backstage, at the top right, lets the provider and Discord fail")
    for name in ("Backstage", "Members"):
        button = ada.page.get_by_role("button", name=name, exact=True)
        await expect(button).to_have_text(name)
        await expect(button).to_have_attribute("title", name)


async def test_troubles_are_switched_off_while_the_bot_is_down(shown: OpenPage, ada: Screen) -> None:
    await ada.page.get_by_role("button", name="Backstage", exact=True).click()
    panel = ada.page.get_by_role("complementary", name="Backstage")
    names = await panel.get_by_role("switch").evaluate_all("all => all.map((one) => one.ariaLabel)")
    shown.bot.kill()
    for number in range(len(names)):
        switch = panel.get_by_role("switch").nth(number)
        await switch.click()
        await expect(switch).to_be_checked()
    for number in range(len(names)):
        switch = panel.get_by_role("switch").nth(number)
        await switch.click()
        await expect(switch).not_to_be_checked()


async def test_the_view_stays_at_the_end_when_pictures_arrive(shown: OpenPage, ada: Screen) -> None:
    for number in range(30):
        Person(shown.world, "ada").say("pictures", f"line {number}")
    for _ in range(3):
        Person(shown.world, "ada").slash("pictures", "think", count=4)
    await expect(ada.message("and more").get_by_role("img")).to_have_count(1)
    await expect(ada.page.locator(".picture img").last).to_be_visible()
    from_end = "log => log.scrollHeight - log.scrollTop - log.clientHeight"
    log = ada.page.get_by_role("log", name="Messages in pictures")
    await expect(ada.page.locator(".message-body", has_text="and more")).to_have_count(3)
    assert await log.evaluate(from_end) < 2
