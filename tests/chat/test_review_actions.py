"""From the report to a member, to one of their pictures, and what a moderator does with it."""

import pytest

from bot.domain.administration import RuleSubject
from bot.domain.limits import Allowances, LimitField, OperatorLimits
from standins.fake_discord.model import Message
from tests.chat.studio import Studio, labels, text_of
from tests.chat.test_review import press, review

PERIOD, MEMBER, CHANNEL = "Choose a period …", "All members. Choose one …", "All channels. Choose one …"
IMAGE = "Choose an image to delete or give back …"


async def choose(studio: Studio, message: Message, select: str, values: list[str], shows: str) -> None:
    await studio.person("mia").choose(message, select, values).answer()
    await studio.until(lambda: shows in text_of(message))


async def picked(studio: Studio, who: str = "ben", by: str = "mia") -> Message:
    """The newest picture of a member, as a moderator has it on the screen."""
    message = await review(studio, "member", by, who=studio.world.user(who))
    (select,) = [part for part in message.parts() if part.get("placeholder") == IMAGE]
    await studio.person(by).choose(message, IMAGE, [select["options"][0]["value"]]).answer()
    await studio.until(lambda: "**Requested by:**" in text_of(message))
    return message


async def decide(
    studio: Studio, message: Message, button: str, shows: str, reason: str = "", by: str = "mia"
) -> None:
    """Press a button that asks why, and answer."""
    modal = await studio.person(by).press(message, button).modal()
    await studio.person(by).submit(modal, {"reason": reason}).answer()
    await studio.until(lambda: shows in text_of(message))


async def test_what_a_member_makes_on_other_servers_is_not_shown(studio: Studio) -> None:
    studio.limits = OperatorLimits(ceilings=Allowances(per_day=40))
    await studio.restart()
    await studio.imagine("ben")
    told = text_of(await review(studio, "member", who=studio.world.user("ben")))
    assert "**40 per day** (bot maximum across all servers)" in told
    assert "in the last 24 hours" not in told


async def test_lists_on_the_report_switch_period_member_and_channel(studio: Studio) -> None:
    await studio.imagine()
    await studio.imagine("ben")
    ben, general = str(studio.world.user("ben").id), str(studio.world.channel("general").id)
    message = await review(studio, "usage")
    await choose(studio, message, MEMBER, [ben], f"by <@{ben}>")
    assert "**1 image** generated" in text_of(message)
    await choose(studio, message, PERIOD, ["today"], "**1 image** generated")
    await studio.until(lambda: "Day by day" not in labels(message))
    await choose(studio, message, CHANNEL, [general], "No images in this period")
    await choose(studio, message, CHANNEL, [], "**1 image** generated")
    await choose(studio, message, MEMBER, [], "**2 images** generated")


async def test_the_lists_show_what_is_chosen(studio: Studio) -> None:
    ben = studio.world.user("ben")
    message = await review(studio, "usage", period="30 days", member=ben)
    periods, members, _ = [part for part in message.parts() if part.get("placeholder")]
    assert [one["label"] for one in periods["options"] if one.get("default")] == ["Last 30 days"]
    assert [int(one["id"]) for one in members["default_values"]] == [ben.id]


async def test_from_a_member_in_the_report_to_their_pictures(studio: Studio) -> None:
    await studio.imagine("ben", prompt="an owl at noon")
    message = await review(studio, "usage", member=studio.world.user("ben"))
    await press(studio, message, "Show images", "1 image requested in total")
    assert "an owl at noon" in message.embeds[1]["description"]


async def test_a_moderator_deletes_a_picture_in_any_channel_and_the_audit_says_so(studio: Studio) -> None:
    ask = studio.person("ben").slash("general", "imagine", prompt="an owl")
    card = await studio.picture(await ask.message())
    message = await picked(studio)
    await decide(studio, message, "Delete for everyone", "deleted · still counts toward the limit")
    await studio.until(lambda: not card.attachments)
    assert "Delete for everyone" not in labels(message)
    told = text_of(await review(studio, "audit"))
    assert f"<@{studio.member_id('mia')}>" in told
    assert f"Deleted for everyone: **Image 1** of <@{studio.member_id('ben')}>" in told


async def test_a_private_picture_is_not_deleted_by_others(studio: Studio) -> None:
    await studio.imagine("ben", private=True)
    assert "Delete for everyone" not in labels(await picked(studio))


