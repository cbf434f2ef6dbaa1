"""Report image: from the menu of a message to the decision of a moderator, in a Discord that is strict."""

import pytest

from bot.domain.ids import ChannelId
from bot.domain.moderation import COMPLAINTS_AN_HOUR
from bot.services.cards.retry_times import SHORTEST_PAUSE_IF_BARRED
from standins.fake_discord.asks import ClientRefusedError
from standins.fake_discord.faults import Fault
from standins.fake_discord.model import Message
from standins.fake_discord.permissions import Permissions
from tests.chat.onlookers import heard
from tests.chat.presses import press_forged, submit_forged
from tests.chat.studio import Studio, labels, text_of
from tests.chat.test_review import review
from tests.chat.test_review_actions import decide

WHY = "it shows **my** face, <@1> @everyone"
REPORT = "Report image"


async def set_channel(studio: Studio, channel: str = "general") -> None:
    channel_id = ChannelId(studio.world.channel(channel).id)
    await studio.services.administration.set_moderation_channel(
        studio.guild_id(), studio.member_id("otto"), channel_id
    )


async def report(studio: Studio, card: Message, who: str = "ben", reason: str = WHY) -> Message:
    """What the member reads of a dialogue that is filled in and sent."""
    modal = await studio.person(who).menu(card, REPORT).modal()
    return await studio.person(who).submit(modal, {"reason": reason}).message()


def posts(studio: Studio, channel: str = "general") -> list[Message]:
    there = [one for one in studio.sent_by_bot() if one.channel is studio.world.channel(channel)]
    return [one for one in there if not one.is_deleted and not one.is_ephemeral]


async def post_of(studio: Studio) -> Message:
    await studio.until(lambda: posts(studio))
    (post,) = posts(studio)
    return post


async def reported(studio: Studio) -> tuple[Message, Message]:
    """Ada's card, and the post about it."""
    await set_channel(studio)
    card = await studio.imagine()
    await report(studio, card)
    return card, await post_of(studio)


async def test_a_report_is_posted_for_moderators_with_picture_prompt_and_reason(studio: Studio) -> None:
    await set_channel(studio)
    card = await studio.imagine()
    told = text_of(await report(studio, card))
    assert "will look at **Image 1**" in told
    post = await post_of(studio)
    text = text_of(post)
    assert "Image 1 was reported" in text
    assert "a fox in the snow" in text
    assert f"<@{studio.member_id('ada')}>" in text
    assert "**1 report**" in text
    assert labels(post) == ["Remove", "Block", "Give back", "Dismiss", "Go to image"]
    assert [one.filename for one in post.attachments] == ["reported-1.jpg"]


async def test_no_post_says_who_has_reported_and_nobody_is_pinged(studio: Studio) -> None:
    _card, post = await reported(studio)
    assert str(studio.member_id("ben")) not in text_of(post)
    assert r"it shows \*\*my\*\* face, \<\@1\> \@everyone" in text_of(post)
    assert not post.mentions
    listed = text_of(await review(studio, "reports"))
    assert str(studio.member_id("ben")) not in listed


async def test_a_second_report_counts_in_the_same_post(studio: Studio) -> None:
    card, post = await reported(studio)
    await report(studio, card, "mia", "and it is ugly")
    await studio.until(lambda: "**2 reports**" in text_of(post))
    assert "and it is ugly" in text_of(post)
    assert posts(studio) == [post]


async def test_each_member_reports_a_picture_once(studio: Studio) -> None:
    card, _post = await reported(studio)
    told = await studio.person("ben").menu(card, REPORT).message()
    assert "already reported this image" in text_of(told)


async def test_nobody_reports_an_own_picture(studio: Studio) -> None:
    card = await studio.imagine()
    assert "your own image" in text_of(await studio.person("ada").menu(card, REPORT).message())


async def test_a_message_of_somebody_else_is_none_of_ours(studio: Studio) -> None:
    hello = studio.person("ada").say("pictures", "hello")
    assert "images that I made" in text_of(await studio.person("ben").menu(hello, REPORT).message())


