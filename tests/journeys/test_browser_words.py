"""In a real Chromium, a member and an admin read all that they meet in the pseudo-language."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext, Locator, expect

from bot.settings import load_settings
from bot.words.language import LANGUAGES
from sandbox.launcher import Sandbox, opened
from sandbox.options import SandboxOptions
from tests.sandbox.browser import Screen, seated
from tests.words.pseudo import PSEUDO_LOCALE, accented, in_no_catalog

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

COMMAND = (sys.executable, "-m", "tests.journeys.pseudo_entry", "run", "--env-file", os.devnull)
PROMPT = "a red fox in the snow"
#: In Discord's own list of members, each with their display name and their name.
PEOPLE = ("Ada", "Ben", "Mia", "Otto", "Rex", "Nora", "Lantern")
#: Names that are the same in every language.
KNOWN = (PROMPT, "luma-uni-1", "Edit image", "pictures", "general", "after-dark", *LANGUAGES.values())
#: What the bot has said in a message, but for what the client writes into it.
SAID = """(message) => {
    const parts = message.querySelectorAll(".message-body .markdown, .embed-title, .button, .select");
    return [...parts].map((part) => {
        const copy = part.cloneNode(true);
        for (const one of copy.querySelectorAll("time, code, .mention")) one.remove();
        return copy.textContent;
    });
}"""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sandbox(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Sandbox]:
    folder = tmp_path_factory.mktemp("sandbox") / "sandbox-data"
    async with opened(load_settings(None), SandboxOptions(port=0), folder, COMMAND) as running:
        world = running.discord.world
        world.guild("Lantern Studio").locale = PSEUDO_LOCALE
        for name in ("ada", "otto"):
            world.user(name).locale = PSEUDO_LOCALE
        await running.discord.connected(within_seconds=20)
        assert running.segmind is not None
        running.segmind.latency = 0.4
        yield running


async def read(message: Locator) -> None:
    """All that the message says is in the pseudo-language."""
    said = await message.evaluate(SAID)
    assert "⟦" in "".join(said)
    assert {
        one: words
        for one in said
        if (words := in_no_catalog(one, [*KNOWN, *PEOPLE, *map(str.lower, PEOPLE)]))
    } == {}


async def command(screen: Screen, name: str) -> Locator:
    """Run it, and return its answer."""
    await screen.choose_command(name)
    await screen.press("Enter")
    answer = screen.messages.last
    await expect(answer).to_contain_text(f"used /{name}")
    await expect(answer.locator(".message-body")).to_contain_text("⟦")
    return answer


async def test_a_member_reads_no_english(context: BrowserContext, sandbox: Sandbox) -> None:
    async with seated(context, sandbox.url, "ada") as ada:
        await ada.composer.click()
        await ada.type("/imagine")
        await expect(ada.suggestions).to_contain_text(accented("Create an image from a prompt"))
        await ada.press("Enter")
        await expect(ada.suggestions).to_contain_text(accented("What the image should show"))
        await ada.type(PROMPT)
        await ada.press("Enter")
        card = ada.message(PROMPT)
        await expect(card.get_by_role("button", name=re.compile("^⟦"))).to_have_count(6)
        await read(card)
        await card.get_by_role("button", name=accented("Details"), exact=True).click()
        details = ada.messages.last
        await expect(details.get_by_text("⟦").first).to_be_visible()
        await expect(details).to_contain_text("luma-uni-1")
        await read(details)
        await read(await command(ada, "usage"))
        await read(await command(ada, "help"))


async def test_an_admin_reads_no_english(context: BrowserContext, sandbox: Sandbox) -> None:
    async with seated(context, sandbox.url, "otto") as otto:
        panel = await command(otto, "config show")
        await read(panel)
        for button in ("Budget", "Channels", "Log channel", "Language"):
            await panel.get_by_role("button", name=accented(button), exact=True).click()
            back = panel.get_by_role("button", name=accented("Back"), exact=True)
            await expect(back).to_be_visible()
            await read(panel)
            await back.click()
            await expect(back).to_have_count(0)
        await read(await command(otto, "review usage"))
