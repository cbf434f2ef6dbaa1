"""Pictures are found wherever they hide in a message, in one order, each once."""

from typing import Any

import discord
import pytest

from bot.chat.incoming.attachments import FoundPicture, found_again, named, only_one, pictures_in
from bot.domain.errors import NoPicture, PictureRefused, TooManyPictures
from bot.domain.failure import SourceProblem
from bot.domain.ids import AttachmentId, ChannelId, MessageId

CDN = "https://cdn.discordapp.com/attachments/7"
GALLERY, SECTION, THUMBNAIL, CONTAINER, TEXT, FILE = 12, 9, 11, 17, 10, 13


FORWARDED: dict[str, Any] = {
    "type": 0,
    "content": "",
    "embeds": [],
    "attachments": [],
    "timestamp": "2026-03-14T12:00:00+00:00",
    "edited_timestamp": None,
    "flags": 0,
    "mentions": [],
    "mention_roles": [],
}


def attachment(number: int, name: str = "cat.png", kind: str | None = "image/png") -> dict[str, Any]:
    url = f"{CDN}/{number}/{name}?ex=1"
    file = {"id": str(number), "filename": name, "size": 10, "url": url, "proxy_url": url}
    return file | ({"content_type": kind} if kind else {})


def media(url: str) -> dict[str, Any]:
    return {"url": url, "proxy_url": f"https://media.discordapp.net/{url[-5:]}", "id": "1"}


async def message(**parts: Any) -> discord.Message:
    client = discord.Client(intents=discord.Intents.none())
    await client._async_setup_hook()
    author = {"id": "1", "username": "ben", "discriminator": "0", "avatar": None}
    data: dict[str, Any] = {
        "id": "9",
        "channel_id": "7",
        "author": author,
        "content": "",
        "timestamp": "2026-03-14T12:00:00+00:00",
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
    }
    channel: Any = client.get_partial_messageable(7)
    return discord.Message(state=client._connection, channel=channel, data=data | parts)  # type: ignore[arg-type]  # a dict


def keys(found: list[FoundPicture]) -> list[str]:
    return [one.key for one in found]


async def test_all_attachments_are_found_and_those_that_claim_to_be_something_else_last() -> None:
    files = [
        attachment(1),
        attachment(2, "notes.txt", "text/plain"),
        attachment(3, "photo.heic", None),
        attachment(4, "film.mp4", "video/mp4"),
        attachment(5, "raw.bin", "application/octet-stream"),
        attachment(6, "logo.svg", "image/svg+xml"),
        attachment(7, "shot.JPG", "application/octet-stream"),
    ]
    found = pictures_in(await message(attachments=files))
    assert keys(found) == ["1", "3", "5", "7", "2", "4", "6"]
    assert [one.key for one in found if one.claims_otherwise] == ["2", "4", "6"]


async def test_pictures_of_embeds_come_after_attachments_and_each_but_once() -> None:
    embeds = [
        {
            "type": "rich",
            "image": {"url": f"{CDN}/2/dog.png?ex=1"},
            "thumbnail": {"url": f"{CDN}/1/cat.png?ex=2"},
        },
        {"type": "image", "thumbnail": media("https://elsewhere.example/x.png")},
    ]
    found = pictures_in(await message(attachments=[attachment(1)], embeds=embeds))
    assert keys(found) == ["1", "2", "n2"]
    assert found[2].url == "https://media.discordapp.net/x.png"
    assert found[2].attachment_id is None


async def test_pictures_of_components_are_found() -> None:
    gallery = {"type": GALLERY, "id": 1, "items": [{"media": media(f"{CDN}/4/a.png")}]}
    thumbnail = {"type": THUMBNAIL, "id": 3, "media": media(f"{CDN}/5/b.png")}
    text = {"type": TEXT, "id": 4, "content": "hello"}
    section = {"type": SECTION, "id": 2, "components": [text], "accessory": thumbnail}
    container = {"type": CONTAINER, "id": 5, "components": [section, text]}
    file = {"type": FILE, "id": 6, "file": media(f"{CDN}/6/c.jfif")}
    flags = {"flags": 1 << 15}
    found = pictures_in(await message(components=[gallery, container, file], **flags))
    assert keys(found) == ["4", "5", "6"]