async def test_what_is_given_back_no_longer_counts(studio: Studio) -> None:
    guild_id, by = studio.guild_id(), studio.member_id("otto")
    everyone = RuleSubject.everyone(guild_id)
    await studio.services.administration.set_limits(guild_id, by, everyone, {LimitField.PER_DAY: 1})
    await studio.imagine("ben")
    message = await picked(studio)
    await decide(studio, message, "Give back", "posted · doesn't count toward the limit")
    assert "Give back" not in labels(message)
    (usage,) = await studio.services.gallery.usage(guild_id, studio.member_id("ben"))
    assert usage.used == 0
    await studio.imagine("ben")
    told = text_of(await review(studio, "audit"))
    assert f"No longer counts: **Image 1** of <@{studio.member_id('ben')}>" in told


async def test_what_is_deleted_can_be_given_back(studio: Studio) -> None:
    await studio.imagine("ben")
    message = await picked(studio)
    await decide(studio, message, "Delete for everyone", "deleted · still counts toward the limit")
    await decide(studio, message, "Give back", "deleted · doesn't count toward the limit")


@pytest.mark.parametrize(("who", "may"), [("mia", False), ("otto", True)])
async def test_the_limits_of_a_member_are_a_press_away_for_admins(
    studio: Studio, who: str, *, may: bool
) -> None:
    message = await review(studio, "member", who, who=studio.world.user("ben"))
    assert ("Change limits" in labels(message)) is may
    if may:
        modal = await studio.person(who).press(message, "Change limits").modal()
        await studio.person(who).submit(modal, {"per_day": "3"}).answer()
        await studio.until(lambda: "3 per day" in text_of(message))


async def test_a_picture_that_a_moderator_deletes_below_the_card_is_in_the_audit(studio: Studio) -> None:
    card = await studio.imagine("ben")
    question = await studio.person("mia").press(card, "Delete").message()
    await studio.person("mia").press(question, "Delete image").answer()
    await studio.until(lambda: card.is_deleted)
    told = text_of(await review(studio, "audit"))
    assert f"Deleted for everyone: **Image 1** of <@{studio.member_id('ben')}>" in told


async def test_what_members_delete_of_their_own_is_not_in_the_audit(studio: Studio) -> None:
    card = await studio.imagine("ben")
    question = await studio.person("ben").press(card, "Delete").message()
    await studio.person("ben").press(question, "Delete image").answer()
    await studio.until(lambda: card.is_deleted)
    assert "No settings have been changed yet" in text_of(await review(studio, "audit"))


async def test_a_removed_picture_leaves_the_reason_on_its_card_and_in_jobs(studio: Studio) -> None:
    card = await studio.imagine("ben", prompt="an owl at noon")
    message = await picked(studio)
    why = "no owls, **please** @everyone"
    await decide(studio, message, "Delete for everyone", "deleted · still counts", why)
    await studio.until(lambda: "Removed by a moderator" in text_of(card))
    shown = r"> no owls, \*\*please\*\* \@everyone"
    assert shown in text_of(card)
    assert "an owl at noon" not in text_of(card)
    assert not card.attachments
    assert labels(card) == []
    jobs = await studio.person("ben").slash("pictures", "jobs").message()
    (select,) = [part for part in jobs.parts() if part.get("options")]
    await studio.person("ben").choose(jobs, select["placeholder"], [select["options"][0]["value"]]).answer()
    await studio.until(lambda: shown in text_of(jobs))
    assert "an owl at noon" in text_of(jobs)
    told = text_of(await review(studio, "audit"))
    assert f"of <@{studio.member_id('ben')}>\n{shown}" in told


async def test_removed_without_a_reason_the_card_says_only_that_it_is(studio: Studio) -> None:
    card = await studio.imagine("ben", count=2)
    await decide(studio, await picked(studio), "Delete for everyone", "deleted · still counts")
    await studio.until(lambda: "**Removed by a moderator** · 1 of 2" in text_of(card))
    await studio.until(lambda: len(card.attachments) == 1)
    assert "a fox in the snow" in text_of(card)


async def test_a_reason_of_4000_characters_fits_everywhere(studio: Studio) -> None:
    card = await studio.imagine("ben")
    await decide(studio, await picked(studio), "Delete for everyone", "deleted · still", "*" * 4000)
    await studio.until(lambda: "Removed by a moderator" in text_of(card))
    assert "…" in text_of(card)
    assert "…" in text_of(await review(studio, "audit"))
