"""The page in a real Chromium, before the little bot: everything that a hand or a keyboard can reach."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.sandbox.fake_discord.person import Upload
from tests.sandbox.browser import NARROW, WIDE, Screen, at_screen, launched
from tests.sandbox.little_bot import png, running_bot
from tests.sandbox.page_client import OpenPage, open_page

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="module")]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with launched(chromium) as started:
        yield started


@pytest_asyncio.fixture(loop_scope="module")
async def page(tmp_path: Path) -> AsyncIterator[OpenPage]:
    async with open_page(tmp_path) as opened, running_bot(opened.discord):
        yield opened


@pytest_asyncio.fixture(loop_scope="module")
async def ada(browser: Browser, page: OpenPage) -> AsyncIterator[Screen]:
    async with at_screen(browser, page.url) as screen:
        yield screen


@pytest.fixture
def cat(tmp_path: Path) -> Path:
    path = tmp_path / "cat.png"
    path.write_bytes(png((80, 60)))
    return path


# -- writing


async def test_a_message_is_written_with_its_markup(ada: Screen) -> None:
    await ada.say("**bold** *slanted* `code` ||secret|| <t:1700000000:R> # no heading")
    message = ada.message("bold")
    await expect(message.locator("strong")).to_have_text("bold")
    await expect(message.locator("em")).to_have_text("slanted")
    await expect(message.locator("code")).to_have_text("code")
    await expect(message.locator("time", has_text="years ago")).to_be_visible()
    spoiler = message.get_by_role("button", name="Spoiler")
    await spoiler.click()
    await expect(message.locator(".spoiler.shown")).to_have_text("secret")
    await expect(ada.composer).to_have_value("")


async def test_markup_of_members_stays_text(ada: Screen) -> None:
    await ada.say("<img src=x onerror=alert(1)> <b>not bold</b>")
    message = ada.message("not bold")
    await expect(message).to_contain_text("<img src=x onerror=alert(1)> <b>not bold</b>")
    await expect(message.locator("b, img[src='x']")).to_have_count(0)


async def test_shift_enter_makes_a_second_line(ada: Screen) -> None:
    await ada.composer.click()
    await ada.type("one")
    await ada.press("Shift+Enter")
    await ada.type("two")
    await ada.press("Enter")
    await expect(ada.message("one").locator(".markdown")).to_have_text("one\ntwo")


async def test_mentions_are_completed_by_keyboard_and_reach_the_bot(ada: Screen) -> None:
    await ada.composer.click()
    await ada.type("@lan")
    await expect(ada.suggestions.get_by_role("option")).to_have_count(1)
    await ada.press("Tab")
    await expect(ada.composer).to_have_value("@Lantern ")
    await ada.type("make it night")
    await ada.press("Enter")
    await expect(ada.message("make it night").locator(".mention").first).to_have_text("@Lantern")
    await expect(ada.message("heard").locator(".message-line")).to_contain_text("make it night")


async def test_a_reply_names_what_it_answers(page: OpenPage, ada: Screen) -> None:
    page.world.person("ben").say("pictures", "shall we?")
    await ada.message("shall we?").hover()
    await ada.message("shall we?").get_by_role("button", name="Reply").click()
    await expect(ada.page.get_by_text("Replying to Ben")).to_be_visible()
    await ada.type("gladly")
    await ada.press("Enter")
    await expect(ada.message("gladly").locator(".message-line")).to_contain_text("shall we?")
    await expect(ada.page.get_by_text("Replying to Ben")).to_be_hidden()


async def test_files_are_picked_shown_and_sent(ada: Screen, cat: Path) -> None:
    await ada.page.get_by_label("Upload a file").set_input_files(cat)
    tray = ada.page.get_by_role("list", name="Files to send")
    await expect(tray).to_contain_text("cat.png")
    await ada.say("my cat")
    picture = ada.message("my cat").get_by_role("button", name="Picture cat.png")
    await expect(picture.locator("img")).to_have_js_property("naturalWidth", 80)
    await expect(tray).to_be_hidden()


async def test_a_pasted_picture_is_attached(ada: Screen) -> None:
    await ada.composer.focus()
    await ada.page.evaluate(
        """async () => {
            const blob = await (await fetch("/avatars/bot.svg")).blob();
            const data = new DataTransfer();
            data.items.add(new File([blob], "pasted.svg", { type: "image/svg+xml" }));
            const paste = new ClipboardEvent("paste", { clipboardData: data, bubbles: true });
            document.activeElement.dispatchEvent(paste);
        }"""
    )
    tray = ada.page.get_by_role("list", name="Files to send")
    await expect(tray).to_contain_text("pasted.svg")
    await tray.get_by_role("button", name="Remove pasted.svg").click()
    await expect(tray).to_be_hidden()


async def test_own_messages_are_edited_by_arrow_up_and_deleted_from_the_menu(ada: Screen) -> None:
    await ada.say("a tpyo")
    await expect(ada.message("a tpyo")).to_be_visible()
    await ada.press("ArrowUp")
    field = ada.page.get_by_role("textbox", name="Edit message")
    await field.fill("no typo")
    await field.press("Enter")
    await expect(ada.message("no typo")).to_contain_text("(edited)")
    await ada.open_menu(ada.message("no typo"))
    await ada.page.get_by_role("menuitem", name="Delete Message").click()
    await expect(ada.messages).to_have_count(0)


async def test_others_messages_offer_no_deletion(page: OpenPage, ada: Screen) -> None:
    page.world.person("ben").say("pictures", "mine")
    await ada.open_menu(ada.message("mine"))
    await expect(ada.page.get_by_role("menuitem", name="Copy Text")).to_be_visible()
    await expect(ada.page.get_by_role("menuitem", name="Delete Message")).to_have_count(0)
    await ada.press("Escape")
    await expect(ada.page.get_by_role("menu")).to_have_count(0)


# -- commands


async def test_a_command_is_found_filled_in_and_sent_by_keyboard(ada: Screen) -> None:
    await ada.choose_command("echo")
    await expect(ada.option("text")).to_be_focused()
    await expect(ada.suggestions).to_contain_text("What to say")
    await ada.type("hello there")
    await ada.press("Enter")
    message = ada.message("hello there")
    await expect(message.locator(".message-line")).to_have_text("Ada used /echo")
    await expect(message.get_by_role("button", name="Later")).to_be_visible()
    await expect(message.get_by_role("link", name="Website")).to_have_attribute("target", "_blank")
    await expect(message.get_by_role("button", name="Off")).to_be_disabled()
    await expect(ada.composer).to_be_focused()


async def test_the_list_of_commands_narrows_while_typing(ada: Screen) -> None:
    await ada.composer.click()
    await ada.type("/")
    options = ada.suggestions.get_by_role("option")
    await expect(options.filter(has_text="/privacy about")).to_contain_text("About your data")
    await expect(options.filter(has_text="/tidy")).to_have_count(0)
    await ada.type("thi")
    await expect(options).to_have_count(1)
    await ada.press("Escape")
    await expect(ada.suggestions).to_be_hidden()


async def test_a_missing_required_option_is_said(ada: Screen) -> None:
    await ada.choose_command("echo")
    await ada.press("Enter")
    await expect(ada.suggestions.get_by_role("alert")).to_contain_text("required")
    await expect(ada.option("text")).to_have_attribute("aria-invalid", "true")
    await ada.type("there")
    await ada.press("Enter")
    await expect(ada.message("there")).to_be_visible()


async def test_optional_options_are_added_and_checked(ada: Screen) -> None:
    await ada.choose_command("think")
    await ada.type("cou")
    await ada.press("Enter")
    await ada.type("9")
    await ada.press("Enter")
    await expect(ada.suggestions.get_by_role("alert")).to_contain_text("The most is 4")
    await ada.press("Backspace")
    await ada.type("2")
    await ada.press("Tab")
    await ada.type("sec")
    await ada.press("Enter")
    await expect(ada.suggestions.get_by_role("option")).to_have_text(["True", "False"])
    await ada.press("Enter", "Enter")
    await expect(ada.message("done")).to_contain_text("Only you can see this")


async def test_words_that_name_no_option_are_not_lost(ada: Screen) -> None:
    await ada.choose_command("think")
    await ada.type("hard")
    await ada.press("Enter")
    await expect(ada.suggestions.get_by_role("alert")).to_contain_text("no option “hard”")
    await expect(ada.messages).to_have_count(0)


async def test_backspace_leaves_a_command_as_text(ada: Screen) -> None:
    await ada.choose_command("echo")
    await ada.press("Backspace")
    await expect(ada.composer).to_have_value("/echo")


async def test_autocomplete_offers_what_the_bot_says(ada: Screen) -> None:
    await ada.choose_command("pick")
    await ada.type("fox")
    await expect(ada.suggestions.get_by_role("option")).to_have_text(["fox 0", "fox 1", "fox 2"])
    await ada.press("ArrowDown", "Enter")
    await expect(ada.option("source")).to_have_value("fox 1")
    await ada.press("Enter")
    await expect(ada.message("picked job-1")).to_be_visible()


async def test_an_attachment_option_has_a_drop_zone(ada: Screen, cat: Path) -> None:
    await ada.choose_command("look")
    await expect(ada.page.get_by_test_id("drop-picture")).to_contain_text("Drop a file here")
    await ada.press("Tab", "Enter")
    await expect(ada.suggestions.get_by_role("alert")).to_contain_text("Choose a file")
    await ada.page.get_by_label("File for picture").set_input_files(cat)
    await expect(ada.page.get_by_test_id("drop-picture")).to_contain_text("cat.png")
    await ada.press("Enter")
    await expect(ada.message("cat.png image/png")).to_be_visible()


async def test_an_unanswered_command_is_said_and_dismissed(page: OpenPage, ada: Screen) -> None:
    page.world.answer_within_seconds = 1.5
    await ada.choose_command("silent")
    await ada.press("Enter")
    await expect(ada.message("Sending command")).to_be_visible()
    failed = ada.message("The application did not respond")
    await expect(failed).to_contain_text("Only you can see this")
    await failed.get_by_role("button", name="Dismiss message").click()
    await expect(ada.messages).to_have_count(0)


# -- messages of the bot


async def test_buttons_change_their_message_and_failures_are_shown(page: OpenPage, ada: Screen) -> None:
    page.world.person("ada").slash("pictures", "echo", text="buttons")
    await ada.message("buttons").get_by_role("button", name="Change").click()
    await expect(ada.message("changed")).to_contain_text("(edited)")
    page.world.answer_within_seconds = 0.0
    await ada.message("changed").get_by_role("button", name="Later").click()
    await expect(ada.message("changed").get_by_role("alert")).to_have_text("This interaction failed")


async def test_a_select_menu_is_worked_by_keyboard(page: OpenPage, ada: Screen) -> None:
    page.world.person("ada").slash("pictures", "echo", text="choose")
    await ada.message("choose").get_by_role("combobox", name="Style").focus()
    await ada.press("Enter", "ArrowDown", "Enter")
    await expect(ada.message("style Manga")).to_contain_text("Only you can see this")


async def test_pictures_open_in_the_viewer(page: OpenPage, ada: Screen) -> None:
    page.world.person("ada").slash("pictures", "think", count=4)
    picture = ada.message("done").get_by_role("button", name=re.compile("Picture: a red picture"))
    await expect(picture).to_have_count(4)
    await picture.nth(1).click()
    await expect(ada.dialog.get_by_role("img")).to_have_attribute("alt", "a red picture")
    await ada.press("ArrowRight", "Escape")
    await expect(ada.dialog).to_have_count(0)
    await expect(picture.nth(1)).to_be_focused()


async def test_ephemeral_answers_are_on_one_screen_and_can_be_dismissed(
    browser: Browser, page: OpenPage, ada: Screen
) -> None:
    async with at_screen(browser, page.url, "ben") as ben:
        page.world.person("ada").slash("pictures", "echo", text="psst", secret=True)
        page.world.person("ada").say("pictures", "nothing to see")
        await expect(ben.message("nothing to see")).to_be_visible()
        await expect(ben.message("psst")).to_have_count(0)
    await ada.message("psst").get_by_role("button", name="Dismiss message").click()
    await expect(ada.message("psst")).to_have_count(0)


async def test_a_dialogue_is_opened_checked_and_sent(page: OpenPage, ada: Screen, cat: Path) -> None:
    page.world.person("ben").say("pictures", "look", files=[Upload("boat.png", png())])
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


async def test_a_dialogue_can_be_left_and_keeps_the_focus_meanwhile(page: OpenPage, ada: Screen) -> None:
    page.world.person("ada").slash("pictures", "echo", text="ask")
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


async def test_other_channels_show_that_they_are_unread(page: OpenPage, ada: Screen) -> None:
    page.world.person("ben").say("general", "psst @ada")
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


async def test_backstage_shows_and_ends_troubles(page: OpenPage, ada: Screen) -> None:
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
    assert page.segmind.faults.active == ()


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_long_things_do_not_burst_the_page(
    browser: Browser, page: OpenPage, size: tuple[int, int]
) -> None:
    async with at_screen(browser, page.url, size=size) as ada:
        page.world.person("ben").say("pictures", "w" * 1900)
        page.world.person("ben").say("pictures", f"```\n{'code ' * 300}\n```")
        page.world.person("ada").slash("pictures", "echo", text="| " * 900)
        await expect(ada.messages).to_have_count(3)
        assert await ada.horizontal_overflow() == 0


async def test_the_narrow_page_has_drawers(browser: Browser, page: OpenPage) -> None:
    async with at_screen(browser, page.url, size=NARROW) as ada:
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


async def test_a_link_to_a_strangers_channel_leads_nowhere(page: OpenPage, ada: Screen) -> None:
    lounge = page.world.channel("lounge")
    await ada.say(f"https://discord.com/channels/{lounge.guild.id}/{lounge.id}")
    await ada.message("discord.com").get_by_role("link").click()
    await expect(ada.page.get_by_role("status")).to_contain_text("no access")
    assert len(ada.page.context.pages) == 1


async def test_a_link_leads_to_a_message_however_old(page: OpenPage, ada: Screen) -> None:
    ben = page.world.person("ben")
    old = ben.say("general", "the first of many")
    for number in range(120):
        ben.say("general", f"number {number}")
    channel = old.channel
    link = f"https://discord.com/channels/{channel.guild.id}/{channel.id}/{old.id}"
    await ada.page.reload()
    ben.say("pictures", f"look at {link}")
    await ada.message("look at").get_by_role("link", name="general › message").click()
    general = ada.page.get_by_role("log", name="Messages in general").get_by_role("article")
    await expect(general.filter(has_text="the first of many")).to_be_in_viewport()
    await expect(general).to_have_count(121)