async def test_pictures_of_forwarded_messages_come_last() -> None:
    forwarded = FORWARDED | {"attachments": [attachment(8)]}
    found = pictures_in(
        await message(attachments=[attachment(1)], message_snapshots=[{"message": forwarded}])
    )
    assert keys(found) == ["1", "8"]


@pytest.mark.parametrize(
    "around", [lambda part: part, lambda part: {"message_snapshots": [{"message": FORWARDED | part}]}]
)
async def test_stickers_are_pictures_unless_they_are_drawn_by_the_client(around: Any) -> None:
    formats = {"png": 1, "apng": 2, "lottie": 3, "gif": 4}
    stickers = [{"id": str(kind), "name": name, "format_type": kind} for name, kind in formats.items()]
    found = pictures_in(await message(**around({"sticker_items": stickers})))
    assert [one.name for one in found] == ["png", "apng", "gif"]
    assert found[0].url.endswith("/stickers/1.png")
    assert found[2].url == "https://media.discordapp.net/stickers/4.gif"


async def test_a_picture_from_elsewhere_is_taken_from_discords_copy_however_its_path_looks() -> None:
    url = "https://mirror.example/attachments/7/2/dog.png"
    copy = f"https://images-ext-1.discordapp.net/external/x/{url.replace('://', '/')}"
    embed = {"type": "image", "thumbnail": {"url": url, "proxy_url": copy}}
    (found,) = pictures_in(await message(embeds=[embed]))
    assert (found.url, found.attachment_id) == (copy, None)


async def test_no_other_picture_is_taken_for_one_that_is_asked_for_again() -> None:
    """Of a picture in an embed, nothing is kept that tells it from the others in its message."""
    elsewhere = [
        {"type": "image", "thumbnail": media(f"https://elsewhere.example/{name}.png")} for name in "ab"
    ]
    alone = pictures_in(await message(attachments=[attachment(1)]))
    beside = pictures_in(await message(attachments=[attachment(1)], embeds=elsewhere[:1]))
    several = pictures_in(await message(embeds=elsewhere))
    assert found_again(alone, AttachmentId(1)) == found_again(alone, None) == alone[0]
    assert found_again(beside, AttachmentId(1)) == beside[0]
    assert found_again(beside, None) == beside[1]
    assert found_again(several, None) is None
    assert found_again(alone, AttachmentId(2)) is None


async def test_a_message_without_pictures_has_none() -> None:
    found = pictures_in(await message(content="https://elsewhere.example/x.png"))
    assert found == []
    with pytest.raises(NoPicture):
        only_one(found)


async def test_which_of_several_has_to_be_said() -> None:
    found = pictures_in(await message(attachments=[attachment(1), attachment(2)]))
    with pytest.raises(TooManyPictures) as refused:
        only_one(found)
    assert refused.value.count == 2
    assert named(found, "2").attachment_id == AttachmentId(2)
    with pytest.raises(NoPicture):
        named(found, "3")


async def test_a_source_keeps_where_it_stands() -> None:
    source = only_one(pictures_in(await message(attachments=[attachment(1)]))).source_in(
        ChannelId(7), MessageId(9)
    )
    assert source.url == f"{CDN}/1/cat.png?ex=1"
    assert source.location is not None
    assert source.location.attachment_id == 1


def test_a_file_that_is_too_large_is_not_even_fetched() -> None:
    with pytest.raises(PictureRefused) as refused:
        FoundPicture(url="x", name="a.png", content_type="image/png", size=50_000_001).uploaded_source()
    assert refused.value.problem is SourceProblem.TOO_LARGE


async def test_a_film_beside_a_picture_raises_no_question_and_alone_it_is_tried() -> None:
    film = attachment(2, "film.mp4", "video/mp4")
    assert only_one(pictures_in(await message(attachments=[film, attachment(1)]))).key == "1"
    assert only_one(pictures_in(await message(attachments=[film]))).key == "2"


def test_fifty_megabytes_are_fine() -> None:
    FoundPicture(url="x", name="a.png", content_type="image/png", size=50_000_000).check()
