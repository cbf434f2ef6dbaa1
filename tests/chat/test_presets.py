"""Style presets: admins define them in /config show, and members choose one for a picture."""

import pytest

from bot.domain.ids import MemberId
from bot.domain.luma import VARIATION_PROMPT
from bot.domain.presets import MOST_PRESETS
from standins.fake_discord.asks import Upload
from standins.fake_discord.modal_values import FieldValue
from standins.fake_discord.model import Message
from tests.chat.studio import Studio, job_id_of, text_of
from tests.services.outsides import png

ADMIN = MemberId(1)
FIELD = "Style of this server"
OIL = "thick paint on canvas"


@pytest.fixture
async def oil(studio: Studio) -> int:
    await studio.services.presets.add(studio.guild_id(), ADMIN, "Old *oil*", OIL)
    return (await studio.services.presets.named(studio.guild_id(), "Old *oil*")).id


async def remove(studio: Studio, preset_id: int) -> None:
    presets = studio.services.presets
    (preset,) = [one for one in await presets.all_of(studio.guild_id()) if one.id == preset_id]
    await presets.remove(studio.guild_id(), ADMIN, preset.id)


def prompts(studio: Studio) -> list[str]:
    return [one.prompt for one in studio.asked]


async def refused(studio: Studio, **options: str) -> str:
    message = await studio.person("ada").slash("pictures", "imagine", **options).message()
    assert message.is_ephemeral
    assert studio.asked == []
    return text_of(message)


# --- members ---


async def test_its_words_go_behind_the_prompt_and_the_card_names_it(studio: Studio, oil: int) -> None:
    message = await studio.imagine(preset="old *OIL*")
    assert prompts(studio) == [f"a fox in the snow\n{OIL}"]
    assert r"style “Old \*oil\*”" in text_of(message)
    assert OIL not in text_of(message)
    assert message.attachments[0].description == "a fox in the snow"
    details = text_of(await studio.person("ben").press(message, "Details").message())
    assert r"style “Old \*oil\*”" in details
    assert f"**Words of the style:** {OIL}" in details


async def test_only_those_of_the_server_are_suggested(studio: Studio, oil: int) -> None:
    await studio.services.presets.add(studio.guild_id("Harbour Club"), ADMIN, "Sea", "waves")
    ada = studio.person("ada")
    offered = await ada.autocomplete("pictures", "imagine", "preset", "PAINT")
    assert [(one.name, one.value) for one in offered] == [(f"Old *oil* · {OIL}", "Old *oil*")]
    assert await ada.autocomplete("pictures", "edit", "preset", "sea") == []
    await studio.imagine(preset=offered[0].name)  # Discord sends at times the label
    assert prompts(studio) == [f"a fox in the snow\n{OIL}"]


async def test_an_unknown_name_is_answered_with_those_that_exist(studio: Studio, oil: int) -> None:
    await studio.services.presets.add(studio.guild_id("Harbour Club"), ADMIN, "Sea", "waves")
    said = await refused(studio, prompt="a fox", preset="Sea")
    assert said == r"This server has no style “Sea”. Choose **Old \*oil\***, or none."


async def test_without_any_preset_it_says_who_adds_them(studio: Studio) -> None:
    said = await refused(studio, prompt="a fox", preset="Sea")
    assert "It has no styles: admins add them with" in said


async def test_a_prompt_that_does_not_fit_with_its_words_is_refused_before_anything(
    studio: Studio, oil: int
) -> None:
    said = await refused(studio, prompt="x" * 5990, preset="Old *oil*")
    assert "your prompt has 6,012 characters. The maximum is 6,000" in said
    assert await studio.states() == []


async def test_rerun_repeats_the_words_as_they_were(studio: Studio, oil: int) -> None:
    message = await studio.imagine(preset="Old *oil*")
    await remove(studio, oil)
    again = await studio.picture(await studio.person("ben").press(message, "Rerun").message())
    assert prompts(studio) == [f"a fox in the snow\n{OIL}"] * 2
    assert r"style “Old \*oil\*”" in text_of(again)


async def test_variations_keep_it(studio: Studio, oil: int) -> None:
    message = await studio.imagine(preset="Old *oil*")
    modal = await studio.person("ada").press(message, "Vary").modal()
    sent = studio.person("ada").submit(modal, {"How many variations?": ["1 image"]})
    varied = await studio.picture(await sent.message())
    assert prompts(studio)[1] == f"{VARIATION_PROMPT}\n{OIL}"
    assert r"variation · style “Old \*oil\*”" in text_of(varied)


async def submitted(studio: Studio, message: Message, button: str, values: dict[str, FieldValue]) -> Message:
    modal = await studio.person("ada").press(message, button).modal()
    return await studio.person("ada").submit(modal, values).message()


