"""Variations: edits of a finished picture in the bot's own words."""

import pytest

from bot.domain.administration import RuleSubject
from bot.domain.ids import ChannelId
from bot.domain.limits import LimitField, OperatorLimits
from bot.domain.luma import VARIATION_PROMPT
from bot.domain.request import Door
from standins.fake_discord.model import Message, Modal
from tests.chat.presses import press_forged, submit_forged
from tests.chat.studio import Studio, job_id_of, labels, text_of

HOW_MANY = "How many variations?"


async def vary(studio: Studio, message: Message, who: str = "ada") -> Modal:
    return await studio.person(who).press(message, "Vary").modal()


def offered(modal: Modal, label: str) -> list[str]:
    field = next(field for field in modal.fields() if field.label == label)
    return [option["label"] for option in field.inner["options"]]


async def test_four_variations_are_edits_of_the_picture(studio: Studio) -> None:
    first = await studio.imagine(aspect_ratio="2:3", style="manga")
    modal = await vary(studio, first, "ben")
    message = await studio.picture(await studio.person("ben").submit(modal, {}).message(), 4)
    assert "a fox in the snow" in text_of(message)
    assert " · variation" in text_of(message)
    sent = set(studio.asked[1:])
    assert {(one.prompt, one.aspect_ratio, one.style.value) for one in sent} == {
        (VARIATION_PROMPT, None, "auto")
    }
    assert all(one.image_url for one in sent)
    job = await studio.job(job_id_of(message))
    assert job.source is not None
    assert (job.door, job.source.job_id) == (Door.VARIATIONS, job_id_of(first))
    assert job.member_id == studio.member_id("ben")


async def test_one_of_several_pictures_is_chosen_with_the_number(studio: Studio) -> None:
    first = await studio.imagine(count=2)
    chosen = {"Which image?": ["Image 2"], HOW_MANY: ["1 image"]}
    ask = studio.person("ada").submit(await vary(studio, first), chosen)
    job = await studio.job(job_id_of(await studio.picture(await ask.message())))
    assert job.source is not None
    assert job.source.job_id == job_id_of(first, 1)


@pytest.mark.parametrize(("per_day", "most"), [(3, ["1 image", "2 images"]), (1, ["1 image"])])
async def test_no_more_are_offered_than_the_limits_leave(
    studio: Studio, per_day: int, most: list[str]
) -> None:
    await studio.close()
    studio.limits = OperatorLimits(per_day=per_day)
    await studio.open()
    modal = await vary(studio, await studio.imagine())
    assert offered(modal, HOW_MANY) == most


async def test_no_more_are_offered_than_the_limits_of_the_channel_leave(studio: Studio) -> None:
    message = await studio.imagine()
    await studio.services.administration.set_limits(
        studio.guild_id(),
        studio.member_id("otto"),
        RuleSubject.channel(ChannelId(message.channel.id)),
        {LimitField.PER_DAY: 3},
    )
    assert offered(await vary(studio, message), HOW_MANY) == ["1 image", "2 images"]


async def test_a_rerun_of_variations_makes_variations(studio: Studio) -> None:
    modal = await vary(studio, await studio.imagine())
    ask = studio.person("ada").submit(modal, {HOW_MANY: ["1 image"]})
    message = await studio.picture(await ask.message())
    again = await studio.picture(await studio.person("ada").press(message, "Rerun").message())
    assert " · variation" in text_of(again)
    assert [one.prompt for one in studio.asked[1:]] == [VARIATION_PROMPT] * 2


async def test_other_words_for_a_variation_are_an_edit(studio: Studio) -> None:
    modal = await vary(studio, await studio.imagine())
    ask = studio.person("ada").submit(modal, {HOW_MANY: ["1 image"]})
    message = await studio.picture(await ask.message())
    modal = await studio.person("ada").press(message, "Reword").modal()
    again = studio.person("ada").submit(modal, {"What should change?": "make it night"})
    assert " · edit" in text_of(await studio.picture(await again.message()))
    assert studio.asked[-1].prompt == "make it night"


async def test_variations_of_a_private_picture_are_private_and_of_a_spoiler_spoilers(studio: Studio) -> None:
    first = await studio.imagine(private=True, spoiler=True)
    ask = studio.person("ada").submit(await vary(studio, first), {HOW_MANY: ["1 image"]})
    message = await studio.picture(await ask.message())
    assert message.is_ephemeral
    assert (await studio.job(job_id_of(message))).is_spoiler


async def test_a_failed_card_offers_none(studio: Studio) -> None:
    studio.services.account.pacer.pause(10_000)
    message = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    await studio.person("ada").press(message, "Cancel").answer()
    await studio.until(lambda: "Details" in labels(message))
    assert "Vary" not in labels(message)
    (job,) = await studio.services.gallery.recent(studio.guild_id(), studio.member_id("ada"), 1)
    forged = await press_forged(studio, message, f"vary:{job.card_id}").message()
    assert "I don't know this image" in text_of(forged)


async def test_a_picture_of_another_card_cannot_be_chosen(studio: Studio) -> None:
    other = await studio.imagine(private=True)
    first = await studio.imagine("ben", count=2)
    card = (await studio.job(job_id_of(first))).card_id
    forged = submit_forged(
        studio, first, f"vary-form:{card}:77", "ben", values={"picture": str(job_id_of(other))}
    )
    assert "I don't know this image" in text_of(await forged.message())
    assert len(studio.asked) == 3
