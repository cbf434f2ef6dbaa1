"""The door without a slash: a reply to a picture that mentions the bot."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.domain.limits import OperatorLimits
from bot.domain.request import Door
from bot.store.driver.database import Database
from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from standins.fake_discord.permission_rules import everyone_role
from standins.fake_discord.permissions import Permissions
from standins.fake_discord.server import FakeDiscord
from tests.chat.studio import PATIENCE_SECONDS, Studio, job_id_of, labels, opened, text_of
from tests.services.outsides import png, size_of

CAT = Upload("cat.png", png(64, 48, "orange"))
DOG = Upload("dog.png", png(48, 64, "brown"))


async def reply_to(studio: Studio, said: Message) -> Message:
    """The bot's reply to what somebody said."""

    def found() -> Message | None:
        return next((one for one in studio.sent_by_bot() if one.reply_to_id == said.id), None)

    return await studio.world.until(lambda _: found(), within_seconds=PATIENCE_SECONDS)


async def nothing_is_being_read() -> bool:
    return all(task.get_name() != "discord.py: on_message" for task in asyncio.all_tasks())


async def stays_silent(studio: Studio) -> bool:
    """Whether the bot, once it has answered something said later, has answered nothing else."""
    before = len(studio.sent_by_bot())
    mia = studio.person("mia")
    said = mia.say("pictures", "@lantern", reply_to=mia.say("pictures", "x"))
    await reply_to(studio, said)
    await studio.eventually(nothing_is_being_read)
    return len(studio.sent_by_bot()) == before + 1


async def test_a_reply_edits_our_picture(studio: Studio) -> None:
    first = await studio.imagine("ben")
    said = studio.person("ada").say("pictures", "@lantern make it night", reply_to=first)
    message = await studio.picture(await reply_to(studio, said))
    assert studio.asked[1].prompt == "make it night"
    assert "Original" in labels(message)
    job = await studio.job(job_id_of(message))
    assert (job.door, job.member_id) == (Door.REPLY, studio.member_id("ada"))
    assert job.source is not None
    assert job.source.job_id == job_id_of(first)


async def test_a_reply_needs_no_privileged_intent_for_our_pictures(studio: Studio) -> None:
    assert not studio.world.app.has_message_content
    first = await studio.imagine()
    said = studio.person("ada").say("pictures", "brighter, @lantern please", reply_to=first)
    await studio.picture(await reply_to(studio, said))
    assert studio.asked[1].prompt == "brighter, please"


async def test_a_reply_edits_anybodys_picture_that_the_bot_may_read(studio: Studio) -> None:
    studio.world.app.has_message_content = True
    posted = studio.person("ben").say("pictures", "my cat", files=[CAT])
    said = studio.person("ada").say("pictures", "@lantern add a hat", reply_to=posted)
    await studio.picture(await reply_to(studio, said))
    assert [size_of(picture) for picture in studio.provider.uploaded] == [(64, 48)]


async def test_a_picture_that_cannot_be_read_names_the_menu(studio: Studio) -> None:
    posted = studio.person("ben").say("pictures", "my cat", files=[CAT])
    said = studio.person("ada").say("pictures", "@lantern add a hat", reply_to=posted)
    assert "Apps ▸ Edit image" in text_of(await reply_to(studio, said))
    assert studio.asked == []


async def test_a_picture_that_discord_hides_is_refused_with_the_true_reason(studio: Studio) -> None:
    posted = studio.person("ben").say("pictures", "my cat", files=[CAT])
    said = studio.person("ada").say("pictures", "@lantern add a hat", reply_to=posted)
    told = text_of(await reply_to(studio, said))
    assert "Message Content is off for this bot" in told
    assert "`/edit`" not in told
    assert f"</edit:{command_id(studio, 'edit')}>" in told


