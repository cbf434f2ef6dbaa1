"""Every door leads to a picture."""

import io

import pytest
from PIL import Image

from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from standins.fake_discord.options import OptionValue
from tests.journeys.town import Town, text_of

pytestmark = pytest.mark.asyncio(loop_scope="module")

#: Discord's number for a file upload in a dialogue.
FILE_UPLOAD = 19


def a_photo(colour: str = "teal") -> Upload:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, "PNG")
    return Upload("harbour.png", out.getvalue())


async def imagined(town: Town, prompt: str = "a lighthouse at dawn", **options: OptionValue) -> Message:
    """A picture by /imagine, delivered."""
    message = await town.person("ada").slash("pictures", "imagine", prompt=prompt, **options).message()
    return await town.until_picture(message, int(str(options.get("count", 1))))


def edited(town: Town) -> bool:
    """Whether the newest submit carried a source, which the provider's stand-in then fetched."""
    return str(town.bills[-1].inputs.get("image", "")).startswith("http")


async def test_imagine(town: Town) -> None:
    message = await imagined(town, aspect_ratio="3:2", style="auto")
    (bill,) = town.paid
    assert bill.inputs["prompt"] == "a lighthouse at dawn"
    assert bill.inputs["aspect_ratio"] == "3:2"
    assert message.attachments[0].description
    assert "lighthouse" in message.attachments[0].description


async def test_four_pictures_on_one_card(town: Town) -> None:
    message = await imagined(town, count=4)
    assert len({attachment.filename for attachment in message.attachments}) == 4
    assert len(town.paid) == 4
    assert len(town.messages_of_the_bot()) == 1


async def test_a_private_picture_is_seen_by_its_member_alone(town: Town) -> None:
    message = await imagined(town, private=True)
    assert message.viewer is town.person("ada").user


async def test_edit_with_an_attachment(town: Town) -> None:
    ask = town.person("ada").slash("pictures", "edit", prompt="make it night", image=a_photo())
    await town.until_picture(await ask.message())
    assert edited(town)


async def test_edit_a_recent_result_by_autocomplete(town: Town) -> None:
    await imagined(town, "a windmill")
    ada = town.person("ada")
    (choice,) = await ada.autocomplete("pictures", "edit", "source", "windm", prompt="make it night")
    ask = ada.slash("pictures", "edit", prompt="make it night", source=choice.value)
    await town.until_picture(await ask.message())
    assert edited(town)


async def test_autocomplete_offers_nobody_elses_pictures(town: Town) -> None:
    await imagined(town)
    assert await town.person("ben").autocomplete("pictures", "edit", "source", "") == []


async def test_edit_with_neither_opens_a_dialogue_with_an_upload(town: Town) -> None:
    ada = town.person("ada")
    modal = await ada.slash("pictures", "edit", prompt="make it night").modal()
    (file_field,) = [field.custom_id for field in modal.fields() if field.type == FILE_UPLOAD]
    ask = ada.submit(modal, {file_field: a_photo()})
    await town.until_picture(await ask.message())
    assert edited(town)


async def test_the_message_menu_edits_a_picture_of_somebody_else(town: Town) -> None:
    theirs = town.person("ben").say("pictures", "our harbour", files=[a_photo()])
    ada = town.person("ada")
    modal = await ada.menu(theirs, "Edit image").modal()
    ask = ada.submit(modal, {modal.fields()[0].custom_id: "make it night"})
    await town.until_picture(await ask.message())
    assert edited(town)


async def test_the_button_edits_the_picture_above_it(town: Town) -> None:
    message = await imagined(town)
    ben = town.person("ben")
    modal = await ben.press(message, "Edit").modal()
    result = await ben.submit(modal, {modal.fields()[0].custom_id: "make it night"}).message()
    await town.until_picture(result)
    assert edited(town)
    links = [part for part in result.parts() if part.get("url")]
    assert any(str(message.id) in part["url"] for part in links), "Before leads to the source"


async def test_a_reply_that_mentions_the_bot_edits_its_picture(town: Town) -> None:
    message = await imagined(town)
    town.person("ben").say("pictures", "@lantern make it night", reply_to=message)
    await town.until(lambda: len(town.messages_of_the_bot()) == 2)
    await town.until_picture(town.messages_of_the_bot()[1])
    assert edited(town)


async def test_a_reply_edits_somebody_elses_picture_where_the_portal_allows_it(town: Town) -> None:
    town.world.app.has_message_content = True
    theirs = town.person("ben").say("pictures", "our harbour", files=[a_photo()])
    town.person("ada").say("pictures", "@lantern make it night", reply_to=theirs)
    await town.until(town.messages_of_the_bot)
    await town.until_picture(town.messages_of_the_bot()[0])
    assert edited(town)


async def test_where_it_does_not_the_answer_names_the_message_menu(town: Town) -> None:
    theirs = town.person("ben").say("pictures", "our harbour", files=[a_photo()])
    town.person("ada").say("pictures", "@lantern make it night", reply_to=theirs)
    await town.until(town.messages_of_the_bot)
    assert "Edit image" in text_of(town.messages_of_the_bot()[0])
    assert town.bills == []


async def test_again_makes_another_one(town: Town) -> None:
    message = await imagined(town)
    again = await town.person("ada").press(message, "Rerun").message()
    await town.until_picture(again)
    assert [bill.prompt for bill in town.paid] == ["a lighthouse at dawn"] * 2


@pytest.mark.parametrize("name", ["ada", "mia"])
async def test_delete_takes_the_picture_down(town: Town, name: str) -> None:
    message = await imagined(town)
    person = town.person(name)
    question = await person.press(message, "Delete").message()
    person.press(question, "Delete image")
    await town.until(lambda: message.is_deleted)


async def test_others_cannot_delete(town: Town) -> None:
    message = await imagined(town)
    answer = await town.person("ben").press(message, "Delete").message()
    assert answer.is_ephemeral
    assert not message.is_deleted


async def test_details_tell_what_became_of_it(town: Town) -> None:
    message = await imagined(town)
    answer = await town.person("ben").press(message, "Details").message()
    assert answer.is_ephemeral
    assert "a lighthouse at dawn" in text_of(answer)


async def test_jobs_lists_ones_own(town: Town) -> None:
    await imagined(town)
    mine = await town.person("ada").slash("general", "jobs").message()
    theirs = await town.person("ben").slash("general", "jobs").message()
    assert mine.is_ephemeral
    assert "lighthouse" in text_of(mine)
    assert "lighthouse" not in text_of(theirs)


async def test_help_is_at_hand(town: Town) -> None:
    answer = await town.person("ben").slash("general", "help").message()
    assert answer.is_ephemeral
    assert "/imagine" in text_of(answer)


async def test_cancel_before_it_is_sent(town: Town) -> None:
    """The last one here: what it makes the provider ask for holds up whatever comes next."""
    town.segmind.faults.add("submit", "retry_after", times=1, seconds=8)
    ada = town.person("ada")
    first = await ada.slash("pictures", "imagine", prompt="first").message()
    await town.until_logged("after=queued before=submitting")
    await town.until(lambda: any(part.get("label") == "Cancel" for part in first.parts()))
    ada.press(first, "Cancel")
    await town.until_text(first, "ancelled")
    assert town.bills == []
