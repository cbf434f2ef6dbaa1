"""The doors to an edit: a file, a recent picture, dialogues, menus, and the button below a picture."""

import re

import pytest

from bot.domain.luma import Style
from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from tests.chat.studio import Studio, job_id_of, labels, number_of, text_of
from tests.services.outsides import png, size_of

CAT = Upload("cat.png", png(64, 48, "orange"))
DOG = Upload("dog.png", png(48, 64, "brown"))
THE_DOG = {"Which image?": ["2. dog.png"], "What should change?": "a hat"}


def before_link(message: Message) -> str:
    return next(str(part["url"]) for part in message.parts() if part.get("label") == "Original")


def jump_url(message: Message) -> str:
    return f"https://discord.com/channels/{message.channel.guild.id}/{message.channel.id}/{message.id}"


def source_sizes(studio: Studio) -> list[tuple[int, int]]:
    """Width and height of each source that the provider was given."""
    return [size_of(picture) for picture in studio.provider.uploaded]


# --- /edit ---


async def test_a_file_is_edited(studio: Studio) -> None:
    ask = studio.person("ada").slash("pictures", "edit", prompt="make it blue", image=CAT)
    message = await studio.picture(await ask.message())
    assert source_sizes(studio) == [(64, 48)]
    assert studio.asked[0].image_url is not None
    assert message.attachments[0].description == "Edit of an image: make it blue"
    assert "Original" not in labels(message)


async def test_a_recent_picture_is_offered_and_edited(studio: Studio) -> None:
    first = await studio.imagine(prompt="a fox in the snow")
    await studio.imagine(prompt="an owl")
    offered = await studio.person("ada").autocomplete("pictures", "edit", "source", "FOX")
    (one,) = offered
    assert re.fullmatch(rf"a fox in the snow · \d+ seconds? ago · #{number_of(first)}", one.name)
    assert one.value == str(number_of(first))
    ask = studio.person("ada").slash("pictures", "edit", prompt="make it night", source=str(offered[0].value))
    message = await studio.picture(await ask.message())
    assert before_link(message) == jump_url(first)
    assert len(studio.provider.uploaded) == 1


async def test_nobodys_pictures_but_ones_own_are_offered_or_taken(studio: Studio) -> None:
    foreign = await studio.imagine("ben")
    ada = studio.person("ada")
    assert await ada.autocomplete("pictures", "edit", "source", "") == []
    for source in (str(number_of(foreign)), "987654", "a fox", "9" * 4000):
        message = await ada.slash("pictures", "edit", prompt="mine now", source=source).message()
        assert message.is_ephemeral
        assert "I don't know this image" in text_of(message)


async def test_pictures_of_another_server_are_not_offered(studio: Studio) -> None:
    ask = studio.person("zoe").slash("lounge", "imagine", prompt="a harbour")
    await studio.picture(await ask.message())
    member = studio.world.add_member(studio.world.guild("Lantern Studio"), studio.world.user("zoe"))
    assert await studio.person(member.user.username).autocomplete("pictures", "edit", "source", "") == []


async def test_with_nothing_attached_a_dialogue_asks_for_a_file(studio: Studio) -> None:
    ask = studio.person("ada").slash("pictures", "edit", prompt="make it blue", style="manga", count=2)
    modal = await ask.modal()
    sent = studio.person("ada").submit(modal, {"The image to edit": [DOG]})
    message = await studio.picture(await sent.message(), 2)
    assert [one.prompt for one in studio.asked] == ["make it blue"] * 2
    assert {one.style for one in studio.asked} == {Style.MANGA}
    assert source_sizes(studio) == [(48, 64)]
    assert not message.is_ephemeral


async def test_a_dialogue_survives_a_restart(studio: Studio) -> None:
    modal = await studio.person("ada").slash("pictures", "edit", prompt="x", private=True).modal()
    await studio.restart()
    sent = studio.person("ada").submit(modal, {"The image to edit": [DOG], "What should change?": "green"})
    message = await studio.picture(await sent.message())
    assert message.is_ephemeral
    assert studio.asked[0].prompt == "green"


