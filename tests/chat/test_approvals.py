"""Approval: what everybody sees of a picture that waits, and what moderators decide, in a strict Discord."""

import pytest

from bot.domain.approval import ApprovalRules
from bot.domain.ids import ChannelId, RoleId
from bot.domain.job import Job, JobState
from standins.fake_discord.model import Message
from standins.fake_discord.permissions import Permissions
from tests.chat.onlookers import heard
from tests.chat.presses import press_forged
from tests.chat.studio import Studio, labels, text_of
from tests.chat.test_complaints import post_of, posts, set_channel
from tests.chat.test_jobs import kept_picture, listed, panel
from tests.chat.test_jobs import post as post_from_list
from tests.chat.test_review import review

WAITS = "Waiting for a moderator's approval"
FOX = "a fox in the snow"


async def need_it(studio: Studio, rules: ApprovalRules) -> None:
    await studio.services.administration.set_approval(
        studio.guild_id(), studio.member_id("otto"), lambda _: rules
    )


async def turn_on(studio: Studio) -> None:
    await need_it(studio, ApprovalRules(is_for_everyone=True))


async def held(studio: Studio, prompt: str = FOX) -> Message:
    """Ada's card, whose picture waits."""
    await turn_on(studio)
    card = await studio.person("ada").slash("pictures", "imagine", prompt=prompt).message()
    await studio.until(lambda: WAITS in text_of(card))
    return card


async def held_with_post(studio: Studio) -> tuple[Message, Message]:
    await set_channel(studio)
    return await held(studio), await post_of(studio)


async def newest(studio: Studio) -> Job:
    return (await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 1))[0]


# --- held ---------------------------------------------------------------------------------------------


async def test_the_card_says_that_a_moderator_will_look_and_shows_neither_picture_nor_prompt(
    studio: Studio,
) -> None:
    card = await held(studio)
    assert "a moderator will look at it before anyone sees it" in text_of(card)
    assert not card.attachments
    assert FOX not in text_of(card)
    assert "Delete" in labels(card)
    assert "Edit" not in labels(card)


async def test_its_member_reads_the_prompt_and_others_do_not(studio: Studio) -> None:
    card = await held(studio)
    assert FOX in text_of(await studio.person("ada").press(card, "Full prompt").message())
    assert FOX not in await heard(studio, studio.person("ben").press(card, "Full prompt"))


async def test_its_member_sees_it_only_as_waiting(studio: Studio) -> None:
    card = await held(studio)
    listed = await studio.person("ada").slash("pictures", "jobs").message()
    assert "waiting for approval" in text_of(listed)
    assert not listed.attachments
    (select,) = [part for part in listed.parts() if part.get("options")]
    await studio.person("ada").choose(listed, select["placeholder"], [select["options"][0]["value"]]).answer()
    await studio.until(lambda: "**Status:** waiting for approval" in text_of(listed))
    assert "Show me" not in labels(listed)
    job_id = (await newest(studio)).id
    for custom_id in (f"show:{job_id}", f"post:{job_id}", f"post-publicly:{job_id}", f"edit:{job_id}"):
        told = await heard(studio, press_forged(studio, card, custom_id, "ada"))
        assert "picture-" not in told, custom_id
        assert "edit-form" not in told, custom_id


async def test_the_details_of_others_have_no_prompt(studio: Studio) -> None:
    card = await held(studio)
    told = text_of(await studio.person("ben").menu(card, "Image details").message())
    assert FOX not in told
    assert "hidden until a moderator decides" in told


async def test_it_is_no_source(studio: Studio) -> None:
    await held(studio)
    told = await heard(studio, studio.person("ada").slash("pictures", "edit", prompt="at night", source="1"))
    assert "isn't ready yet" in told or "not" in told
    jobs = await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 5)
    assert len(jobs) == 1


# --- decided ------------------------------------------------------------------------------------------


async def test_moderators_see_prompt_member_and_picture_and_approve_with_one_press(studio: Studio) -> None:
    card, post = await held_with_post(studio)
    assert "Image 1 waits for approval" in text_of(post)
    assert FOX in text_of(post)
    assert f"<@{studio.member_id('ada')}>" in text_of(post)
    assert labels(post) == ["Approve", "Reject", "Reject and block"]
    assert [one.filename for one in post.attachments] == ["waiting-1.jpg"]
    told = await studio.person("mia").press(post, "Approve").message()
    await studio.until(lambda: "Approved: **Image 1**" in text_of(told))
    await studio.until(lambda: card.attachments)
    await studio.until(lambda: FOX in text_of(card))
    await studio.until(lambda: f"**Approved** by <@{studio.member_id('mia')}>" in text_of(post))
    assert labels(post) == []
    assert "Approved: **Image 1**" in text_of(await review(studio, "audit"))


