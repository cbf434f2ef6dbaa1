"""What is private stays so: its member alone is shown it again, and others see it only on a clear word."""

from datetime import timedelta

import pytest

from bot.chat.presenter.elements.numbers import relative
from bot.domain.job import JobState
from bot.services.members.post_limit import MOST_AN_HOUR
from standins.fake_discord.model import Message
from tests.chat.presses import press_forged
from tests.chat.studio import Studio, job_id_of, labels, number_of, text_of
from tests.chat.test_approvals import turn_on
from tests.chat.test_edit import before_link, jump_url
from tests.chat.test_jobs import ask_to_post, kept_picture, listed, panel, post

PROMPT = "a fox in the snow"


async def shown(studio: Studio, message: Message) -> Message:
    """What comes of "Show me" in the panel."""
    return await studio.picture(await studio.person("ada").press(message, "Show me").message())


def seen_by_all(studio: Studio) -> list[str]:
    """All that the bot has said in public, with the names of its pictures."""
    public = [one for one in studio.sent_by_bot() if not one.is_ephemeral and not one.is_deleted]
    return [text_of(one) for one in public] + [file.filename for one in public for file in one.attachments]


# --- showing, and posting ---


@pytest.mark.parametrize("is_private", [True, False])
async def test_a_picture_is_shown_again_to_its_member_alone(studio: Studio, is_private: bool) -> None:  # noqa: FBT001  by pytest
    first = await studio.imagine(private=is_private)
    before = seen_by_all(studio)
    again = await shown(studio, await panel(studio, await listed(studio), PROMPT))
    assert again.is_ephemeral
    assert job_id_of(again) == job_id_of(first)
    assert again.attachments[0].description == PROMPT
    assert seen_by_all(studio) == before


async def kept_private_picture(studio: Studio) -> Message:
    studio.services.account.pacer.pause(40)
    message = await studio.person("ada").slash("pictures", "imagine", prompt=PROMPT, private=True).message()
    studio.discord.faults.expire_tokens()
    await studio.eventually(lambda: _is_parked(studio))
    return message


async def test_a_kept_private_picture_is_not_posted_unseen_where_images_need_approval(studio: Studio) -> None:
    await kept_private_picture(studio)
    await turn_on(studio)
    message = await panel(studio, await listed(studio), PROMPT)
    assert "no moderator has approved this one" in text_of(await post(studio, message, "Post here"))
    assert seen_by_all(studio) == []


async def test_a_kept_private_picture_is_delivered_where_its_member_asks_for_it(studio: Studio) -> None:
    message = await kept_private_picture(studio)
    again = await shown(studio, await panel(studio, await listed(studio), PROMPT))
    assert again.is_ephemeral
    assert await studio.states() == [JobState.DELIVERED]
    assert (message.attachments, seen_by_all(studio)) == ([], [])
    modal = await studio.person("ada").press(again, "Edit").modal()
    edited = await studio.person("ada").submit(modal, {"What should change?": "x"}).message()
    assert (await studio.picture(edited)).is_ephemeral


async def _is_parked(studio: Studio) -> bool:
    (job,) = await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 1)
    return job.parked_at is not None


async def test_a_kept_public_picture_is_shown_to_its_member_and_can_still_be_posted(studio: Studio) -> None:
    await kept_picture(studio)
    message = await panel(studio, await listed(studio, channel="general"), PROMPT)
    again = await studio.person("ada").press(message, "Show me").message()
    await studio.until(lambda: again.attachments)
    assert again.is_ephemeral
    assert await studio.states() == [JobState.READY]
    await studio.picture(await post(studio, message, "Post here"))


async def test_no_single_press_publishes_a_private_picture(studio: Studio) -> None:
    await studio.imagine(private=True)
    message = await panel(studio, await listed(studio), PROMPT)
    for label in [one for one in labels(message) if one not in ("Back", "Delete", "Edit")]:
        message = await panel(studio, await listed(studio), PROMPT)
        await studio.person("ada").press(message, label).answer()
        studio.clock.pass_by(5)
    assert seen_by_all(studio) == []


async def test_the_question_says_what_others_will_see_and_can_be_left(studio: Studio) -> None:
    await studio.imagine(private=True)
    message = await panel(studio, await listed(studio), PROMPT)
    await ask_to_post(studio, message)
    assert "Only you can see it so far." in text_of(message)
    assert f"<#{message.channel.id}>" in text_of(message)
    await studio.person("ada").press(message, "Back").answer()
    await studio.until(lambda: "Your images" in text_of(message))
    assert seen_by_all(studio) == []


