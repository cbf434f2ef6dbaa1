"""A command that is named in an answer can be clicked, whichever way the answer takes."""

import re

import pytest

from standins.fake_discord.model import Message
from tests.chat.studio import Studio, text_of

UNLINKED = re.compile("`/[a-z]+(?: [a-z]+)?`")
LINK = re.compile(r"</(?P<path>[a-z]+(?: [a-z]+)?):(?P<id>\d+)>")


def ids(studio: Studio) -> dict[str, int]:
    return {command.name: command.id for command in studio.world.commands.values()}


def check(studio: Studio, message: Message, *named: str) -> None:
    """`named` are commands that the message has to name."""
    text, id_of = text_of(message), ids(studio)
    assert UNLINKED.findall(text) == []
    links = {link["path"]: int(link["id"]) for link in LINK.finditer(text)}
    assert links == {path: id_of[path.split()[0]] for path in links}
    assert set(named) <= links.keys()


async def page(studio: Studio, who: str, command: str) -> Message:
    """Give the answer once it is there, with all commands registered."""
    await studio.until(lambda: "config" in ids(studio))
    message = await studio.person(who).slash("pictures", command).message()
    await studio.until(lambda: bool(text_of(message)))
    return message


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ("config approval", "review approvals"),
        ("config strikes", "review strikes"),
        ("config show", "review reports"),
        ("jobs", "imagine"),
        ("privacy about", "privacy delete"),
        ("help", "jobs"),
    ],
)
async def test_in_the_first_answer(studio: Studio, command: str, named: str) -> None:
    check(studio, await page(studio, "otto", command), named)


async def test_in_what_takes_the_place_of_an_answer(studio: Studio) -> None:
    panel = await page(studio, "otto", "config approval")
    await studio.person("otto").press(panel, "For everyone").answer()
    await studio.until(lambda: "**Everyone's** images" in text_of(panel))
    check(studio, panel, "review approvals")


@pytest.mark.parametrize("button", ["Moderation", "Approval", "Strikes", "Words", "Notices"])
async def test_on_the_pages_of_the_panel(studio: Studio, button: str) -> None:
    panel = await page(studio, "otto", "config show")
    before = text_of(panel)
    await studio.person("otto").press(panel, button).answer()
    await studio.until(lambda: text_of(panel) != before)
    check(studio, panel)


async def test_in_what_follows_a_deferred_answer(studio: Studio) -> None:
    message = await page(studio, "mia", "review reports")
    await studio.until(lambda: "reports" in text_of(message))
    check(studio, message, "config show")