async def test_other_words_keep_the_preset_or_take_another(studio: Studio, oil: int) -> None:
    await studio.services.presets.add(studio.guild_id(), ADMIN, "Chalk", "dusty")
    message = await studio.imagine(preset="Old *oil*")
    words: dict[str, FieldValue] = {"What should the image show?": "an owl"}
    await studio.picture(await submitted(studio, message, "Reword", words))
    await studio.picture(await submitted(studio, message, "Reword", {**words, FIELD: ["Chalk"]}))
    await studio.picture(await submitted(studio, message, "Reword", {**words, FIELD: []}))
    assert prompts(studio)[1:] == [f"an owl\n{OIL}", "an owl\ndusty", "an owl"]


async def test_an_edit_begins_with_the_preset_of_its_picture(studio: Studio, oil: int) -> None:
    message = await studio.imagine(preset="Old *oil*")
    await studio.picture(await submitted(studio, message, "Edit", {"What should change?": "a hat"}))
    assert prompts(studio)[1] == f"a hat\n{OIL}"


async def test_a_preset_that_was_removed_while_a_dialogue_was_open_is_refused(
    studio: Studio, oil: int
) -> None:
    message = await studio.imagine()
    modal = await studio.person("ada").press(message, "Edit").modal()
    await remove(studio, oil)
    values: dict[str, FieldValue] = {"What should change?": "a hat", FIELD: [str(oil)]}
    told = await studio.person("ada").submit(modal, values).message()
    assert "The chosen style has been removed from this server. It has no styles" in text_of(told)
    assert len(studio.asked) == 1


async def test_an_upload_keeps_it_until_the_file_is_chosen(studio: Studio, oil: int) -> None:
    ada = studio.person("ada")
    modal = await ada.slash("pictures", "edit", prompt="a hat", preset="Old *oil*").modal()
    sent = ada.submit(modal, {"The image to edit": [Upload("cat.png", png())]})
    message = await studio.picture(await sent.message())
    assert prompts(studio) == [f"a hat\n{OIL}"]
    await remove(studio, oil)
    modal = await ada.press(message, "Reword").modal()
    sent = ada.submit(modal, {"The image to edit": [Upload("cat.png", png())]})
    again = await studio.job(job_id_of(await studio.picture(await sent.message())))
    assert prompts(studio)[1] == f"a hat\n{OIL}"
    assert again.preset is not None


# --- admins ---


async def test_admins_add_change_and_remove_styles(studio: Studio) -> None:
    otto = studio.person("otto")
    panel = await otto.slash("pictures", "config show").message()
    await otto.press(panel, "Styles").answer()
    await studio.until(lambda: "None yet." in text_of(panel))
    modal = await otto.press(panel, "Add a style").modal()
    await otto.submit(modal, {"Name": "Oil", "Words that go behind the prompt": OIL}).answer()
    await studio.until(lambda: "✅ Saved: **Oil**" in text_of(panel))
    await otto.choose(panel, "Change or remove a style …", ["Oil"]).answer()
    await studio.until(lambda: f"**Oil**\n{OIL}" in text_of(panel))
    modal = await otto.press(panel, "Change style").modal()
    await otto.submit(modal, {"Name": "Oils"}).answer()
    await studio.until(lambda: "✅ Saved: **Oils**" in text_of(panel))
    await otto.choose(panel, "Change or remove a style …", ["Oils"]).answer()
    await studio.until(lambda: f"**Oils**\n{OIL}" in text_of(panel))
    await otto.press(panel, "Remove style").answer()
    await studio.until(lambda: "✅ Removed: **Oils**" in text_of(panel))
    audit = text_of(await studio.person("mia").slash("pictures", "review audit").message())
    assert f"Style removed: **Oils** ({OIL})" in audit
    assert f"Style: **Oil** ({OIL}) → **Oils** ({OIL})" in audit
    assert f"Style added: **Oil** ({OIL})" in audit


async def test_a_taken_name_is_refused_and_a_full_list_has_no_button(studio: Studio, oil: int) -> None:
    for number in range(MOST_PRESETS - 2):
        await studio.services.presets.add(studio.guild_id(), ADMIN, f"Style {number}", "x")
    otto = studio.person("otto")
    panel = await otto.slash("pictures", "config show").message()
    await otto.press(panel, "Styles").answer()
    await studio.until(lambda: "Style 3" in text_of(panel))
    modal = await otto.press(panel, "Add a style").modal()
    values: dict[str, FieldValue] = {"Name": "OLD *oil*", "Words that go behind the prompt": "x"}
    told = await otto.submit(modal, values).message()
    assert "already has a style with this name" in text_of(told)
    await studio.services.presets.add(studio.guild_id(), ADMIN, "The last", "x")
    await otto.press(panel, "Back").answer()
    await studio.until(lambda: "25 styles" in text_of(panel))
    await otto.press(panel, "Styles").answer()
    await studio.until(lambda: "The last" in text_of(panel))
    assert "Add a style" not in str(panel.parts())
