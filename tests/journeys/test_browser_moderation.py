"""In a real Chromium: words, strikes and blocks, approval, reports, and a member's own data."""

from __future__ import annotations

import re
from zipfile import ZipFile

import pytest
from playwright.async_api import BrowserContext, Locator, expect

from sandbox.launcher import Sandbox
from tests.sandbox.browser import Screen, seated

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]

PICTURE = re.compile("^Picture")


async def command(screen: Screen, name: str, **options: str) -> None:
    """Choose it from the list, and fill in these options in their order."""
    await screen.choose_command(name)
    for name_of_option, value in options.items():
        await screen.option(name_of_option).fill(value)
    await screen.press("Enter")


async def imagine(screen: Screen, prompt: str) -> None:
    await screen.choose_command("imagine")
    await screen.type(prompt)
    await screen.press("Enter")


async def press(place: Locator, name: str) -> None:
    await place.get_by_role("button", name=name, exact=True).click()


async def submit(screen: Screen, **fields: str) -> None:
    for label, text in fields.items():
        await screen.dialog.get_by_label(label.replace("_", " ")).fill(text)
    await press(screen.dialog, "Submit")


async def pick(screen: Screen, place: Locator, select: str, name: str) -> None:
    await place.get_by_role("combobox", name=select).click()
    await screen.page.get_by_role("option", name=name).first.click()


async def forbid_dragons(otto: Screen) -> None:
    await command(otto, "config words")
    await press(otto.messages.last, "Add words")
    await submit(otto, Words_or_phrases="dragon*")
    await expect(otto.messages.last).to_contain_text("dragon*")
    await command(otto, "config strikes")
    await press(otto.messages.last, "Turn on")
    await press(otto.messages.last, "Change steps")
    await submit(otto, Step_1="2, 1 day, 1 hour", Step_2="", Step_3="")
    await expect(otto.messages.last).to_contain_text("1 hour")


async def test_a_forbidden_word_leads_to_strikes_a_block_and_back(
    context: BrowserContext, sandbox: Sandbox
) -> None:
    assert sandbox.segmind is not None
    async with seated(context, sandbox.url, "otto") as otto:
        await forbid_dragons(otto)
    async with seated(context, sandbox.url, "rex") as rex:
        for number in range(2):
            await imagine(rex, f"a dr\u200bagon, number {number}")
            await expect(rex.messages.last).to_contain_text("word list")
        await expect(rex.messages.last).to_contain_text("You have too many strikes on this server")
        await imagine(rex, "a meek lamb")
        await expect(rex.messages.last).to_contain_text("You have too many strikes on this server")
    assert sandbox.segmind.bills == []
    async with seated(context, sandbox.url, "mia") as mia:
        await command(mia, "review blocked")
        await pick(mia, mia.messages.last, "Unblock", "Rex")
        await expect(mia.messages.last).to_contain_text("@Rex can generate images here again")
    async with seated(context, sandbox.url, "rex") as rex:
        await imagine(rex, "a meek lamb")
        await expect(rex.message("a meek lamb").get_by_role("button", name=PICTURE)).to_be_visible()


async def test_a_report_leads_to_a_removal(context: BrowserContext, sandbox: Sandbox) -> None:
    async with seated(context, sandbox.url, "rex") as rex:
        await imagine(rex, "an ugly toad")
        await expect(rex.message("an ugly toad").get_by_role("button", name=PICTURE)).to_be_visible()
    async with seated(context, sandbox.url, "nora") as nora:
        await nora.open_menu(nora.message("an ugly toad"))
        await nora.page.get_by_role("menuitem", name="Apps").click()
        await nora.page.get_by_role("menuitem", name="Report image").click()
        await submit(nora, What_is_wrong="It stares at me")
        await expect(nora.messages.last).to_contain_text("moderators")
    async with seated(context, sandbox.url, "mia") as mia:
        await command(mia, "review reports")
        await pick(mia, mia.messages.last, "Choose an image to decide on", "Image")
        await expect(mia.messages.last).to_contain_text("It stares at me")
        await press(mia.messages.last, "Remove")
        await submit(mia, Why="Toads are for #zoo")
    async with seated(context, sandbox.url, "rex") as rex:
        card = rex.message("Removed by a moderator")
        await expect(card).to_contain_text("Toads are for")
        await expect(card.get_by_role("button", name=PICTURE)).to_have_count(0)


async def test_a_member_exports_and_deletes_their_data(context: BrowserContext, sandbox: Sandbox) -> None:
    async with seated(context, sandbox.url, "nora") as nora:
        await imagine(nora, "a marmot of my own")
        await expect(nora.message("a marmot of my own").get_by_role("button", name=PICTURE)).to_be_visible()
        await command(nora, "privacy export")
        async with nora.page.expect_download() as download:
            await nora.messages.last.get_by_role("link", name=".zip").click()
        with ZipFile(await (await download.value).path()) as archive:
            assert any(b"a marmot of my own" in archive.read(name) for name in archive.namelist())
        await command(nora, "privacy delete")
        await press(nora.messages.last, "Delete my data and images")
        await expect(nora.messages.last).to_contain_text("Your data is deleted")
        await expect(nora.message("a marmot of my own")).to_have_count(0)


async def test_a_moderator_approves_and_rejects_what_waits(context: BrowserContext, sandbox: Sandbox) -> None:
    async with seated(context, sandbox.url, "otto") as otto:
        await command(otto, "config approval")
        await press(otto.messages.last, "For everyone")
        await expect(otto.messages.last).to_contain_text("Everyone's images need approval.")
    async with seated(context, sandbox.url, "ada") as ada:
        for prompt in ("a kind whale", "a rude whale"):
            await imagine(ada, prompt)
            await expect(ada.messages.last).to_contain_text("Waiting for a moderator's approval")
            await expect(ada.messages.last.get_by_role("button", name=PICTURE)).to_have_count(0)
    async with seated(context, sandbox.url, "mia") as mia:
        await command(mia, "review approvals")
        waiting = mia.messages.last
        await expect(waiting).to_contain_text("a kind whale")
        await pick(mia, waiting, "Choose an image to decide on", "Image")
        await press(mia.messages.last, "Approve")
        await expect(mia.messages.last).to_contain_text("a rude whale")
        await pick(mia, mia.messages.last, "Choose an image to decide on", "Image")
        await press(mia.messages.last, "Reject")
        await submit(mia, Why="Be kind")
    async with seated(context, sandbox.url, "ada") as ada:
        await expect(ada.message("a kind whale").get_by_role("button", name=PICTURE)).to_be_visible()
        await expect(ada.message("Not approved by a moderator")).to_contain_text("Be kind")
