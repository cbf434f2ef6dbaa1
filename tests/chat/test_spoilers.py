"""Of a spoiler comes a spoiler, by every door and every way to Discord, and the choice stays."""

from collections.abc import Awaitable, Callable

import pytest

from bot.chat.incoming.attachments import pictures_in
from bot.chat.incoming.submitted_values import SubmittedModal
from bot.domain.card import Rung
from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from tests.chat.studio import Studio, job_id_of, number_of
from tests.chat.test_attachments import (
    CDN,
    CONTAINER,
    FILE,
    GALLERY,
    SECTION,
    TEXT,
    THUMBNAIL,
    attachment,
    media,
)
from tests.chat.test_attachments import message as message_with
from tests.chat.test_jobs import listed, panel, post
from tests.chat.test_late_pictures import billed_again
from tests.chat.test_replies import reply_to
from tests.services.outsides import png

SPOILER = Upload("SPOILER_cat.png", png(64, 48, "orange"))
NIGHT = {"What should change?": "make it night"}
Door = Callable[[Studio], Awaitable[Message]]


def is_spoiled(message: Message) -> bool:
    """Whether all its pictures are, and keep their alternative texts."""
    assert message.attachments
    assert all(one.description for one in message.attachments)
    return all(one.filename.startswith("SPOILER_picture-") for one in message.attachments)


# --- the doors ---


async def by_imagine(studio: Studio) -> Message:
    ask = studio.person("ada").slash("pictures", "imagine", prompt="a fox", spoiler=True)
    return await ask.message()


async def by_option(studio: Studio) -> Message:
    cat = Upload("cat.png", SPOILER.data)
    ask = studio.person("ada").slash("pictures", "edit", prompt="make it night", image=cat, spoiler=True)
    return await ask.message()


async def by_marked_file(studio: Studio) -> Message:
    return await studio.person("ada").slash("pictures", "edit", prompt="x", image=SPOILER).message()


async def by_dialogue(studio: Studio) -> Message:
    modal = await studio.person("ada").slash("pictures", "edit", prompt="x", spoiler=True).modal()
    await studio.restart()
    cat = Upload("cat.png", SPOILER.data)
    return await studio.person("ada").submit(modal, {"The image to edit": [cat], **NIGHT}).message()


async def by_dialogue_with_marked_file(studio: Studio) -> Message:
    modal = await studio.person("ada").slash("pictures", "edit", prompt="x").modal()
    return await studio.person("ada").submit(modal, {"The image to edit": [SPOILER], **NIGHT}).message()


async def by_menu(studio: Studio) -> Message:
    posted = studio.person("ben").say("pictures", "look", files=[SPOILER])
    modal = await studio.person("ada").menu(posted, "Edit image").modal()
    return await studio.person("ada").submit(modal, NIGHT).message()


async def by_menu_over_a_restart(studio: Studio) -> Message:
    studio.world.app.has_message_content = True
    posted = studio.person("ben").say("pictures", "look", files=[SPOILER])
    modal = await studio.person("ada").menu(posted, "Edit image").modal()
    await studio.restart()
    return await studio.person("ada").submit(modal, NIGHT).message()


async def by_reply(studio: Studio) -> Message:
    studio.world.app.has_message_content = True
    posted = studio.person("ben").say("pictures", "look", files=[SPOILER])
    said = studio.person("ada").say("pictures", "@lantern make it night", reply_to=posted)
    return await reply_to(studio, said)


async def by_source(studio: Studio) -> Message:
    first = await studio.imagine(spoiler=True)
    source = str(number_of(first))
    return await studio.person("ada").slash("pictures", "edit", prompt="x", source=source).message()


async def by_edit(studio: Studio) -> Message:
    modal = await studio.person("ben").press(await studio.imagine(spoiler=True), "Edit").modal()
    await studio.restart()
    return await studio.person("ben").submit(modal, NIGHT).message()


async def by_again(studio: Studio) -> Message:
    first = await studio.imagine(spoiler=True)
    await studio.restart()
    return await studio.person("ben").press(first, "Rerun").message()


async def by_reply_to_ours(studio: Studio) -> Message:
    first = await studio.imagine(spoiler=True)
    return await reply_to(studio, studio.person("ada").say("pictures", "@lantern night", reply_to=first))


async def by_show(studio: Studio) -> Message:
    await studio.imagine(prompt="a fox", spoiler=True)
    message = await panel(studio, await listed(studio), "a fox")
    return await studio.person("ada").press(message, "Show me").message()


async def by_post_again(studio: Studio) -> Message:
    await studio.imagine(prompt="a fox", spoiler=True)
    return await post(studio, await panel(studio, await listed(studio), "a fox"))


@pytest.mark.parametrize(
    "door",
    [
        by_imagine,
        by_option,
        by_marked_file,
        by_dialogue,
        by_dialogue_with_marked_file,
        by_menu,
        by_menu_over_a_restart,
        by_reply,
        by_source,
        by_edit,
        by_again,
        by_reply_to_ours,
        by_show,
        by_post_again,
    ],
)
async def test_a_spoiler_comes_by_every_door(studio: Studio, door: Door) -> None:
    message = await door(studio)
    await studio.until(lambda: len(message.attachments) == 1)
    assert is_spoiled(message)


async def test_a_second_picture_that_was_billed_is_a_spoiler_as_the_first_is(studio: Studio) -> None:
    card = await studio.imagine(prompt="a fox", spoiler=True)
    await billed_again(studio, await studio.job(job_id_of(card)))
    details = await studio.person("ada").press(card, "Details").message()
    shown = await studio.person("ada").press(details, "Show image").message()
    await studio.until(lambda: shown.attachments)
    assert is_spoiled(shown)


