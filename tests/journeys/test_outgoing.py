"""Every byte that leaves for the provider, by every door: pixels and plain words; nothing about people."""

import json
import re
from collections.abc import Awaitable, Callable

import pytest

from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from tests.journeys.town import Town
from tests.shown_pictures import number_of
from tests.telling_pictures import MARKER, telling_pictures, what_it_tells

pytestmark = pytest.mark.asyncio(loop_scope="module")

USERNAME = "anna_the_account"
NAME = "Anna Q."
PICTURES = {kind: Upload(f"{USERNAME} {MARKER}.{kind}", data) for kind, data in telling_pictures().items()}
PHOTO = PICTURES["jpg"]
#: As long as Discord's ids; what the provider itself names is left out before.
AN_ID = re.compile(r"\d{17,}")
AT_DISCORD = re.compile(r"discord(?:app)?\.(?:com|net|gg)", re.IGNORECASE)


def words(town: Town) -> str:
    """A prompt that mentions all that can be mentioned."""
    channel = town.world.channel("pictures")
    (role,) = [one for one in channel.guild.roles.values() if one.name == "Artist"]
    anna = town.world.user(USERNAME)
    link = f"https://discord.com/channels/{channel.guild.id}/{channel.id}/{anna.id}"
    return f"{anna.mention} <@&{role.id}> <#{channel.id}> <a:wave:{anna.id}> </jobs:{anna.id}> {link} at noon"


@pytest.fixture
def anna(town: Town) -> str:
    """Who asks, and is mentioned: a member with a nasty username."""
    guild = town.world.guild("Lantern Studio")
    if not any(user.username == USERNAME for user in town.world.users.values()):
        town.world.add_member(guild, town.world.add_user(USERNAME, NAME))
    town.world.app.has_message_content = True
    return USERNAME


# --- the doors ----------------------------------------------------------------------------------------


async def by_imagine(town: Town, who: str, _photo: Upload) -> Message:
    return await town.person(who).slash("pictures", "imagine", prompt=words(town)).message()


async def by_edit(town: Town, who: str, photo: Upload) -> Message:
    return await town.person(who).slash("pictures", "edit", prompt=words(town), image=photo).message()


async def by_upload_dialogue(town: Town, who: str, photo: Upload) -> Message:
    modal = await town.person(who).slash("pictures", "edit", prompt=words(town)).modal()
    return await town.person(who).submit(modal, {"The image to edit": [photo]}).message()


async def by_menu(town: Town, who: str, photo: Upload) -> Message:
    posted = town.person("ben").say("pictures", "our harbour", files=[photo])
    modal = await town.person(who).menu(posted, "Edit image").modal()
    return await town.person(who).submit(modal, {"What should change?": words(town)}).message()


async def by_reply(town: Town, who: str, photo: Upload) -> Message:
    posted = town.person("ben").say("pictures", "our harbour", files=[photo])
    town.person(who).say("pictures", f"@lantern {words(town)}", reply_to=posted)
    await town.until(town.messages_of_the_bot)
    return town.messages_of_the_bot()[-1]


async def by_button(town: Town, who: str, photo: Upload) -> Message:
    first = await town.until_picture(await by_edit(town, who, photo))
    modal = await town.person(who).press(first, "Edit").modal()
    return await town.person(who).submit(modal, {"What should change?": words(town)}).message()


async def by_source(town: Town, who: str, photo: Upload) -> Message:
    first = await town.until_picture(await by_edit(town, who, photo))
    source = str(number_of(first))
    return await town.person(who).slash("pictures", "edit", prompt=words(town), source=source).message()


async def by_again(town: Town, who: str, photo: Upload) -> Message:
    first = await town.until_picture(await by_menu(town, who, photo))
    return await town.person("ben").press(first, "Rerun").message()


Door = Callable[[Town, str, Upload], Awaitable[Message]]
DOORS: list[Door] = [
    by_imagine,
    by_edit,
    by_upload_dialogue,
    by_menu,
    by_reply,
    by_button,
    by_source,
    by_again,
]


# --- what left ----------------------------------------------------------------------------------------


def texts_that_left(town: Town) -> list[str]:
    """Of each request: its line, its headers, and its body, of an upload all but the picture."""
    told = []
    for seen in town.segmind.requests:
        body = None if seen.route == "upload" else seen.body
        told.append(json.dumps([seen.method, seen.path, dict(seen.query), dict(seen.headers), body]))
    return told


def require_nothing_of_people(town: Town) -> None:
    assert [what_it_tells(asset.data) for asset in town.segmind.assets] == [[]] * len(town.segmind.assets)
    for text in texts_that_left(town):
        own = re.sub("|".join(bill.request_id for bill in town.segmind.bills), "", text)
        assert not AN_ID.search(own)
        assert not AT_DISCORD.search(own)
        assert town.discord.cdn_url not in own
        assert USERNAME not in own
        assert MARKER not in own


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
async def test_whatever_the_door_only_pixels_and_plain_words_leave(town: Town, anna: str, door: Door) -> None:
    card = await town.until_picture(await door(town, anna, PHOTO))
    assert town.bills[-1].prompt == f"{NAME} Artist pictures wave jobs at noon"
    assert bool(town.bills[-1].inputs.get("image")) is (door is not by_imagine)
    require_nothing_of_people(town)
    assert card.attachments


@pytest.mark.parametrize("kind", PICTURES)
async def test_whatever_the_format_only_pixels_leave(town: Town, anna: str, kind: str) -> None:
    await town.until_picture(await by_edit(town, anna, PICTURES[kind]))
    assert town.requests_to("upload")
    require_nothing_of_people(town)


async def test_while_uploads_fail_nothing_else_leaves(town: Town, anna: str) -> None:
    town.segmind.faults.add("upload", "error_500", times=3)
    await town.until_picture(await by_edit(town, anna, PHOTO))
    assert len(town.requests_to("upload")) == 4
    require_nothing_of_people(town)
