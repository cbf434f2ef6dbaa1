"""Max quality, as members choose it and admins allow it."""

import pytest

from bot.domain.ids import MemberId, RoleId
from bot.domain.luma import MAX_MODEL
from standins.fake_discord.asks import Upload
from standins.fake_discord.modal_values import FieldValue
from standins.fake_discord.model import Message
from tests.chat.studio import Studio, job_id_of, text_of
from tests.services.outsides import png

ADMIN = MemberId(1)
QUALITY = "Quality"


@pytest.fixture
async def offering(studio: Studio) -> Studio:
    studio.offers_max = True
    await studio.restart()
    await studio.until(lambda: "quality" in options(studio, "imagine"))
    return studio


def options(studio: Studio, name: str) -> list[str]:
    command = next(one for one in studio.world.commands.values() if one.name == name)
    return [option["name"] for option in command.definition.get("options", [])]


async def allow(studio: Studio, roles: list[RoleId] | None) -> None:
    await studio.services.administration.set_max_roles(studio.guild_id(), ADMIN, roles)


def models(studio: Studio) -> list[str]:
    return [one.model for one in studio.asked]


async def test_without_the_operators_offer_there_is_no_option(studio: Studio) -> None:
    assert "quality" not in options(studio, "imagine")
    assert "quality" not in options(studio, "edit")
    assert "quality" not in options(studio, "config")


async def test_a_member_chooses_it_and_card_and_details_say_so(offering: Studio) -> None:
    message = await offering.imagine(quality="max")
    assert models(offering) == [MAX_MODEL]
    assert "max quality" in text_of(message)
    details = await offering.person("ada").press(message, "Details").message()
    assert f"max quality · {MAX_MODEL}" in text_of(details)


async def refusal_of_rerun(studio: Studio, message: Message, who: str, roles: list[RoleId]) -> str:
    await allow(studio, roles)
    return text_of(await studio.person(who).press(message, "Rerun").message())


async def test_a_rerun_keeps_it_or_is_refused_with_the_reason(offering: Studio) -> None:
    message = await offering.imagine(quality="max")
    await offering.picture(await offering.person("ben").press(message, "Rerun").message())
    assert models(offering) == [MAX_MODEL] * 2
    assert "is turned off on this server" in await refusal_of_rerun(offering, message, "ada", [])
    assert "with the role <@&5>" in await refusal_of_rerun(offering, message, "mia", [RoleId(5)])


async def test_other_words_are_a_way_out_of_a_quality_that_is_not_allowed(offering: Studio) -> None:
    message = await offering.imagine(quality="max")
    await allow(offering, [])
    modal = await offering.person("ada").press(message, "Reword").modal()
    assert QUALITY not in [field.label for field in modal.fields()]
    await offering.picture(await offering.person("ada").submit(modal, {}).message())
    assert models(offering) == [MAX_MODEL, "luma-uni-1"]


@pytest.mark.parametrize("button", ["Edit", "Reword", "Vary"])
async def test_the_dialogues_offer_the_choice(offering: Studio, button: str) -> None:
    message = await offering.imagine()
    modal = await offering.person("ada").press(message, button).modal()
    words = {"Edit": "What should change?", "Reword": "What should the image show?"}
    other = {words[button]: "x"} if button in words else {"How many variations?": ["1 image"]}
    filled: dict[str, FieldValue] = {QUALITY: ["Max"], **other}
    await offering.picture(await offering.person("ada").submit(modal, filled).message())
    assert models(offering) == ["luma-uni-1", MAX_MODEL]


async def test_an_upload_keeps_the_choice(offering: Studio) -> None:
    modal = await offering.person("ada").slash("pictures", "edit", prompt="a hat", quality="max").modal()
    sent = offering.person("ada").submit(modal, {"The image to edit": [Upload("cat.png", png())]})
    job = await offering.job(job_id_of(await offering.picture(await sent.message())))
    assert job.model == MAX_MODEL


async def test_admins_choose_roles_and_what_it_counts_as(offering: Studio) -> None:
    otto = offering.person("otto")
    panel = await otto.slash("pictures", "config quality").message()
    assert "Everyone · counts as 1 image" in text_of(panel)
    assert "$0.13" in text_of(panel)
    await otto.press(panel, "Allow no one").answer()
    await offering.until(lambda: "No one · counts as 1 image" in text_of(panel))
    await otto.choose(panel, "What one image counts as …", ["2 images"]).answer()
    await offering.until(lambda: "No one · counts as 2 images" in text_of(panel))
    roles = offering.world.guild("Lantern Studio").roles.values()
    role = next(role for role in roles if role.name == "Artist")
    await otto.choose(panel, "Allow only these roles …", [str(role.id)]).answer()
    await offering.until(lambda: f"<@&{role.id}> · counts as 2 images" in text_of(panel))
    audit = text_of(await offering.person("mia").slash("pictures", "review audit").message())
    assert "Max quality: Everyone · counts as 1 image → **No one · counts as 1 image**" in audit