async def test_rejected_the_card_says_why_and_the_picture_is_gone_from_the_post(studio: Studio) -> None:
    card, post = await held_with_post(studio)
    modal = await studio.person("mia").press(post, "Reject").modal()
    told = await studio.person("mia").submit(modal, {"reason": "no foxes"}).message()
    await studio.until(lambda: "Rejected: no one sees **Image 1**" in text_of(told))
    await studio.until(lambda: "Not approved by a moderator" in text_of(card))
    assert "> no foxes" in text_of(card)
    assert FOX not in text_of(card)
    assert "no moderator approved what it made" in text_of(card)
    await studio.until(lambda: not post.attachments)
    assert f"**Rejected** by <@{studio.member_id('mia')}>" in text_of(post)
    assert "Not approved: **Image 1**" in text_of(await review(studio, "audit"))


async def test_rejected_and_blocked_the_member_is_blocked(studio: Studio) -> None:
    _card, post = await held_with_post(studio)
    modal = await studio.person("mia").press(post, "Reject and block").modal()
    sent = {"reason": "no foxes", "other-length": "2 days", "counts": ["no"]}
    await studio.person("mia").submit(modal, sent).message()
    await studio.until(lambda: "Rejected" in text_of(post))
    told = text_of(await studio.person("ada").slash("pictures", "imagine", prompt="an owl").message())
    assert "no foxes" in told
    jobs = await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 5)
    assert [job.is_given_back for job in jobs] == [True]


async def test_a_moderator_cannot_reject_and_block_an_admin(studio: Studio) -> None:
    await set_channel(studio)
    await turn_on(studio)
    card = await studio.person("otto").slash("pictures", "imagine", prompt=FOX).message()
    await studio.until(lambda: WAITS in text_of(card))
    post = await post_of(studio)
    modal = await studio.person("mia").press(post, "Reject and block").modal()
    await heard(studio, studio.person("mia").submit(modal, {"reason": "", "other-length": "2 days"}))
    assert WAITS in text_of(card)
    assert await studio.services.block_list.of(studio.guild_id(), studio.member_id("otto")) is None


async def test_a_second_moderator_is_told_who_was_faster(studio: Studio) -> None:
    _card, post = await held_with_post(studio)
    modal = await studio.person("otto").press(post, "Reject").modal()
    await studio.person("mia").press(post, "Approve").answer()
    await studio.until(lambda: "Approved" in text_of(post))
    told = await heard(studio, studio.person("otto").submit(modal, {"reason": ""}))
    assert f"Somebody was faster: ✅ **Approved** by <@{studio.member_id('mia')}>" in told


async def test_its_member_deletes_it_and_the_post_says_so(studio: Studio) -> None:
    card, post = await held_with_post(studio)
    question = await studio.person("ada").press(card, "Delete").message()
    await studio.person("ada").press(question, "Delete image").answer()
    await studio.until(lambda: f"**Deleted** by <@{studio.member_id('ada')}>" in text_of(post))
    await studio.until(lambda: not post.attachments)
    assert (await newest(studio)).state is JobState.REJECTED


# --- the list -----------------------------------------------------------------------------------------


async def test_the_list_works_without_a_channel(studio: Studio) -> None:
    card = await held(studio)
    await held(studio, "an owl")
    message = await review(studio, "approvals")
    assert "2 images wait." in text_of(message)
    assert "No moderators' channel is set" in text_of(message)
    assert text_of(message).index(FOX) < text_of(message).index("an owl")
    (select,) = [part for part in message.parts() if part.get("options")]
    mia = studio.person("mia")
    await mia.choose(message, select["placeholder"], [select["options"][0]["value"]]).answer()
    await studio.until(lambda: "Image 1 waits for approval" in text_of(message))
    assert [one.filename for one in message.attachments] == ["waiting-1.png"]
    await mia.press(message, "Approve").answer()
    await studio.until(lambda: "1 image waits." in text_of(message))
    await studio.until(lambda: card.attachments)


async def test_a_channel_that_the_bot_may_not_write_to_is_said_and_the_list_works(studio: Studio) -> None:
    general, me = studio.world.channel("general"), studio.world.app.user
    studio.world.set_overwrite(general, me, deny=Permissions.SEND_MESSAGES)
    await set_channel(studio)
    await held(studio)

    async def is_told() -> bool:
        return "I can't post in" in text_of(await review(studio, "approvals"))

    await studio.eventually(is_told)
    assert posts(studio) == []
    checked = text_of(await studio.person("otto").slash("pictures", "config check").message())
    assert "**Moderators' channel**" in checked
    assert "Send Messages" in checked[checked.index("**Moderators' channel**") :]