async def test_posting_follows_the_channels_of_the_server(studio: Studio) -> None:
    first = await studio.imagine(private=True)
    by_admin = studio.guild_id(), studio.member_id("otto")
    allowed = studio.world.channel("pictures")
    await studio.services.administration.set_channels(*by_admin, [allowed.id])  # type: ignore[list-item]  # an id
    said = studio.person("ada").say("general", "hello")
    answer = await press_forged(studio, said, f"post-publicly:{job_id_of(first)}").message()
    assert f"You can't generate images here. Try <#{allowed.id}>" in text_of(answer)
    assert seen_by_all(studio) == []
    studio.clock.pass_by(10)
    posted = await post(studio, await panel(studio, await listed(studio), PROMPT))
    await studio.until(lambda: posted.attachments)


async def test_posts_are_limited_over_a_restart_and_again_at_is_right(studio: Studio) -> None:
    first = await studio.imagine()
    studio.clock.hold()
    said = studio.person("ada").say("pictures", "hello")
    press = f"post-publicly:{job_id_of(first)}"
    for number in range(MOST_AN_HOUR):
        studio.clock.pass_by(60)
        await press_forged(studio, said, press).message()
        await studio.until(lambda: studio.sent_by_bot()[-1].attachments)
        if number == 0:
            free = relative(studio.clock.now() + timedelta(hours=1))
    studio.clock.pass_by(60)
    await studio.restart()
    refused = await press_forged(studio, said, press).message()
    assert refused.is_ephemeral
    assert f"You can post up to 10 images again per hour. You can post the next one {free}" in (
        text_of(refused)
    )
    assert (await press_forged(studio, said, press.replace("post-publicly", "show")).message()).is_ephemeral
    studio.clock.pass_by(3600)
    posted = await press_forged(studio, said, press).message()
    await studio.until(lambda: posted.attachments)
    assert not posted.is_ephemeral


# --- links, and other ways to others' eyes ---


async def test_no_link_leads_to_a_message_that_its_member_alone_sees(studio: Studio) -> None:
    first = await studio.imagine(private=True)
    modal = await studio.person("ada").press(first, "Edit").modal()
    edited = await studio.person("ada").submit(modal, {"What should change?": "a hat"}).message()
    await studio.picture(edited)
    assert "Original" not in labels(edited)
    assert "[Go to image]" not in text_of(await listed(studio))
    details = await studio.person("ada").press(edited, "Details").message()
    assert labels(details) == ["⭐ Add to favourites"]


async def test_a_public_edit_of_a_private_picture_leads_nobody_to_it(studio: Studio) -> None:
    first = await studio.imagine(private=True)
    job = str(number_of(first))
    ask = studio.person("ada").slash("pictures", "edit", prompt="a hat", source=job, private=False)
    edited = await studio.picture(await ask.message())
    assert not edited.is_ephemeral
    assert "Original" not in labels(edited)
    assert all(PROMPT not in text for text in seen_by_all(studio))


async def test_an_edit_of_a_private_source_is_private_unless_its_member_says_otherwise(
    studio: Studio,
) -> None:
    first = await studio.imagine(private=True)
    ask = studio.person("ada").slash("pictures", "edit", prompt="a hat", source=str(number_of(first)))
    assert (await studio.picture(await ask.message())).is_ephemeral


async def test_a_link_goes_when_the_picture_that_it_leads_to_is_deleted(studio: Studio) -> None:
    first = await studio.imagine()
    modal = await studio.person("ada").press(first, "Edit").modal()
    edited = await studio.person("ada").submit(modal, {"What should change?": "a hat"}).message()
    await studio.picture(edited)
    await studio.until(lambda: "Original" in labels(edited))
    assert before_link(edited) == jump_url(first)
    message = await panel(studio, await listed(studio), PROMPT)
    await studio.person("ada").press(message, "Delete").answer()
    await studio.until(lambda: first.is_deleted)
    await studio.until(lambda: "Original" not in labels(edited))
    details = await studio.person("ada").press(edited, "Details").message()
    assert labels(details) == ["Go to image", "⭐ Add to favourites"]
