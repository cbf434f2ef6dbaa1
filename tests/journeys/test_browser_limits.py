"""In a real Chromium: an admin sets a role's limit, a member meets it, a moderator reads and exports."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import BrowserContext, Locator, expect

from sandbox.launcher import Sandbox
from tests.sandbox.browser import Screen, seated

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


async def command(screen: Screen, name: str, *keys: str) -> None:
    """Choose it from the list, then press these keys."""
    await screen.choose_command(name)
    await screen.press(*keys)


async def set_role_limit(otto: Screen) -> None:
    await command(otto, "config show", "Enter")
    panel = otto.messages.last
    await panel.get_by_role("button", name="Limits for roles").click()
    await pick(otto, panel, "Choose a role …", "Artist")
    await panel.get_by_role("button", name="Change limits").click()
    await otto.dialog.get_by_label("Images per day").fill("1")
    await otto.dialog.get_by_role("button", name="Submit").click()
    await expect(panel).to_contain_text("1 per day")


async def pick(screen: Screen, panel: Locator, select: str, name: str) -> None:
    await panel.get_by_role("combobox", name=select).click()
    await screen.page.get_by_role("option", name=name).click()


async def imagine(screen: Screen, prompt: str) -> None:
    await screen.choose_command("imagine")
    await screen.type(prompt)
    await screen.press("Enter")


async def test_a_role_limit_is_set_met_and_reviewed(context: BrowserContext, sandbox: Sandbox) -> None:
    async with seated(context, sandbox.url, "otto") as otto:
        await set_role_limit(otto)
    async with seated(context, sandbox.url, "ben") as ben:
        await imagine(ben, "an owl at noon")
        card = ben.message("an owl at noon")
        await expect(card).to_contain_text("1 of 1 in the last 24 hours (@Artist role)")
        await imagine(ben, "an owl at night")
        why = "1 per day (@Artist role; bot default: 60). Used: 1. The next one is available in"
        await expect(ben.messages.last).to_contain_text(why)
    async with seated(context, sandbox.url, "mia") as mia:
        await command(mia, "review usage", "Enter")
        report = mia.message("1 image generated")
        await expect(report).to_contain_text("@Ben · 1 image · $")
        await expect(report.get_by_role("img", name="Bar chart of images per day")).to_be_visible()
        await report.get_by_role("button", name="Export").click()
        file = mia.message("Times are in UTC")
        async with mia.page.expect_download() as download:
            await file.get_by_role("link", name="pictures-").click()
        table = await asyncio.to_thread(Path(await (await download.value).path()).read_text, "utf-16")
        assert "an owl at noon" in table
        assert "an owl at night" not in table
    async with seated(context, sandbox.url, "max", channel="lounge") as other:
        await command(other, "review usage", "Enter")
        await expect(other.messages.last).to_contain_text("No images in this period")
        await command(other, "review audit", "Enter")
        await expect(other.messages.last).to_contain_text("No settings have been changed yet")


async def test_members_are_offered_no_duties(context: BrowserContext, sandbox: Sandbox) -> None:
    async with seated(context, sandbox.url, "ada") as ada:
        await ada.composer.click()
        await ada.type("/review")
        await expect(ada.suggestions.get_by_role("option", name="/review")).to_have_count(0)