async def test_what_waits_moves_to_a_new_channel_if_the_old_one_is_deleted(studio: Studio) -> None:
    _card, post = await held_with_post(studio)
    studio.world.delete_channel(post.channel)
    studio.world.add_channel(post.channel.guild, "bureau")
    await set_channel(studio, "bureau")
    await studio.until(lambda: posts(studio, "bureau"))
    (again,) = posts(studio, "bureau")
    assert labels(again)[:3] == labels(post)[:3]
    assert again.attachments


async def test_what_waits_stays_in_an_old_channel_that_still_is_there(studio: Studio) -> None:
    card, post = await held_with_post(studio)
    studio.world.add_channel(post.channel.guild, "bureau")
    await set_channel(studio, "bureau")
    await studio.person("mia").press(post, "Approve").answer()
    await studio.until(lambda: card.attachments and "**Approved**" in text_of(post))
    assert posts(studio, "bureau") == []


# --- posted again ---


async def posted(studio: Studio, channel: str, label: str = "Post again") -> Message:
    """The answer to who posts Ada's picture from `/jobs` for everyone."""
    return await post_from_list(
        studio, await panel(studio, await listed(studio, channel=channel), FOX), label
    )


@pytest.mark.parametrize("is_private", [True, False])
@pytest.mark.parametrize("channel", ["general", "a thread"])
async def test_what_no_moderator_has_seen_is_not_posted_where_images_need_approval(
    studio: Studio,
    is_private: bool,  # noqa: FBT001  pytest passes it by name
    channel: str,
) -> None:
    await studio.imagine(private=is_private)
    general = studio.world.channel("general")
    studio.world.add_thread(general, "a thread")
    await need_it(studio, ApprovalRules(channels=frozenset({ChannelId(general.id)})))
    assert "no moderator has approved this one" in text_of(await posted(studio, channel))
    assert posts(studio, channel) == []
    studio.clock.pass_by(10)  # the same press at once is taken for a double click
    await studio.picture(await posted(studio, "pictures"))


async def test_what_a_role_makes_is_not_posted_unseen_anywhere(studio: Studio) -> None:
    await studio.imagine(private=True)
    guild = studio.world.guild("Lantern Studio")
    new = studio.world.add_role(guild, "New", Permissions.NONE)
    studio.world.set_roles(guild.members[studio.world.user("ada").id], new)
    await need_it(studio, ApprovalRules(roles=frozenset({RoleId(new.id)})))
    assert "no moderator has approved this one" in text_of(await posted(studio, "pictures"))


async def test_what_a_moderator_has_approved_is_posted_again(studio: Studio) -> None:
    card, post = await held_with_post(studio)
    await studio.person("mia").press(post, "Approve").answer()
    await studio.picture(card)
    await studio.picture(await posted(studio, "pictures"))


async def test_what_was_kept_is_posted_where_it_was_asked_for_and_unseen_nowhere_else(studio: Studio) -> None:
    """Its request needed no approval there, and keeps that rule."""
    await kept_picture(studio)
    await turn_on(studio)
    assert "no moderator has approved this one" in text_of(await posted(studio, "general", "Post here"))
    studio.clock.pass_by(10)  # the same press at once is taken for a double click
    await studio.picture(await posted(studio, "pictures", "Post here"))


# --- the settings -------------------------------------------------------------------------------------


async def test_an_admin_turns_it_on_for_everyone_roles_and_channels_in_the_panel(studio: Studio) -> None:
    otto = studio.person("otto")
    panel = await otto.slash("pictures", "config approval").message()
    assert "No images need approval" in text_of(panel)
    await otto.press(panel, "For everyone").answer()
    await studio.until(lambda: "**Everyone's** images need approval" in text_of(panel))
    channel_id = str(studio.world.channel("pictures").id)
    await otto.choose(panel, "Images for these channels …", [channel_id]).answer()
    await studio.until(lambda: f"<#{channel_id}>" in text_of(panel))
    await otto.press(panel, "Not for everyone").answer()
    await studio.until(lambda: "Everyone" not in text_of(panel))
    rules = (await studio.services.administration.settings(studio.guild_id())).choices.approval
    assert rules == ApprovalRules(channels=frozenset({ChannelId(int(channel_id))}))
    assert "Approval: No images need approval. → **For everyone**" in text_of(await review(studio, "audit"))