async def test_what_is_no_spoiler_becomes_none(studio: Studio) -> None:
    message = await studio.imagine()
    assert [one.filename.startswith("SPOILER_") for one in message.attachments] == [False]


# --- the ways to Discord ---


@pytest.mark.parametrize("rung", Rung)
async def test_a_spoiler_comes_by_every_rung(studio: Studio, rung: Rung) -> None:
    studio.services.account.pacer.pause(30)
    card = await studio.person("ada").slash("pictures", "imagine", prompt="a fox", spoiler=True).message()
    if rung is not Rung.TOKEN:
        studio.discord.faults.expire_tokens()
    if rung is Rung.MESSAGE:
        studio.lock(card)
    await studio.until(lambda: any(one.attachments for one in studio.sent_by_bot()))
    (message,) = [one for one in studio.sent_by_bot() if one.attachments]
    assert is_spoiled(message)


async def test_all_four_are_spoilers_and_stay_so_when_one_is_deleted(studio: Studio) -> None:
    message = await studio.imagine(count=4, spoiler=True)
    assert is_spoiled(message)
    question = await studio.person("ada").press(message, "Delete").message()
    await studio.person("ada").choose(question, "Which images?", ["Image 2"]).answer()
    await studio.until(lambda: len(message.attachments) == 3)
    assert is_spoiled(message)


async def test_a_spoiler_that_had_to_be_made_smaller_is_still_one(studio: Studio) -> None:
    studio.discord.faults.add("PATCH /webhooks/*", status=413, code=40005, times=1)
    assert is_spoiled(await studio.imagine(spoiler=True))


async def test_a_kept_spoiler_is_one_wherever_it_is_posted(studio: Studio) -> None:
    channel = studio.world.channel("pictures")
    await studio.person("ada").slash("pictures", "imagine", prompt="a fox", spoiler=True).message()
    studio.discord.faults.expire_tokens()
    studio.world.set_overwrite(channel, everyone_role(channel.guild), deny=Permissions.VIEW_CHANNEL)

    async def is_kept() -> bool:
        (job,) = await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 1)
        return job.parked_at is not None

    await studio.eventually(is_kept)
    message = await panel(studio, await listed(studio, channel="general"), "a fox")
    assert is_spoiled(await studio.picture(await post(studio, message, "Post here")))


async def test_no_small_picture_of_a_spoiler_stands_in_a_review(studio: Studio) -> None:
    await studio.imagine(spoiler=True)
    ask = studio.person("mia").slash("pictures", "review member", who=studio.world.user("ada"))
    message = await ask.message()
    await studio.until(lambda: len(message.embeds) == 2)
    assert not any(embed.get("thumbnail") for embed in message.embeds)


# --- where Discord says that a picture is one ---


def hidden(part: dict[str, object]) -> dict[str, object]:
    return part | {"spoiler": True}


FLAGGED = attachment(1) | {"flags": 8}
EMBED = {"type": "image", "url": "https://x.example/a.png", "thumbnail": media("https://x.example/a.png")}
IN_GALLERY: dict[str, object] = {"media": media(f"{CDN}/4/a.png")}
SMALL: dict[str, object] = {"type": THUMBNAIL, "id": 3, "media": media(f"{CDN}/5/b.png")}
WORDS = {"type": TEXT, "id": 4, "content": "hello"}


@pytest.mark.parametrize(
    "parts",
    [
        {"attachments": [attachment(1, "SPOILER_cat.png")]},
        {"attachments": [FLAGGED]},
        {"embeds": [{"type": "rich", "image": {"url": f"{CDN}/2/SPOILER_dog.png?ex=1"}}]},
        {"content": "look: || https://x.example/a.png ||", "embeds": [EMBED]},
        {"components": [{"type": GALLERY, "id": 1, "items": [hidden(IN_GALLERY)]}]},
        {"components": [{"type": SECTION, "id": 2, "components": [WORDS], "accessory": hidden(SMALL)}]},
        {"components": [hidden({"type": FILE, "id": 6, "file": media(f"{CDN}/6/c.png")})]},
        {
            "components": [
                hidden(
                    {
                        "type": CONTAINER,
                        "id": 5,
                        "components": [{"type": GALLERY, "id": 1, "items": [IN_GALLERY]}],
                    }
                )
            ]
        },
        {
            "attachments": [attachment(4, "a.png")],
            "components": [{"type": GALLERY, "id": 1, "items": [hidden(IN_GALLERY)]}],
        },
    ],
)
async def test_every_mark_of_discords_is_seen(parts: dict[str, object]) -> None:
    found = pictures_in(await message_with(**parts))
    assert [one.is_spoiler for one in found] == [True]


async def test_what_has_no_mark_is_none() -> None:
    shown = {"content": "|| hidden || https://x.example/a.png", "embeds": [EMBED]}
    found = pictures_in(await message_with(attachments=[attachment(1)], **shown))
    assert [one.is_spoiler for one in found] == [False, False]


def test_a_file_that_is_flagged_in_a_dialogue_is_one() -> None:
    file = {"id": "1", "url": "x", "filename": "cat.png", "size": 1, "flags": 8}
    filled = SubmittedModal({"file": {"values": ["1"]}}, {"1": file})
    assert filled.file("file").uploaded_source().is_spoiler
