"""What the bot posts, and the frame around it, in a real Chromium."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from standins.fake_discord.person import Person, Upload
from tests.sandbox.browser import NARROW, WIDE, Screen, at_screen
from tests.sandbox.client import OpenPage, open_page
from tests.standins.little_bot import png

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


# -- messages of the bot


async def test_buttons_change_their_message_and_failures_are_shown(shown: OpenPage, ada: Screen) -> None:
    Person(shown.world, "ada").slash("pictures", "echo", text="buttons")
    await ada.message("buttons").get_by_role("button", name="Change").click()
    await expect(ada.message("changed")).to_contain_text("(edited)")
    shown.world.answer_within_seconds = 0.0
    await ada.message("changed").get_by_role("button", name="Later").click()
    await expect(ada.message("changed").get_by_role("alert")).to_have_text("This interaction failed")


async def test_a_select_menu_is_worked_by_keyboard(shown: OpenPage, ada: Screen) -> None:
    Person(shown.world, "ada").slash("pictures", "echo", text="choose")
    await ada.message("choose").get_by_role("combobox", name="Style").focus()
    await ada.press("Enter", "ArrowDown", "Enter")
    await expect(ada.message("style Manga")).to_contain_text("Only you can see this")


async def test_pictures_open_in_the_viewer(shown: OpenPage, ada: Screen) -> None:
    Person(shown.world, "ada").slash("pictures", "think", count=4)
    picture = ada.message("done").get_by_role("button", name=re.compile("Picture: a red picture"))
    await expect(picture).to_have_count(4)
    await picture.nth(1).click()
    await expect(ada.dialog.get_by_role("img")).to_have_attribute("alt", "a red picture")
    await ada.press("ArrowRight", "Escape")
    await expect(ada.dialog).to_have_count(0)
    await expect(picture.nth(1)).to_be_focused()


async def test_ephemeral_answers_are_on_one_screen_and_can_be_dismissed(
    browser: Browser, shown: OpenPage, ada: Screen
) -> None:
    async with at_screen(browser, shown.url, "ben") as ben:
        Person(shown.world, "ada").slash("pictures", "echo", text="psst", secret=True)
        Person(shown.world, "ada").say("pictures", "nothing to see")
        await expect(ben.message("nothing to see")).to_be_visible()
        await expect(ben.message("psst")).to_have_count(0)
    await ada.message("psst").get_by_role("button", name="Dismiss message").click()
    await expect(ada.message("psst")).to_have_count(0)


async def test_a_dialogue_is_opened_checked_and_sent(shown: OpenPage, ada: Screen, cat: Path) -> None:
    Person(shown.world, "ben").say("pictures", "look", files=[Upload("boat.png", png())])
    await ada.open_menu(ada.message("look"))
    await ada.page.get_by_role("menuitem", name="Apps").hover()
    await ada.page.get_by_role("menuitem", name="Edit image").click()
    prompt = ada.dialog.get_by_label("Prompt")
    await expect(prompt).to_be_focused()
    await ada.dialog.get_by_role("button", name="Submit").click()
    await expect(ada.dialog).to_contain_text("This field is required")
    await prompt.fill("make it night")
    await expect(ada.dialog).to_contain_text("13/200")
    async with ada.page.expect_file_chooser() as chooser:
        await ada.dialog.get_by_role("button", name="Pictures").click()
    await (await chooser.value).set_files(cat)
    await expect(ada.dialog).to_contain_text("cat.png")
    await ada.dialog.get_by_role("button", name="Submit").click()
    await expect(ada.message("make it night: cat.png 80x60")).to_be_visible()
    await expect(ada.dialog).to_have_count(0)


async def test_a_dialogue_can_be_left_and_keeps_the_focus_meanwhile(shown: OpenPage, ada: Screen) -> None:
    Person(shown.world, "ada").slash("pictures", "echo", text="ask")
    await ada.message("ask").get_by_role("button", name="Ask").click()
    await expect(ada.dialog).to_have_accessible_name("Edit")
    for _ in range(8):
        await ada.press("Tab")
        await expect(ada.dialog.locator(":focus")).to_have_count(1)
    await ada.press("Escape")
    await expect(ada.dialog).to_have_count(0)


# -- the frame


async def test_people_are_switched_and_each_has_their_own_server(ada: Screen) -> None:
    await ada.page.get_by_role("button", name="You are Ada").click()
    await ada.page.get_by_role("menuitemradio", name="Zoe").click()
    await expect(ada.page.get_by_role("heading", name="Harbour Club")).to_be_visible()
    await expect(ada.page.get_by_role("button", name="lounge (channel)")).to_be_visible()
    await expect(ada.page.get_by_role("button", name="general (channel)")).to_have_count(0)


async def test_other_channels_show_that_they_are_unread(shown: OpenPage, ada: Screen) -> None:
    Person(shown.world, "ben").say("general", "psst @ada")
    general = ada.page.get_by_role("button", name="general (channel, unread)")
    await expect(general).to_contain_text("1")
    await general.click()
    await expect(ada.page.get_by_role("log", name="Messages in general")).to_contain_text("psst @Ada")


async def test_a_reload_brings_everything_back(ada: Screen) -> None:
    await ada.say("still here")
    await expect(ada.message("still here")).to_be_visible()
    await ada.page.get_by_role("button", name="night scenes (thread)").click()
    await ada.page.reload()
    await expect(ada.page.get_by_role("heading", name="night scenes", exact=True)).to_be_visible()
    await ada.page.get_by_role("button", name="pictures (channel)").click()
    await expect(ada.message("still here")).to_be_visible()


async def test_the_look_follows_the_system_until_one_is_chosen(ada: Screen) -> None:
    def background() -> str:
        return "getComputedStyle(document.querySelector('.conversation')).backgroundColor"

    assert await ada.page.evaluate(background()) == "rgb(49, 51, 56)"
    await ada.page.emulate_media(color_scheme="light")
    assert await ada.page.evaluate(background()) == "rgb(255, 255, 255)"
    await ada.page.get_by_role("button", name="Dark look").click()
    assert await ada.page.evaluate(background()) == "rgb(49, 51, 56)"
    await ada.page.reload()
    await expect(ada.composer).to_be_visible()
    assert await ada.page.evaluate(background()) == "rgb(49, 51, 56)"


async def test_backstage_shows_and_ends_troubles(shown: OpenPage, ada: Screen) -> None:
    await ada.page.get_by_role("button", name="Backstage", exact=True).click()
    stage = ada.page.get_by_role("complementary", name="Backstage")
    await stage.get_by_role("switch", name="Server errors").first.click()
    await expect(stage.get_by_role("status").first).to_contain_text("Provider: Server errors")
    await stage.get_by_role("switch", name="Outage").click()
    await expect(ada.page.get_by_role("button", name=re.compile("Backstage: .*Outage"))).to_be_visible()
    await stage.get_by_role("radio", name="10").click()
    await expect(stage.get_by_role("radio", name="10")).to_be_checked()
    await stage.get_by_role("button", name="All well again").click()
    await expect(stage.get_by_role("switch", name="Outage")).not_to_be_checked()
    assert shown.segmind.faults.active == ()


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_long_things_do_not_burst_the_page(
    browser: Browser, shown: OpenPage, size: tuple[int, int]
) -> None:
    async with at_screen(browser, shown.url, size=size) as ada:
        Person(shown.world, "ben").say("pictures", "w" * 1900)
        Person(shown.world, "ben").say("pictures", f"```\n{'code ' * 300}\n```")
        Person(shown.world, "ada").slash("pictures", "echo", text="| " * 900)
        await expect(ada.messages).to_have_count(3)
        assert await ada.horizontal_overflow() == 0


async def test_the_narrow_page_has_drawers(browser: Browser, shown: OpenPage) -> None:
    async with at_screen(browser, shown.url, size=NARROW) as ada:
        general = ada.page.get_by_role("button", name="general (channel)")
        await expect(general).to_be_hidden()
        await ada.page.get_by_role("button", name="Servers and channels").click()
        await general.click()
        await expect(general).to_be_hidden()
        await expect(ada.page.get_by_role("heading", name="general", exact=True)).to_be_visible()
        await ada.page.get_by_role("button", name="Backstage", exact=True).click()
        await expect(ada.page.get_by_role("complementary", name="Backstage")).to_be_visible()
        await ada.press("Escape")
        await expect(ada.page.get_by_role("complementary", name="Backstage")).to_be_hidden()
        assert await ada.horizontal_overflow() == 0


async def test_the_page_says_when_the_sandbox_is_gone(browser: Browser, tmp_path: Path) -> None:
    async with open_page(tmp_path) as opened, at_screen(browser, opened.url) as ada:
        await ada.page.context.set_offline(offline=True)
        await opened.stop()
        await expect(ada.page.get_by_role("alert")).to_contain_text("cannot be reached")
        ada.problems.clear()


async def test_a_link_to_a_strangers_channel_leads_nowhere(shown: OpenPage, ada: Screen) -> None:
    lounge = shown.world.channel("lounge")
    await ada.say(f"https://discord.com/channels/{lounge.guild.id}/{lounge.id}")
    await ada.message("discord.com").get_by_role("link").click()
    await expect(ada.page.get_by_role("status")).to_contain_text("no access")
    assert len(ada.page.context.pages) == 1


async def test_a_link_leads_to_a_message_however_old(shown: OpenPage, ada: Screen) -> None:
    ben = Person(shown.world, "ben")
    old = ben.say("general", "the first of many")
    for number in range(120):
        ben.say("general", f"number {number}")
    channel = old.channel
    link = f"https://discord.com/channels/{channel.guild.id}/{channel.id}/{old.id}"
    await ada.page.reload()
    ben.say("pictures", f"look at {link}")
    await ada.message("look at").get_by_role("link", name=re.compile("general .* message")).click()
    general = ada.page.get_by_role("log", name="Messages in general").get_by_role("article")
    await expect(general.filter(has_text="the first of many")).to_be_in_viewport()
    await expect(general).to_have_count(121)
