"""Writing in a real Chromium: messages, replies, files, and commands with their options."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import expect

from standins.fake_discord.person import Person
from tests.sandbox.browser import Screen
from tests.sandbox.client import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


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


async def test_a_reply_names_what_it_answers(shown: OpenPage, ada: Screen) -> None:
    Person(shown.world, "ben").say("pictures", "shall we?")
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


async def test_others_messages_offer_no_deletion(shown: OpenPage, ada: Screen) -> None:
    Person(shown.world, "ben").say("pictures", "mine")
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


@pytest.mark.parametrize("keys", [["Backspace"], ["a", "Escape", "Escape"], ["Escape", "Escape"]])
async def test_a_cancelled_command_leaves_nothing_in_the_box(ada: Screen, keys: list[str]) -> None:
    await ada.choose_command("echo")
    await ada.press(*keys)
    await expect(ada.composer).to_have_value("")
    await expect(ada.composer).to_be_focused()


@pytest.mark.parametrize("at", [0, 1, 2])
async def test_equal_labels_of_a_list_can_each_be_chosen(ada: Screen, at: int) -> None:
    await ada.choose_command("pick")
    await ada.type("same")
    await expect(ada.suggestions.get_by_role("option")).to_have_text(["same", "same", "same"])
    await ada.suggestions.get_by_role("option").nth(at).click()
    await ada.press("Enter")
    await expect(ada.message(f"picked job-{at}")).to_be_visible()


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


async def test_an_unanswered_command_is_said_and_dismissed(shown: OpenPage, ada: Screen) -> None:
    shown.world.answer_within_seconds = 1.5
    await ada.choose_command("silent")
    await ada.press("Enter")
    await expect(ada.message("Sending command")).to_be_visible()
    failed = ada.message("The application did not respond")
    await expect(failed).to_contain_text("Only you can see this")
    await failed.get_by_role("button", name="Dismiss message").click()
    await expect(ada.messages).to_have_count(0)
