"""/jobs and /help."""

import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.job import JobState
from standins.fake_discord.faults import Fault
from standins.fake_discord.model import Message
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from tests.chat.studio import Studio, job_id_of, labels, text_of


def says(message: Message, words: str) -> bool:
    return words in text_of(message)


async def listed(studio: Studio, who: str = "ada", channel: str = "pictures") -> Message:
    return await studio.person(who).slash(channel, "jobs").message()


async def panel(studio: Studio, message: Message, choice: str) -> Message:
    """The same message, once it shows the picture chosen from the list."""
    await studio.person("ada").choose(message, "Choose an image to cancel, post or edit …", [choice]).answer()
    await studio.until(lambda: "Back" in labels(message))
    return message


async def ask_to_post(studio: Studio, message: Message, label: str = "Post again") -> None:
    """Press the panel's button, and wait until the panel asks back."""
    await studio.person("ada").press(message, label).answer()
    await studio.until(lambda: "Post for everyone" in labels(message))


async def post(studio: Studio, message: Message, label: str = "Post again") -> Message:
    """The public message that comes of it."""
    await ask_to_post(studio, message, label)
    return await studio.person("ada").press(message, "Post for everyone").message()


async def kept_picture(studio: Studio) -> None:
    """A picture whose card nobody can reach any more: the channel is shut to the bot meanwhile."""
    channel = studio.world.channel("pictures")
    message = await studio.person("ada").slash("pictures", "imagine", prompt="a fox in the snow").message()
    studio.discord.faults.expire_tokens()
    studio.world.set_overwrite(channel, everyone_role(channel.guild), deny=Permissions.VIEW_CHANNEL)
    await studio.eventually(lambda: is_kept(studio))
    studio.world.set_overwrite(channel, everyone_role(channel.guild))
    assert message.attachments == []


async def is_kept(studio: Studio) -> bool:
    (job,) = await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 5)
    return job.parked_at is not None


async def test_the_list_is_empty_at_first(studio: Studio) -> None:
    message = await listed(studio)
    assert message.is_ephemeral
    assert "Nothing here yet" in text_of(message)


async def test_the_list_shows_ones_own_pictures_with_links(studio: Studio) -> None:
    mine = await studio.imagine(prompt="a fox in the snow")
    await studio.imagine("ben", prompt="an owl")
    told = text_of(await listed(studio))
    assert "🖼️ a fox in the snow" in told
    assert f"/{mine.channel.id}/{mine.id})" in told
    assert "owl" not in told


async def test_the_list_has_pages(studio: Studio) -> None:
    studio.services.account.pacer.pause(10_000)
    for number in range(3):
        await studio.person("ada").slash("pictures", "imagine", prompt=f"fox {number}", count=4).message()
    message = await listed(studio)
    assert [text_of(message).count(f"fox {number}") for number in (2, 1, 0)] == [4, 4, 2]
    await studio.person("ada").press(message, "Older").answer()
    await studio.until(lambda: text_of(message).count("fox 0") == 2)
    await studio.until(lambda: text_of(message).count("fox 1") == 0)
    await studio.person("ada").press(message, "Newer").answer()
    await studio.until(lambda: text_of(message).count("fox 2") == 4)


async def test_the_oldest_of_many_pictures_is_reached(studio: Studio) -> None:
    studio.services.account.pacer.pause(10_000)
    await studio.person("ada").slash("pictures", "imagine", prompt="an owl").message()
    for number in range(7):
        await studio.person("ada").slash("pictures", "imagine", prompt=f"fox {number}", count=4).message()
    message = await listed(studio)
    for page in range(2, 4):
        await studio.person("ada").press(message, "Older").answer()
        await studio.until(partial(says, message, f"Page {page} of 3"))
    await studio.person("ada").press(await panel(studio, message, "an owl"), "Cancel").answer()
    await studio.until(lambda: "cancelled · doesn't count toward the limit" in text_of(message))
    await studio.person("ada").press(message, "Back").answer()
    await studio.until(lambda: "🚫 an owl" in text_of(message))


async def test_a_waiting_picture_is_cancelled_from_the_list(studio: Studio) -> None:
    studio.services.account.pacer.pause(10_000)
    card = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    message = await panel(studio, await listed(studio), "a fox")
    await studio.person("ada").press(message, "Cancel").answer()
    await studio.until(lambda: "cancelled · doesn't count toward the limit" in text_of(message))
    await studio.until(lambda: "**Cancelled**" in text_of(card))
    await studio.person("ada").press(message, "Back").answer()
    await studio.until(lambda: "🚫 a fox" in text_of(message))


async def test_a_kept_picture_is_posted_where_its_member_likes(studio: Studio) -> None:
    await kept_picture(studio)
    message = await panel(studio, await listed(studio, channel="general"), "a fox in the snow")
    assert "ready, but couldn't be posted" in text_of(message)
    posted = await post(studio, message, "Post here")
    assert posted.channel.name == "general"
    await studio.picture(posted)
    await studio.until(lambda: labels(posted) == ["Edit", "Rerun", "Reword", "Vary", "Details", "Delete"])
    assert await studio.states() == [JobState.DELIVERED]
    assert len(studio.asked) == 1


