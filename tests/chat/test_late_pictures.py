"""A picture that was made beside its card, since the provider's answer got lost: its member can have it."""

import pytest

from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.ids import RequestId
from bot.domain.job import Job
from bot.store.pictures import dismissed
from standins.fake_discord.model import Message
from tests.chat.onlookers import Word, heard, word_of
from tests.chat.presses import press_forged
from tests.chat.studio import Studio, job_id_of, labels, text_of
from tests.chat.test_jobs import listed, panel

SECOND = "A second image was generated for this request"


@pytest.fixture
async def card(studio: Studio) -> Message:
    """A picture of which a second one was billed."""
    card = await studio.imagine(prompt="a fox in the snow")
    job = await studio.job(job_id_of(card))
    await billed_again(studio, job)
    return card


async def billed_again(studio: Studio, job: Job) -> None:
    await studio.database.write(dismissed.keep, job)
    ((one, _),) = await studio.database.read(dismissed.open_ones)
    at = studio.clock.now()
    url = "https://images.segmind.com/generations/late.png"
    booked = await studio.database.write(
        dismissed.book,
        one,
        request_id=RequestId("late"),
        cost_microusd=54_300,
        output_url=url,
        made_at=at,
        at=at,
    )
    assert booked is not None


async def shown_alone(studio: Studio, message: Message) -> Message:
    shown = await studio.person("ada").press(message, "Show image").message()
    await studio.until(lambda: len(shown.attachments) == 1)
    assert shown.is_ephemeral
    return shown


async def test_jobs_offers_it_and_shows_it_to_its_member(studio: Studio, card: Message) -> None:
    message = await listed(studio)
    assert SECOND in text_of(message)
    message = await panel(studio, message, "a fox in the snow")
    assert SECOND in text_of(message)
    shown = await shown_alone(studio, message)
    assert shown.attachments[0].data == studio.provider.picture
    assert "a fox in the snow" in text_of(shown)
    assert len(card.attachments) == 1, "the card stays as it is"


async def test_details_offer_it_to_its_member_alone(studio: Studio, card: Message) -> None:
    told = await studio.person("ada").press(card, "Details").message()
    assert SECOND in text_of(told)
    await shown_alone(studio, told)
    others = await studio.person("ben").press(card, "Details").message()
    assert SECOND not in text_of(others)
    assert "Show image" not in labels(others)


async def test_a_forged_press_brings_nobody_elses(studio: Studio, card: Message) -> None:
    for who, number in (("ben", 0), ("ada", 1)):
        forged = custom_id(Action.LATE, job_id_of(card), number)
        told = await heard(studio, press_forged(studio, card, forged, who))
        assert word_of(told) is Word.UNKNOWN


async def test_once_the_file_is_gone_it_says_so(studio: Studio, card: Message) -> None:
    studio.provider.on_download.append(FileRefused(SourceProblem.GONE))
    told = await studio.person("ada").press(card, "Details").message()
    assert "no longer has" in await heard(studio, studio.person("ada").press(told, "Show image"))
