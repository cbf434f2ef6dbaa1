"""What is written on the page can be read where a machine has DejaVu and Noto Color Emoji alone."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from standins.fake_discord.person import Person
from tests.sandbox.browser import Screen
from tests.sandbox.client import OpenPage
from tests.sandbox.fonts import why_no_bare_fonts

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

#: Of a digit, as parts of the font's size: an emoji font's takes more than 1.
NARROWEST, WIDEST = 0.5, 0.75
DIGITS_IN_EM = """element => {
  const style = getComputedStyle(element);
  const canvas = document.createElement('canvas').getContext('2d');
  canvas.font = `${style.fontWeight} 100px ${style.fontFamily}`;
  return [...'0123456789'].map(digit => canvas.measureText(digit).width / 100);
}"""
TEXT_IN_EM = """element => {
  const texts = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const range = document.createRange();
  range.selectNodeContents(texts.nextNode());
  const size = getComputedStyle(range.startContainer.parentElement).fontSize;
  return range.getBoundingClientRect().width / parseFloat(size);
}"""


@pytest.fixture(autouse=True)
def _with_bare_fonts() -> None:
    if missing := why_no_bare_fonts():
        pytest.skip(missing)


async def require_narrow_digits(where: Locator) -> None:
    widths = await where.evaluate(DIGITS_IN_EM)
    assert [width for width in widths if not NARROWEST < width < WIDEST] == []


async def test_digits_have_the_width_of_digits(shown: OpenPage, ada: Screen) -> None:
    await ada.say("1234567890")
    await expect(ada.message("1234567890")).to_be_visible()
    text = ada.message("1234567890").locator(".message-body").get_by_text("1234567890")
    assert 10 * NARROWEST < await text.evaluate(TEXT_IN_EM) < 10 * WIDEST
    await ada.say("so `0123456789` it is")
    Person(shown.world, "ada").slash("pictures", "echo", text="buttons")
    for where in (
        text,
        ada.composer,
        ada.message("so").locator("code"),
        ada.message("buttons").get_by_role("button", name="Change"),
        ada.page.locator("h1, h2, h3").first,
    ):
        await require_narrow_digits(where)


async def test_an_emoji_is_drawn_by_the_font_of_emoji(ada: Screen) -> None:
    """Where a font of letters has it as well, that one may come first; where none has, it is not a box."""
    await ada.say("a \N{LARGE ORANGE CIRCLE} here")
    emoji = ada.message("here").get_by_text("\N{LARGE ORANGE CIRCLE}").last
    assert await emoji.evaluate(TEXT_IN_EM) > 1.0