async def test_a_message_without_a_picture_is_not_called_hidden(studio: Studio) -> None:
    posted = studio.person("ben").say("pictures", "@lantern is nice")
    said = studio.person("ada").say("pictures", "@lantern add a hat", reply_to=posted)
    await reply_to(studio, posted)
    assert "I can't find an image" in text_of(await reply_to(studio, said))


async def test_a_wish_without_a_picture_leads_to_the_command_in_one_line(studio: Studio) -> None:
    said = studio.person("ada").say("pictures", "@lantern a red boat")
    told = text_of(await reply_to(studio, said))
    assert told == f"To create an image, use </imagine:{command_id(studio, 'imagine')}>."


@pytest.mark.parametrize(
    ("reads_all", "which"), [(True, "To edit an image,"), (False, "To edit one of my images,")]
)
async def test_a_mention_without_words_says_what_a_reply_can_edit(
    studio: Studio, which: str, *, reads_all: bool
) -> None:
    studio.world.app.has_message_content = reads_all
    await studio.restart()
    told = text_of(await reply_to(studio, studio.person("ada").say("pictures", "@lantern")))
    assert told.startswith(which)


def command_id(studio: Studio, name: str) -> int:
    return next(one.id for one in studio.world.commands.values() if one.name == name)


async def test_one_of_several_pictures_has_to_be_named(studio: Studio) -> None:
    first = await studio.imagine(count=2)
    said = studio.person("ada").say("pictures", "@lantern add a hat", reply_to=first)
    assert "That message has several images" in text_of(await reply_to(studio, said))


async def test_a_reply_without_words_asks_for_them(studio: Studio) -> None:
    first = await studio.imagine()
    said = studio.person("ada").say("pictures", "@lantern", reply_to=first)
    assert "prompt is empty" in text_of(await reply_to(studio, said))


async def test_talk_below_a_picture_is_left_alone(studio: Studio) -> None:
    first = await studio.imagine()
    ours = await studio.picture(
        await reply_to(studio, studio.person("ada").say("pictures", "@lantern a hat", reply_to=first))
    )
    studio.person("ada").say("pictures", "how lovely", reply_to=first)
    studio.person("ben").say("pictures", "how lovely", reply_to=ours, pings_author=False)
    studio.person("ada").say("pictures", "@ben look", reply_to=first)
    assert await stays_silent(studio)
    assert len(studio.asked) == 2


async def test_another_bot_is_not_heard(studio: Studio) -> None:
    """Two of them could go on for ever; a webhook, whose name anybody may choose, counts as one."""
    first = await studio.imagine()
    robot = studio.world.add_user("robot", "Robot", is_bot=True)
    studio.world.add_member(studio.world.guild("Lantern Studio"), robot)
    studio.person("robot").say("pictures", "@lantern a hat", reply_to=first)
    assert await stays_silent(studio)
    assert len(studio.asked) == 1


async def test_talk_that_pings_is_answered_once_and_then_given_a_sign(studio: Studio) -> None:
    first = await studio.imagine("ben")
    said = studio.person("ada").say("pictures", "@lantern a hat", reply_to=first)
    ours = await studio.picture(await reply_to(studio, said))
    thanks = studio.person("ben").say("pictures", "thanks", reply_to=ours, pings_author=True)
    assert "mention me" in text_of(await reply_to(studio, thanks))
    again = studio.person("ben").say("pictures", "really", reply_to=ours, pings_author=True)
    await studio.until(lambda: again.reactions)
    assert await stays_silent(studio)
    assert len(studio.asked) == 2


async def test_who_may_not_use_applications_here_is_refused(studio: Studio) -> None:
    first = await studio.imagine("ben")
    channel = studio.world.channel("pictures")
    ada = studio.world.user("ada")
    studio.world.set_overwrite(channel, ada, deny=Permissions.USE_APPLICATION_COMMANDS)
    said = studio.person("ada").say("pictures", "@lantern add a hat", reply_to=first)
    assert "doesn't let you use **edit**" in text_of(await reply_to(studio, said))
    assert len(studio.asked) == 1