async def test_a_picture_that_is_deleted_meanwhile_cannot_be_reported(studio: Studio) -> None:
    card = await studio.imagine(count=2)
    modal = await studio.person("ben").menu(card, REPORT).modal()
    question = await studio.person("ada").press(card, "Delete").message()
    ids = [option["value"] for option in question.parts()[0]["options"]]
    await studio.person("ada").choose(question, "Which images?", ids[:1]).answer()
    await studio.until(lambda: len(card.attachments) == 1)
    sent = studio.person("ben").submit(modal, {"reason": WHY, "picture": [ids[0]]})
    assert "I don't know this image" in text_of(await sent.message())
    assert "No reports are open" in text_of(await review(studio, "reports"))


async def test_an_empty_reason_is_asked_for(studio: Studio) -> None:
    card = await studio.imagine()
    told = await submit_forged(
        studio, card, f"report-form:{card.id}:7", "ben", {"reason": " \u200b\u3164 "}
    ).message()
    assert "Write a few words" in text_of(told)


async def test_a_long_reason_is_kept_whole_and_shown_on_demand(studio: Studio) -> None:
    await set_channel(studio)
    card = await studio.imagine()
    await report(studio, card, reason="*" * 4000)
    post = await post_of(studio)
    assert len(text_of(post)) < 1500
    shown = await studio.person("mia").press(post, "All reasons").message()
    await studio.until(lambda: shown.attachments)
    assert shown.attachments[0].size == 4000


async def test_there_are_five_reports_an_hour(studio: Studio) -> None:
    cards = [await studio.imagine() for _ in range(COMPLAINTS_AN_HOUR + 1)]
    for card in cards[:-1]:
        await report(studio, card)
    told = await studio.person("ben").menu(cards[-1], REPORT).message()
    assert "You can report 5 images per hour" in text_of(told)


async def test_dismissed_the_picture_stays_and_the_post_says_who_decided(studio: Studio) -> None:
    card, post = await reported(studio)
    told = await studio.person("mia").press(post, "Dismiss").message()
    await studio.until(lambda: "Dismissed: **Image 1**" in text_of(told))
    await studio.until(lambda: f"**Dismissed** by <@{studio.member_id('mia')}>" in text_of(post))
    assert labels(post) == ["Go to image"]
    assert post.attachments
    assert not card.is_deleted
    audit = text_of(await review(studio, "audit"))
    assert "Reports dismissed: **Image 1**" in audit


async def test_a_second_moderator_is_told_who_was_faster(studio: Studio) -> None:
    _card, post = await reported(studio)
    job_id = (await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 1))[0].id
    await studio.person("mia").press(post, "Dismiss").message()
    await studio.until(lambda: "Dismissed" in text_of(post))
    told = await heard(studio, press_forged(studio, post, f"review-dismiss:{job_id}:0:post", "otto"))
    assert "Somebody was faster" in told


async def test_removed_the_picture_is_gone_from_the_card_and_from_the_post(studio: Studio) -> None:
    card, post = await reported(studio)
    await decide(studio, post, "Remove", f"**Deleted** by <@{studio.member_id('mia')}>", "no faces")
    await studio.until(lambda: not card.attachments)
    assert "> no faces" in text_of(card)
    assert "> no faces" in text_of(post)
    await studio.until(lambda: not post.attachments)
    assert labels(post) == []
    assert "No reports are open" in text_of(await review(studio, "reports"))


async def test_its_member_deletes_the_picture_and_the_reports_are_over(studio: Studio) -> None:
    card, post = await reported(studio)
    question = await studio.person("ada").press(card, "Delete").message()
    await studio.person("ada").press(question, "Delete image").answer()
    await studio.until(lambda: f"**Deleted** by <@{studio.member_id('ada')}>" in text_of(post))


async def test_the_message_of_the_picture_is_deleted_and_the_reports_are_over(studio: Studio) -> None:
    card, post = await reported(studio)
    studio.person("mia").delete(card)
    await studio.until(lambda: "Its message was deleted" in text_of(post))