async def test_the_longest_prompt_comes_whole_through_the_dialogue(studio: Studio) -> None:
    prompt = "🦊 and hare, " * 460
    modal = await studio.person("ada").slash("pictures", "edit", prompt=prompt[:6000]).modal()
    sent = studio.person("ada").submit(modal, {"The image to edit": [DOG]})
    await studio.picture(await sent.message())
    assert studio.asked[0].prompt == prompt[:6000].strip()


async def test_a_file_that_is_too_large_is_refused_before_anything_is_spent(studio: Studio) -> None:
    studio.world.user("ada").has_nitro = True
    large = Upload("huge.png", b"\x89PNG" + bytes(50_000_001))
    message = await studio.person("ada").slash("pictures", "edit", prompt="x", image=large).message()
    assert "larger than 50 MB" in text_of(message)
    assert studio.asked == []


async def test_an_edit_without_words_is_refused(studio: Studio) -> None:
    message = await studio.person("ada").slash("pictures", "edit", prompt=" ", image=CAT).message()
    assert "prompt is empty" in text_of(message)


# --- the message menu ---


async def test_the_menu_edits_the_picture_of_any_message(studio: Studio) -> None:
    posted = studio.person("ben").say("pictures", "my cat", files=[CAT])
    modal = await studio.person("ada").menu(posted, "Edit image").modal()
    sent = studio.person("ada").submit(modal, {"What should change?": "add a hat"})
    message = await studio.picture(await sent.message())
    assert source_sizes(studio) == [(64, 48)]
    assert before_link(message) == jump_url(posted)


async def test_the_menu_asks_which_of_several_pictures(studio: Studio) -> None:
    posted = studio.person("ben").say("pictures", "my pets", files=[CAT, DOG])
    modal = await studio.person("ada").menu(posted, "Edit image").modal()
    labels_offered = [field.label for field in modal.fields()]
    assert labels_offered == ["Which image?", "What should change?", "Style"]
    sent = studio.person("ada").submit(modal, THE_DOG)
    await studio.picture(await sent.message())
    assert source_sizes(studio) == [(48, 64)]


async def test_the_menu_offers_more_pictures_than_one_list_takes(studio: Studio) -> None:
    """A message that is forwarded may show so many, together with its embeds."""
    posted = studio.person("ben").say("pictures", "my pets", files=[CAT] * 10)
    for _ in range(3):
        more = studio.person("ben").say("pictures", "more", files=[*[CAT] * 9, DOG])
        posted.attachments += more.attachments
    modal = await studio.person("ada").menu(posted, "Edit image").modal()
    offered = [field.label for field in modal.fields()]
    assert offered[:2] == ["Which image? 1 to 25", "Which image? 26 to 40"]
    both = {offered[0]: ["1. cat.png"], offered[1]: ["40. dog.png"], "What should change?": "a hat"}
    answer = await studio.person("ada").submit(modal, both).message()
    assert "has several images, and I can't tell which one you mean" in text_of(answer)
    only = {offered[1]: ["40. dog.png"], "What should change?": "a hat"}
    modal = await studio.person("ada").menu(posted, "Edit image").modal()
    await studio.picture(await studio.person("ada").submit(modal, only).message())
    assert source_sizes(studio) == [(48, 64)]


async def test_the_menus_dialogue_survives_a_restart(studio: Studio) -> None:
    studio.world.app.has_message_content = True
    posted = studio.person("ben").say("pictures", "my pets", files=[CAT, DOG])
    modal = await studio.person("ada").menu(posted, "Edit image").modal()
    await studio.restart()
    sent = studio.person("ada").submit(modal, THE_DOG)
    await studio.picture(await sent.message())
    assert source_sizes(studio) == [(48, 64)]


async def test_after_a_restart_an_unreadable_message_is_no_riddle(studio: Studio) -> None:
    posted = studio.person("ben").say("pictures", "my cat", files=[CAT])
    modal = await studio.person("ada").menu(posted, "Edit image").modal()
    await studio.restart()
    message = await studio.person("ada").submit(modal, {"What should change?": "a hat"}).message()
    assert message.is_ephemeral
    assert "I can't find an image" in text_of(message)


async def test_the_menu_finds_no_picture_where_there_is_none(studio: Studio) -> None:
    posted = studio.person("ben").say("pictures", "hello")
    message = await studio.person("ada").menu(posted, "Edit image").message()
    assert message.is_ephemeral
    assert "I can't find an image" in text_of(message)


