"""The feed in a Discord that is strict: what a message of it shows, and what moderators can do there."""

from bot.domain.ids import ChannelId, JobId
from bot.services.upkeep.feed import PAUSE_SECONDS, SETTLED_AFTER
from standins.fake_discord.model import Message
from standins.fake_discord.permissions import Permissions
from tests.chat.studio import Studio, labels, text_of
from tests.chat.test_complaints import has_hit, posts
from tests.chat.test_config import config
from tests.chat.test_review_actions import decide
from tests.shown_pictures import job_ids_of


async def set_feed(studio: Studio) -> None:
    channel_id = ChannelId(studio.world.channel("general").id)
    await studio.services.administration.set_feed_channel(
        studio.guild_id(), studio.member_id("otto"), channel_id
    )


async def first(studio: Studio) -> Message:
    await studio.until(lambda: posts(studio))
    return posts(studio)[0]


async def test_an_admin_sets_the_feed_and_it_shows_each_picture(studio: Studio) -> None:
    general = studio.world.channel("general")
    told = await config(studio, "feed", channel=general)
    assert f"I post every image in <#{general.id}> from now on" in text_of(told)
    card = await studio.imagine(prompt="a *fox* @everyone")
    post = await first(studio)
    text = text_of(post)
    assert r"**Image 1** a \*fox\* \@everyone" in text
    assert f"by <@{studio.member_id('ada')}>" in text
    assert "$0.05" in text
    assert f"/{card.channel.id}/{card.id}" in text
    assert post.embeds[0]["thumbnail"]["url"] == "attachment://feed-1.jpg"
    assert labels(post) == ["Remove", "Block", "Give back"]
    assert not post.mentions


async def test_in_a_rush_one_list_leads_to_each_picture(studio: Studio) -> None:
    studio.world.set_overwrite(
        studio.world.channel("general"), studio.world.app.user, deny=Permissions.SEND_MESSAGES
    )
    await set_feed(studio)
    await studio.imagine(count=2)
    studio.world.set_overwrite(
        studio.world.channel("general"), studio.world.app.user, allow=Permissions.SEND_MESSAGES
    )
    await studio.imagine("ben")
    post = await first(studio)
    if len(post.embeds) == 1:  # the bot was faster than the permission
        return
    (select,) = post.parts()
    chosen = select["options"][0]
    shown = await studio.person("mia").choose(post, select["placeholder"], [chosen["value"]]).message()
    await studio.until(lambda: "**Requested by:**" in text_of(shown))
    await decide(studio, shown, "Delete for everyone", "deleted")


async def test_a_moderator_removes_a_picture_from_the_feed(studio: Studio) -> None:
    await set_feed(studio)
    card = await studio.imagine()
    post = await first(studio)
    modal = await studio.person("mia").press(post, "Remove").modal()
    told = await studio.person("mia").submit(modal, {"reason": "no foxes"}).message()
    await studio.until(lambda: "Deleted for everyone: **Image 1**" in text_of(told))
    await studio.until(lambda: "> no foxes" in text_of(card))


async def test_members_who_see_the_feed_can_do_nothing_there(studio: Studio) -> None:
    await set_feed(studio)
    await studio.imagine()
    post = await first(studio)
    for button in ("Remove", "Give back"):
        assert "Manage Messages" in text_of(await studio.person("ben").press(post, button).message())


async def test_a_private_picture_is_in_the_feed_without_picture_link_and_removal(studio: Studio) -> None:
    await set_feed(studio)
    await studio.imagine(private=True)
    post = await first(studio)
    assert "private" in text_of(post)
    assert "https://" not in text_of(post)
    assert not post.attachments
    assert labels(post) == ["Block", "Give back"]


async def test_a_removed_picture_leaves_the_feed(studio: Studio) -> None:
    await set_feed(studio)
    card = await studio.imagine()
    post = await first(studio)
    question = await studio.person("ada").press(card, "Delete").message()
    await studio.person("ada").press(question, "Delete image").answer()
    await studio.until(lambda: post.id not in studio.world.messages)


async def test_of_several_pictures_in_a_message_the_others_stay(
    studio: Studio,
) -> None:
    general = studio.world.channel("general")
    studio.world.set_overwrite(general, studio.world.app.user, deny=Permissions.SEND_MESSAGES)
    await set_feed(studio)
    card = await studio.imagine(count=2)
    await studio.eventually(lambda: is_paused(studio))
    studio.world.set_overwrite(general, studio.world.app.user, allow=Permissions.SEND_MESSAGES)
    studio.clock.pass_by(PAUSE_SECONDS)
    post = await first(studio)
    assert len(post.attachments) == len(post.embeds) == 2
    gone, _ = job_ids_of(card)
    await studio.services.moderation.remove(JobId(gone), studio.guild_id(), studio.member_id("mia"))
    await studio.until(lambda: len(post.attachments) == 1)
    assert "**Image 2**" in text_of(post)
    assert "**Image 1**" not in text_of(post)
    assert post.embeds[0]["thumbnail"]["url"] == "attachment://feed-2.jpg"
    assert post.attachments[0].filename == "feed-2.jpg"


async def is_paused(studio: Studio) -> bool:
    return bool(studio.services.feed._paused_until)


async def test_the_card_in_the_same_channel_is_not_taken_for_the_message_that_was_about_to_leave(
    studio: Studio,
) -> None:
    """Its buttons name the picture, too."""
    pictures = studio.world.channel("pictures")
    await studio.services.administration.set_feed_channel(
        studio.guild_id(), studio.member_id("otto"), ChannelId(pictures.id)
    )
    fault = studio.discord.faults.add(f"POST /channels/{pictures.id}/messages", status=503)
    card = await studio.imagine()
    await studio.eventually(lambda: has_hit(fault))
    studio.discord.faults.clear()
    studio.clock.pass_by(2 * SETTLED_AFTER.total_seconds())
    await studio.until(lambda: [post for post in posts(studio, "pictures") if "Give back" in labels(post)])
    (job_id,) = job_ids_of(card)
    await studio.services.moderation.remove(JobId(job_id), studio.guild_id(), studio.member_id("mia"))
    await studio.until(lambda: posts(studio, "pictures") == [card])