async def test_given_back_the_report_stays_open(studio: Studio) -> None:
    _card, post = await reported(studio)
    await decide(studio, post, "Give back", "doesn't count")
    assert labels(post) == ["Remove", "Block", "Dismiss", "Go to image"]


async def test_a_removal_after_another_moderator_has_dismissed_is_told_and_removes_nothing(
    studio: Studio,
) -> None:
    card, post = await reported(studio)
    modal = await studio.person("otto").press(post, "Remove").modal()
    await studio.person("mia").press(post, "Dismiss").answer()
    await studio.until(lambda: "Dismissed" in text_of(post))
    told = await heard(studio, studio.person("otto").submit(modal, {"reason": ""}))
    assert "Somebody was faster" in told
    assert card.attachments


async def test_the_list_works_without_a_channel(studio: Studio) -> None:
    card = await studio.imagine()
    other = await studio.imagine(prompt="an owl")
    await report(studio, card)
    await report(studio, other)
    message = await review(studio, "reports")
    assert "2 reported images are open" in text_of(message)
    assert "No moderators' channel is set" in text_of(message)
    (select,) = [part for part in message.parts() if part.get("options")]
    assert [one["label"] for one in select["options"]] == ["Image 1", "Image 2"]
    mia = studio.person("mia")
    await mia.choose(message, select["placeholder"], [select["options"][0]["value"]]).answer()
    await studio.until(lambda: "Image 1 was reported" in text_of(message))
    await mia.press(message, "Dismiss").answer()
    await studio.until(lambda: "1 reported image is open" in text_of(message))


async def test_what_is_open_is_posted_when_the_channel_is_set(studio: Studio) -> None:
    await report(studio, await studio.imagine())
    await set_channel(studio)
    assert "Image 1 was reported" in text_of(await post_of(studio))


async def test_a_channel_that_the_bot_may_not_write_to_loses_nothing(studio: Studio) -> None:
    general, me = studio.world.channel("general"), studio.world.app.user
    studio.world.set_overwrite(general, me, deny=Permissions.SEND_MESSAGES)
    await set_channel(studio)
    card = await studio.imagine()
    assert "will look at" in text_of(await report(studio, card))

    async def is_told() -> bool:
        return "I can't post in" in text_of(await review(studio, "reports"))

    await studio.eventually(is_told)
    assert posts(studio) == []
    studio.world.set_overwrite(general, me, allow=Permissions.SEND_MESSAGES)
    studio.clock.pass_by(SHORTEST_PAUSE_IF_BARRED.total_seconds() * 2)
    await post_of(studio)


async def test_a_post_whose_answer_is_lost_is_there_once(studio: Studio) -> None:
    general = studio.world.channel("general")
    await set_channel(studio)
    card = await studio.imagine()
    studio.discord.faults.add(
        f"POST /channels/{general.id}/messages", status=403, code=40333, times=3, after_doing=True
    )
    await report(studio, card)
    post = await post_of(studio)
    await studio.person("mia").press(post, "Dismiss").answer()
    await studio.until(lambda: "Dismissed" in text_of(post))
    assert posts(studio) == [post]


async def test_a_report_made_before_a_restart_is_posted_after_it(studio: Studio) -> None:
    general = studio.world.channel("general")
    await set_channel(studio)
    card = await studio.imagine()
    studio.discord.faults.add(f"POST /channels/{general.id}/messages", status=503)
    await report(studio, card)
    await studio.close()
    await studio.world.until(lambda _: not studio.discord.is_connected)
    studio.discord.faults.clear()
    await studio.open()
    await post_of(studio)


async def has_hit(fault: Fault) -> bool:
    return fault.hits > 0


