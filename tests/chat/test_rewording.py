"""The dialogue that runs a request again in other words, in another ratio or style."""

from collections.abc import Mapping

from bot.domain.failure import Failure, FailureKind
from bot.domain.job import JobState
from bot.domain.luma import AspectRatio, Style
from bot.domain.provider import Failed
from bot.domain.request import Door
from bot.store.privacy.retention import forget
from standins.fake_discord.asks import Ask, Upload
from standins.fake_discord.modal_values import FieldValue
from standins.fake_discord.model import Message, Modal
from tests.chat.studio import Studio, job_id_of, labels, text_of
from tests.services.outsides import png

SHOW, CHANGE, RATIO = "What should the image show?", "What should change?", "Aspect ratio"


async def reworded(studio: Studio, message: Message, who: str = "ada", button: str = "Reword") -> Modal:
    return await studio.person(who).press(message, button).modal()


def sent(
    studio: Studio, modal: Modal, values: Mapping[str, FieldValue] | None = None, who: str = "ada"
) -> Ask:
    return studio.person(who).submit(modal, values or {})


async def blocked_card(studio: Studio) -> Message:
    studio.provider.on_status.append(Failed(Failure(FailureKind.BLOCKED)))
    message = await studio.person("ada").slash("pictures", "imagine", prompt="a rude fox").message()
    await studio.until(lambda: "Change the words" in labels(message))
    return message


async def test_the_dialogue_has_everything_filled_in(studio: Studio) -> None:
    first = await studio.imagine(aspect_ratio="2:3", style="manga", count=2)
    modal = await reworded(studio, first)
    await studio.picture(await sent(studio, modal).message(), 2)
    assert len(set(studio.asked)) == 1
    assert len(studio.asked) == 4
    assert studio.asked[0].style is Style.MANGA


async def test_words_ratio_and_style_can_be_changed_by_anybody(studio: Studio) -> None:
    first = await studio.imagine(aspect_ratio="1:1", spoiler=True)
    modal = await reworded(studio, first, "ben")
    ask = sent(studio, modal, {SHOW: "an owl", RATIO: ["9:16 · tall"], "Style": ["Manga"]}, "ben")
    message = await studio.picture(await ask.message())
    job = await studio.job(job_id_of(message))
    assert (job.prompt, job.aspect_ratio, job.style) == ("an owl", AspectRatio.TALL_9_16, Style.MANGA)
    assert (job.door, job.member_id, job.is_spoiler) == (Door.AGAIN, studio.member_id("ben"), True)


async def test_manga_without_a_chosen_ratio_gets_one_that_fits(studio: Studio) -> None:
    modal = await reworded(studio, await studio.imagine())
    message = await studio.picture(await sent(studio, modal, {"Style": ["Manga"]}).message())
    assert (await studio.job(job_id_of(message))).aspect_ratio is AspectRatio.TALL_2_3


async def test_a_ratio_that_manga_cannot_have_is_refused_before_it_costs(studio: Studio) -> None:
    modal = await reworded(studio, await studio.imagine(aspect_ratio="1:1"))
    refused = await sent(studio, modal, {"Style": ["Manga"]}).message()
    assert "Manga only works with tall formats" in text_of(refused)
    assert len(studio.asked) == 1


async def test_an_edit_keeps_its_source(studio: Studio) -> None:
    first = await studio.imagine()
    edit = await studio.person("ada").press(first, "Edit").modal()
    edited = await studio.picture(await sent(studio, edit, {CHANGE: "a hat"}).message())
    modal = await reworded(studio, edited)
    assert [field.label for field in modal.fields()] == [CHANGE, "Style"]
    message = await studio.picture(await sent(studio, modal, {CHANGE: "a scarf"}).message())
    job = await studio.job(job_id_of(message))
    assert job.source is not None
    assert (job.prompt, job.source.job_id) == ("a scarf", job_id_of(first))


async def test_an_uploaded_source_is_asked_for_once_more(studio: Studio) -> None:
    ask = studio.person("ada").slash("pictures", "edit", prompt="a hat", image=Upload("cat.png", png()))
    modal = await reworded(studio, await studio.picture(await ask.message()))
    again = sent(studio, modal, {"The image to edit": Upload("dog.png", png())})
    await studio.picture(await again.message())
    assert [one.prompt for one in studio.asked] == ["a hat", "a hat"]


async def test_a_failed_card_offers_other_words(studio: Studio) -> None:
    modal = await reworded(studio, await blocked_card(studio), button="Change the words")
    message = await studio.picture(await sent(studio, modal, {SHOW: "a kind fox"}).message())
    assert (await studio.job(job_id_of(message))).prompt == "a kind fox"
    assert await studio.states() == [JobState.DELIVERED, JobState.FAILED]


async def test_blocked_words_are_shown_to_nobody_else(studio: Studio) -> None:
    told = await studio.person("ben").press(await blocked_card(studio), "Change the words").message()
    assert "Only the member who asked for it" in text_of(told)
    assert "rude" not in text_of(told)


async def test_the_longest_prompt_fits_into_the_dialogue(studio: Studio) -> None:
    first = await studio.imagine(prompt="🦊" * 6000)
    await studio.picture(await sent(studio, await reworded(studio, first)).message())
    assert len(set(studio.asked)) == 1


async def test_a_private_request_stays_private(studio: Studio) -> None:
    modal = await reworded(studio, await studio.imagine(private=True))
    assert (await sent(studio, modal).message()).is_ephemeral


async def test_forgotten_words_cannot_be_changed(studio: Studio) -> None:
    first = await studio.imagine()
    await studio.database.write(forget, [job_id_of(first)])
    told = await studio.person("ada").press(first, "Reword").message()
    assert "no longer stored" in text_of(told)


async def test_button_and_dialogue_survive_restarts(studio: Studio) -> None:
    first = await studio.imagine()
    await studio.restart()
    modal = await reworded(studio, first)
    await studio.restart()
    await studio.picture(await sent(studio, modal, {SHOW: "an owl"}).message())