async def test_an_asker_of_the_impossible_is_told_once_in_a_while(studio: Studio) -> None:
    studio.clock.hold()
    posted = studio.person("ben").say("pictures", "my cat", files=[CAT])
    first = studio.person("ada").say("pictures", "@lantern a hat", reply_to=posted)
    await reply_to(studio, first)
    second = studio.person("ada").say("pictures", "@lantern a hat", reply_to=posted)
    assert await stays_silent(studio)
    studio.clock.pass_by(60)
    third = studio.person("ada").say("pictures", "@lantern a hat", reply_to=posted)
    await reply_to(studio, third)
    assert [one for one in studio.sent_by_bot() if one.reply_to_id == second.id] == []


async def test_a_refusal_pings_nobody(studio: Studio) -> None:
    first = await studio.imagine()
    said = studio.person("ada").say("pictures", "@lantern", reply_to=first)
    assert (await reply_to(studio, said)).mentions == []


async def test_missing_permissions_are_told(studio: Studio) -> None:
    first = await studio.imagine()
    channel = studio.world.channel("pictures")
    studio.world.set_overwrite(channel, everyone_role(channel.guild), deny=Permissions.ATTACH_FILES)
    said = studio.person("ada").say("pictures", "@lantern a hat", reply_to=first)
    assert "**Attach Files**" in text_of(await reply_to(studio, said))
    assert len(studio.asked) == 1


async def test_where_it_may_not_speak_the_bot_spends_nothing(studio: Studio) -> None:
    first = await studio.imagine()
    channel = studio.world.channel("pictures")
    bot = studio.world.app.user
    studio.world.set_overwrite(channel, bot, deny=Permissions.SEND_MESSAGES)
    said = studio.person("ada").say("pictures", "@lantern a hat", reply_to=first)
    await studio.until(lambda: said.reactions)
    assert len(studio.asked) == 1


async def test_a_reply_of_the_longest_prompt_is_answered(studio: Studio) -> None:
    first = await studio.imagine()
    said = studio.person("ada").say("pictures", "@lantern " + "🦊 " * 900, reply_to=first)
    await studio.picture(await reply_to(studio, said))


async def test_a_lost_answer_makes_no_second_reply(studio: Studio) -> None:
    first = await studio.imagine()
    studio.discord.faults.lose_answer("POST /channels/*")
    said = studio.person("ada").say("pictures", "@lantern a hat", reply_to=first)
    message = await studio.picture(await reply_to(studio, said))
    assert [one for one in studio.sent_by_bot() if one.reply_to_id == said.id] == [message]


async def test_a_reply_in_doubt_is_found_although_the_second_attempt_is_refused(studio: Studio) -> None:
    first = await studio.imagine()
    faults = studio.discord.faults
    faults.lose_answer("POST /channels/*")
    refused = faults.add("POST /channels/*", status=403, code=50013, times=1)
    said = studio.person("ada").say("pictures", "@lantern a hat", reply_to=first)
    message = await studio.picture(await reply_to(studio, said))
    assert refused.hits == 1
    assert [one for one in studio.sent_by_bot() if one.reply_to_id == said.id] == [message]


@pytest.fixture
async def quiet(fake: FakeDiscord, database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    limits = OperatorLimits(per_day=5)
    async with opened(Studio(fake, database, tmp_path, limits=limits, has_reply_edits=False)) as studio:
        yield studio


async def test_the_door_can_be_shut(quiet: Studio) -> None:
    first = await quiet.imagine()
    quiet.person("ada").say("pictures", "@lantern a hat", reply_to=first)
    again = await quiet.person("ada").press(first, "Rerun").message()
    await quiet.picture(again)
    assert quiet.sent_by_bot() == [first, again]
    assert not quiet.client.intents.guild_messages