async def test_a_post_that_was_about_to_leave_is_not_taken_for_another_about_the_same_member(
    studio: Studio,
) -> None:
    """Both can block its member."""
    general = studio.world.channel("general")
    _card, first = await reported(studio)
    second = await studio.imagine(prompt="a wasp")
    fault = studio.discord.faults.add(f"POST /channels/{general.id}/messages", status=503)
    await report(studio, second)
    await studio.eventually(lambda: has_hit(fault))
    await studio.close()
    await studio.world.until(lambda _: not studio.discord.is_connected)
    studio.discord.faults.clear()
    await studio.open()
    await studio.until(lambda: len(posts(studio)) == 2)
    assert ["a fox in the snow" in text_of(post) for post in posts(studio)] == [True, False]
    assert posts(studio)[0] is first


async def test_reported_again_after_a_dismissal_there_is_a_new_post(studio: Studio) -> None:
    card, post = await reported(studio)
    await studio.person("mia").press(post, "Dismiss").answer()
    await studio.until(lambda: "Dismissed" in text_of(post))
    await report(studio, card, "otto", "still wrong")
    await studio.until(lambda: len(posts(studio)) == 2)
    newest = posts(studio)[-1]
    assert "**1 report**" in text_of(newest)
    assert "face" not in text_of(newest)


@pytest.mark.parametrize("who", ["ada", "ben"])
async def test_members_cannot_decide_where_they_see_the_post(studio: Studio, who: str) -> None:
    card, post = await reported(studio)
    for button in ("Remove", "Give back", "Dismiss"):
        told = await studio.person(who).press(post, button).message()
        assert "Manage Messages" in text_of(told)
    assert not card.is_deleted
    with pytest.raises(ClientRefusedError):
        studio.person(who).slash("pictures", "review reports")


async def test_moderators_of_another_server_know_nothing_of_it(studio: Studio) -> None:
    card, _post = await reported(studio)
    job_id = (await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 1))[0].id
    hello = studio.person("max").say("lounge", "hello")
    for id_ in ("review-remove", "review-give-back", "review-dismiss", "review-reasons"):
        told = await heard(studio, press_forged(studio, hello, f"{id_}:{job_id}:0:post", "max"))
        assert "I don't know this image" in told
    for id_ in ("remove-form", "give-back-form"):
        sent = submit_forged(studio, hello, f"{id_}:{job_id}:0:post:7", "max", {"reason": WHY})
        assert "I don't know this image" in await heard(studio, sent)
    assert "No reports are open" in text_of(
        await studio.person("max").slash("lounge", "review reports").message()
    )
    sent = submit_forged(studio, hello, f"report-form:{card.id}:7", "zoe", {"reason": WHY})
    assert "images that I made" in text_of(await sent.message())


async def test_a_moderator_blocks_the_author_from_the_post(studio: Studio) -> None:
    _card, post = await reported(studio)
    modal = await studio.person("mia").press(post, "Block").modal()
    sent = studio.person("mia").submit(modal, {"other-length": "2 days", "reason": "faces"})
    assert "**Blocked here**" in await heard(studio, sent)
    assert labels(post) == ["Remove", "Block", "Give back", "Dismiss", "Go to image"]
    told = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    assert "faces" in text_of(told)


async def test_hidden_by_reports_a_picture_is_off_its_card_and_dismissed_it_is_back(studio: Studio) -> None:
    administration, by = studio.services.administration, studio.member_id("otto")
    await administration.set_hiding(studio.guild_id(), by, 1)
    card = await studio.imagine()
    await report(studio, card)
    await studio.until(lambda: not card.attachments)
    await studio.until(lambda: "members reported it; a moderator will decide" in text_of(card))
    assert "a fox in the snow" not in text_of(card)
    assert labels(card) == []
    message = await review(studio, "reports")
    (select,) = [part for part in message.parts() if part.get("options")]
    mia = studio.person("mia")
    await mia.choose(message, select["placeholder"], [select["options"][0]["value"]]).answer()
    await studio.until(lambda: message.attachments)
    await mia.press(message, "Dismiss").answer()
    await studio.until(lambda: card.attachments)
    await studio.until(lambda: "a fox in the snow" in text_of(card) and "Edit" in labels(card))
