"""A real Chromium, and the page in it as a person finds their way around: by roles and names."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from playwright.async_api import Browser, BrowserContext, Locator, Page, async_playwright, expect

WIDE = (1280, 800)
NARROW = (390, 844)
WITHIN_MILLISECONDS = 20_000
#: No sandbox and no GPU inside containers, and nothing that goes out on its own.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=WITHIN_MILLISECONDS)


@asynccontextmanager
async def launched(chromium: str, **environment: str) -> AsyncIterator[Browser]:
    """With more in its environment than it has by itself."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=ARGUMENTS, env={**os.environ, **environment}
        )
        yield browser
        await browser.close()


class Screen:
    """The page before one person."""

    def __init__(self, page: Page, channel: str) -> None:
        self.page = page
        self.channel = channel
        self.problems: list[str] = []
        page.set_default_timeout(WITHIN_MILLISECONDS)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on(
            "console",
            lambda message: self.problems.append(message.text) if message.type == "error" else None,
        )

    @property
    def composer(self) -> Locator:
        return self.page.get_by_role("textbox", name=f"Message #{self.channel}")

    @property
    def messages(self) -> Locator:
        return self.page.get_by_role("log", name=f"Messages in {self.channel}").get_by_role("article")

    @property
    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    @property
    def suggestions(self) -> Locator:
        return self.page.get_by_role("listbox", name="Suggestions")

    def message(self, text: str) -> Locator:
        """The newest with that text in its body (and not only in the line of what it answers)."""
        return self.messages.filter(has=self.page.locator(".message-body", has_text=text)).last

    def option(self, name: str) -> Locator:
        """The field of a command's option."""
        return self.page.get_by_role("textbox", name=name, exact=True)

    async def say(self, text: str) -> None:
        await self.composer.fill(text)
        await self.composer.press("Enter")

    async def type(self, keys: str) -> None:
        """Type where the focus is."""
        await self.page.keyboard.type(keys)

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def choose_command(self, name: str) -> None:
        """Type a command's name as a member would, and take it from the list."""
        await self.composer.click()
        await self.type(f"/{name}")
        await expect(self.suggestions.get_by_role("option").first).to_contain_text(f"/{name}")
        await self.press("Enter")

    async def open_menu(self, message: Locator) -> None:
        await message.click(button="right", position={"x": 200, "y": 12})

    async def horizontal_overflow(self) -> int:
        """By how many pixels the page is wider than the screen."""
        overflow: int = await self.page.evaluate(
            "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        )
        return overflow


@asynccontextmanager
async def at_screen(
    browser: Browser,
    url: str,
    who: str = "ada",
    *,
    size: tuple[int, int] = WIDE,
    look: Literal["light", "dark"] = "dark",
) -> AsyncIterator[Screen]:
    """One person at the page, in a browser of their own."""
    async with room(browser, size=size, look=look) as context, seated(context, url, who) as screen:
        yield screen


@asynccontextmanager
async def room(
    browser: Browser, *, size: tuple[int, int] = WIDE, look: Literal["light", "dark"] = "dark"
) -> AsyncIterator[BrowserContext]:
    """A browser with nothing remembered, in which several may take their seats one after the other."""
    width, height = size
    context = await browser.new_context(viewport={"width": width, "height": height}, color_scheme=look)
    yield context
    await context.close()


@asynccontextmanager
async def seated(
    context: BrowserContext, url: str, who: str = "ada", *, channel: str = "pictures"
) -> AsyncIterator[Screen]:
    """One person at the page, which opens in `channel`; afterwards nothing may have gone wrong in it."""
    screen = Screen(await context.new_page(), channel)
    await screen.page.goto(f"{url}#{who}")
    await expect(screen.composer).to_be_visible()
    yield screen
    await screen.page.close()
    assert screen.problems == []