async def test_the_menu_edits_our_own_pictures_too(studio: Studio) -> None:
    first = await studio.imagine("ben")
    modal = await studio.person("ada").menu(first, "Edit image").modal()
    sent = studio.person("ada").submit(modal, {"What should change?": "a hat"})
    assert before_link(await studio.picture(await sent.message())) == jump_url(first)


async def test_the_menu_edits_a_picture_in_an_embed(studio: Studio) -> None:
    posted = studio.person("ben").say("pictures", "look", files=[CAT])
    posted.embeds = [{"image": {"url": "attachment://cat.png"}}]
    modal = await studio.person("ada").menu(posted, "Edit image").modal()
    sent = studio.person("ada").submit(modal, {"What should change?": "a hat"})
    await studio.picture(await sent.message())
    assert source_sizes(studio) == [(64, 48)]


# --- the button ---


async def test_the_button_edits_the_picture_above_it(studio: Studio) -> None:
    first = await studio.imagine("ben")
    modal = await studio.person("ada").press(first, "Edit").modal()
    sent = studio.person("ada").submit(modal, {"What should change?": "make it night"})
    message = await studio.picture(await sent.message())
    assert before_link(message) == jump_url(first)
    job = await studio.job(job_id_of(message))
    assert job.source is not None
    assert job.source.job_id == job_id_of(first)
    assert job.member_id == studio.member_id("ada")


async def test_button_and_dialogue_survive_restarts(studio: Studio) -> None:
    first = await studio.imagine()
    await studio.restart()
    modal = await studio.person("ada").press(first, "Edit").modal()
    await studio.restart()
    sent = studio.person("ada").submit(modal, {"What should change?": "make it night"})
    await studio.picture(await sent.message())


async def test_the_dialogue_asks_which_of_several_pictures(studio: Studio) -> None:
    first = await studio.imagine(count=2)
    modal = await studio.person("ada").press(first, "Edit").modal()
    chosen = {"Which image?": ["Image 2"], "What should change?": "make it night"}
    sent = studio.person("ada").submit(modal, chosen)
    message = await studio.picture(await sent.message())
    job = await studio.job(job_id_of(message))
    assert job.source is not None
    assert job.source.job_id == job_id_of(first, 1)


async def test_an_edit_of_a_private_picture_is_private(studio: Studio) -> None:
    first = await studio.imagine(private=True)
    modal = await studio.person("ada").press(first, "Edit").modal()
    sent = studio.person("ada").submit(modal, {"What should change?": "make it night"})
    assert (await studio.picture(await sent.message())).is_ephemeral


async def test_the_dialogue_keeps_the_pictures_style(studio: Studio) -> None:
    first = await studio.imagine(style="manga")
    modal = await studio.person("ada").press(first, "Edit").modal()
    await studio.picture(await studio.person("ada").submit(modal, {"What should change?": "x"}).message())
    assert [one.style for one in studio.asked] == [Style.MANGA, Style.MANGA]


async def test_two_members_with_the_same_dialogue_open_do_not_meet(studio: Studio) -> None:
    first = await studio.imagine()
    names = ("ada", "ben")
    modals = [await studio.person(name).press(first, "Edit").modal() for name in names]
    assert modals[0].custom_id != modals[1].custom_id
    asks = [
        studio.person(name).submit(modal, {"What should change?": f"for {name}"})
        for name, modal in zip(names, modals, strict=True)
    ]
    for ask in asks:
        await studio.picture(await ask.message())
    assert sorted(one.prompt for one in studio.asked[1:]) == ["for ada", "for ben"]


async def test_permissions_count_at_the_moment_of_sending(studio: Studio) -> None:
    first = await studio.imagine()
    modal = await studio.person("ada").press(first, "Edit").modal()
    channel = studio.world.channel("pictures")
    studio.world.set_overwrite(channel, everyone_role(channel.guild), deny=Permissions.EMBED_LINKS)
    message = await studio.person("ada").submit(modal, {"What should change?": "x"}).message()
    assert "**Embed Links**" in text_of(message)


@pytest.mark.parametrize("seconds", [0.0, 2.0])
async def test_the_dialogue_opens_in_time_whatever_the_database_does(studio: Studio, seconds: float) -> None:
    first = await studio.imagine()
    studio.database.seconds = seconds
    await studio.person("ada").press(first, "Edit").modal()