async def test_a_kept_picture_is_posted_once(studio: Studio) -> None:
    await kept_picture(studio)
    first = await panel(studio, await listed(studio, channel="general"), "a fox in the snow")
    second = await panel(studio, await listed(studio, channel="general"), "a fox in the snow")
    await ask_to_post(studio, second, "Post here")
    await studio.picture(await post(studio, first, "Post here"))
    studio.clock.pass_by(10)
    again = await studio.person("ada").press(second, "Post for everyone").message()
    await studio.until(lambda: again.is_deleted or len(again.attachments) == 1 or again.is_ephemeral)
    shown = [one for message in studio.sent_by_bot() for one in message.attachments]
    assert len({one.filename for one in shown}) == 1


async def test_a_kept_picture_that_cannot_move_leaves_no_promise_behind(
    studio: Studio, tmp_path: Path
) -> None:
    """The database takes nothing between the new message and the record that the card stands there."""
    await kept_picture(studio)
    message = await panel(studio, await listed(studio, channel="general"), "a fox in the snow")
    await ask_to_post(studio, message, "Post here")
    slow = studio.discord.faults.slow("POST /interactions/*", seconds=1, times=1)
    spoilt = studio.discord.faults.add("DELETE /webhooks/*", status=403, code=40333, times=1)
    ask = studio.person("ada").press(message, "Post for everyone")
    await studio.eventually(lambda: was_hit(slow))
    with closing(sqlite3.connect(tmp_path / "bot.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        posted = await ask.message()
        assert "on the way to this message" in text_of(posted)
        await studio.until(lambda: posted.is_deleted)
    assert spoilt.hits == 1
    studio.clock.pass_by(10)
    message = await panel(studio, await listed(studio, channel="general"), "a fox in the snow")
    await studio.picture(await post(studio, message, "Post here"))


async def was_hit(fault: Fault) -> bool:
    return fault.hits > 0


async def test_a_delivered_picture_is_posted_again_with_an_edit_button(studio: Studio) -> None:
    first = await studio.imagine(private=True)
    message = await panel(studio, await listed(studio), "a fox in the snow")
    posted = await post(studio, message)
    await studio.until(lambda: len(posted.attachments) == 1)
    assert not posted.is_ephemeral
    assert posted.attachments[0].description == "a fox in the snow"
    assert job_id_of(posted) == job_id_of(first)
    modal = await studio.person("ada").press(posted, "Edit").modal()
    await studio.picture(await studio.person("ada").submit(modal, {"What should change?": "a hat"}).message())


async def test_what_is_posted_for_all_may_be_edited_by_all(studio: Studio) -> None:
    await studio.imagine(private=True)
    message = await panel(studio, await listed(studio), "a fox in the snow")
    posted = await post(studio, message)
    await studio.until(lambda: len(posted.attachments) == 1)
    modal = await studio.person("ben").press(posted, "Edit").modal()
    edited = await studio.person("ben").submit(modal, {"What should change?": "a hat"}).message()
    await studio.picture(edited)
    assert not edited.is_ephemeral
    before = next(str(part["url"]) for part in edited.parts() if part.get("label") == "Original")
    assert before.endswith(f"/{posted.id}")


async def test_its_owner_or_a_moderator_takes_the_copy_down_and_the_card_stays(studio: Studio) -> None:
    first = await studio.imagine()
    message = await panel(studio, await listed(studio), "a fox in the snow")
    posted = await post(studio, message)
    await studio.until(lambda: len(posted.attachments) == 1)
    answer = await studio.person("ben").press(posted, "Delete").message()
    assert "Only the member who asked for it" in text_of(answer)
    await studio.person("mia").press(posted, "Delete").answer()
    await studio.until(lambda: posted.is_deleted)
    assert not first.is_deleted
    assert (await studio.job(job_id_of(first))).deleted_at is None


async def test_a_picture_whose_file_is_gone_is_not_posted_again(studio: Studio) -> None:
    await studio.imagine()
    message = await panel(studio, await listed(studio), "a fox in the snow")
    studio.provider.on_download.append(FileRefused(SourceProblem.GONE))
    await ask_to_post(studio, message)
    ask = studio.person("ada").press(message, "Post for everyone")
    await studio.until(ask.followups)
    assert "no longer has this image's file" in text_of(ask.followups()[0])
    assert not [one for one in studio.sent_by_bot() if one.is_thinking]


async def test_posting_needs_permissions_too(studio: Studio) -> None:
    await studio.imagine(private=True)
    message = await panel(studio, await listed(studio), "a fox in the snow")
    channel = studio.world.channel("pictures")
    studio.world.set_overwrite(channel, everyone_role(channel.guild), deny=Permissions.SEND_MESSAGES)
    await ask_to_post(studio, message)
    answer = await studio.person("ada").press(message, "Post for everyone").message()
    assert "**Send Messages**" in text_of(answer)


async def test_a_picture_is_deleted_from_the_list(studio: Studio) -> None:
    first = await studio.imagine()
    message = await panel(studio, await listed(studio), "a fox in the snow")
    await studio.person("ada").press(message, "Delete").answer()
    await studio.until(lambda: first.is_deleted)
    await studio.until(lambda: "Deleted 1 image." in text_of(message))


async def test_help_names_every_door(studio: Studio) -> None:
    message = await studio.person("ada").slash("pictures", "help").message()
    assert message.is_ephemeral
    mention = studio.world.app.user.mention
    for door in ("/imagine", "/edit", "Edit image", "**Edit**", f"{mention} make it night", "/jobs"):
        assert door in text_of(message)
