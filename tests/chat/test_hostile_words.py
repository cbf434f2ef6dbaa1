"""What somebody wrote to deceive, on its whole way: cards, lists, panels, reports and the file."""

import json

import pytest

from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from standins.fake_discord.permissions import Permissions
from tests.chat.onlookers import ADMIN, MODERATOR
from tests.chat.studio import Studio, text_of
from tests.services.outsides import png

#: Turns the writing, hides, breaks the line or the layout, pings, links, and passes for the bot's own words.
HIDDEN = "\u202e\u2066\u200b\u2060\ufeff\u00ad\u2028\u2029\x85\x1b\x9b\x07\U000e0041"
HOSTILE = f"x{HIDDEN}\r\n\n# @everyone <@&1> `](https://evil.example)\n||**Paid.**||=1+1"
FORGED = ("\n# @everyone", "<@&1>", "](https://evil.example)", "||**Paid")


def told(studio: Studio) -> list[str]:
    """All that the bot has said, wherever people read it: texts, labels, descriptions, files."""
    return [piece for message in studio.sent_by_bot() for piece in said_in(message)]


def said_in(message: Message) -> list[str]:
    files = [one.data.decode("utf-16") for one in message.attachments if one.filename.endswith(".csv")]
    names = [f"{one.filename} {one.description or ''}" for one in message.attachments]
    return [text_of(message), *_words(message.components), *files, *names]


def _words(part: object) -> list[str]:
    if isinstance(part, dict):
        return [word for value in part.values() for word in _words(value)]
    if isinstance(part, list):
        return [word for value in part for word in _words(value)]
    return [part] if isinstance(part, str) else []


@pytest.fixture
async def scene(studio: Studio) -> Studio:
    """A picture of each kind, asked for in hostile words, on a server whose names are no better."""
    world, guild = studio.world, studio.world.guild("Lantern Studio")
    eve = world.add_user("eve", HOSTILE)
    world.add_member(guild, eve)
    role, channel = world.add_role(guild, HOSTILE, Permissions.NONE), world.add_channel(guild, HOSTILE)
    otto = studio.person(ADMIN)
    await otto.slash("pictures", "config limits", role=role, per_day=9).message()
    await otto.slash("pictures", "config limits", member=eve, per_day=9).message()
    await otto.slash("pictures", "config log", channel=channel).message()
    await studio.imagine("eve", HOSTILE)
    edit = studio.person("eve").slash(
        "pictures", "edit", prompt=HOSTILE, image=Upload(f"{HOSTILE}.png", png())
    )
    await studio.picture(await edit.message())
    return studio


async def read_everything(studio: Studio) -> None:
    mia, otto, eve = studio.person(MODERATOR), studio.person(ADMIN), studio.person("eve")
    report = await mia.slash("pictures", "review usage").message()
    await mia.press(report, "Export").message()
    await mia.slash("pictures", "review member", who=studio.world.user("eve")).message()
    await mia.slash("pictures", "review audit").message()
    for view in ("limits", "channels", "log", "budget"):
        await otto.slash("pictures", f"config {view}").message()
    await otto.slash("pictures", "config show").message()
    await otto.slash("pictures", "config check").message()
    await eve.slash("pictures", "jobs").message()
    await eve.slash("pictures", "usage").message()
    card = next(one for one in studio.sent_by_bot() if one.attachments)
    await eve.press(card, "Details").message()


async def test_nothing_that_somebody_wrote_turns_hides_or_forges(scene: Studio) -> None:
    await read_everything(scene)
    pieces = told(scene)
    assert len(pieces) > 50
    assert [piece for piece in pieces if set(piece.removeprefix("\ufeff")) & set(HIDDEN)] == []
    with_markdown = "\n".join(map(text_of, scene.sent_by_bot()))
    assert "evil" in with_markdown
    assert [words for words in FORGED if words in with_markdown] == []
    assert {user.username for message in scene.sent_by_bot() for user in message.mentions} <= {"eve"}


async def test_suggestions_are_one_line_of_what_was_written(scene: Studio) -> None:
    offered = await scene.person("eve").autocomplete("pictures", "edit", "source", "")
    assert len(offered) == 2
    assert all(one.name.isprintable() for one in offered)
    assert json.dumps([one.value for one in offered]).isascii()
