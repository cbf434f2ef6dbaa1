"""Bytes decide what is a picture, at every door: names and content types refuse nothing."""

import io
from collections.abc import Awaitable, Callable

import pytest
from PIL import Image

from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from tests.chat.studio import Studio, text_of
from tests.chat.test_replies import reply_to
from tests.services.outsides import size_of

Door = Callable[[Studio, Upload], Awaitable[Message]]
NIGHT = {"What should change?": "make it night"}


def jpeg() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "orange").save(out, "JPEG")
    return out.getvalue()


#: What browsers, phones and other platforms call their pictures, and what programs say of them.
NAMES = [
    Upload("photo.jfif", jpeg()),
    Upload("photo.jpg_large", jpeg()),
    Upload("photo", jpeg()),
    Upload("photo.jpg", jpeg(), "text/plain"),
    Upload("photo.mp4", jpeg(), "video/mp4"),
    Upload("photo.svg", jpeg(), "image/svg+xml"),
    Upload("photo.bin", jpeg(), "application/octet-stream"),
    Upload("../../photo\u202egpj.\U0001f98a", jpeg()),
]
OTHERS = [
    Upload("notes.txt", b"hello", "text/plain"),
    Upload("song.mp3", b"la la la", "audio/mpeg"),
    Upload("logo.svg", b"<svg/>", "image/svg+xml"),
    Upload("lie.png", b"hello", "image/png"),
    Upload("nothing", b"hello"),
]


async def by_option(studio: Studio, file: Upload) -> Message:
    return await studio.person("ada").slash("pictures", "edit", prompt="make it night", image=file).message()


async def by_dialogue(studio: Studio, file: Upload) -> Message:
    modal = await studio.person("ada").slash("pictures", "edit", prompt="x").modal()
    return await studio.person("ada").submit(modal, {"The image to edit": [file], **NIGHT}).message()


async def by_menu(studio: Studio, file: Upload) -> Message:
    posted = studio.person("ben").say("pictures", "look", files=[file])
    modal = await studio.person("ada").menu(posted, "Edit image").modal()
    return await studio.person("ada").submit(modal, NIGHT).message()


async def by_reply(studio: Studio, file: Upload) -> Message:
    studio.world.app.has_message_content = True
    posted = studio.person("ben").say("pictures", "look", files=[file])
    return await reply_to(
        studio, studio.person("ada").say("pictures", "@lantern make it night", reply_to=posted)
    )


DOORS = [by_option, by_dialogue, by_menu, by_reply]


@pytest.mark.parametrize("door", DOORS)
async def test_a_picture_is_edited_whatever_it_is_called(studio: Studio, door: Door) -> None:
    for file in NAMES:
        await studio.picture(await door(studio, file))
    assert [size_of(one) for one in studio.provider.uploaded] == [(64, 48)] * len(NAMES)


@pytest.mark.parametrize("door", DOORS)
async def test_what_is_no_picture_is_refused_in_plain_words_and_not_counted(
    studio: Studio, door: Door
) -> None:
    messages = [await door(studio, file) for file in OTHERS]
    refused = "isn't an image I can read. This didn't count toward your limit."
    await studio.until(lambda: all(refused in text_of(message) for message in messages))
    assert studio.asked == []


async def test_the_menu_offers_a_film_beside_a_picture_but_chooses_the_picture(studio: Studio) -> None:
    files = [Upload("film.mp4", b"film", "video/mp4"), Upload("cat.png", jpeg())]
    posted = studio.person("ben").say("pictures", "look", files=files)
    modal = await studio.person("ada").menu(posted, "Edit image").modal()
    await studio.picture(await studio.person("ada").submit(modal, NIGHT).message())
    assert len(studio.provider.uploaded) == 1
