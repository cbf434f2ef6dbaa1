"""The first answer: in time whatever the database does, and never a picture without one."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.chat.responses.image_requests import Patience
from bot.domain.errors import ServicePaused
from bot.domain.job import JobState
from bot.store.driver.database import Database
from standins.fake_discord.asks import NoResponseError
from standins.fake_discord.faults import Fault
from standins.fake_discord.model import AnswerKind
from standins.fake_discord.server import FakeDiscord
from tests.chat.studio import SlowAdmission, Studio, opened, text_of


@pytest.fixture
async def slow(fake: FakeDiscord, database: Database, tmp_path: Path) -> AsyncIterator[Studio]:
    """A studio where admission takes 0.3 s, and members are told after 0.05 s that it takes longer."""
    quick = Patience(defer_after_seconds=0.05, give_up_after_seconds=2.0)
    studio = Studio(fake, database, tmp_path, patience=quick, admission=SlowAdmission(0.3))
    async with opened(studio):
        yield studio


async def was_hit(fault: Fault) -> bool:
    return fault.hits > 0


async def is_withdrawn(studio: Studio) -> bool:
    return await studio.states() == [JobState.CANCELLED]


async def test_a_slow_admission_is_announced_and_then_answered(slow: Studio) -> None:
    ask = slow.person("ada").slash("pictures", "imagine", prompt="a fox")
    assert (await ask.answer()).kind is AnswerKind.THINKING
    message = await slow.picture(await ask.message())
    assert not message.is_ephemeral


async def test_an_answer_that_comes_by_an_edit_leaves_files_alone(slow: Studio) -> None:
    await slow.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    answer = slow.discord.requests.matching("PATCH /webhooks/*")[0]
    assert answer.json["embeds"]
    assert "attachments" not in answer.json  # another process may have found the message, and delivered there


async def test_a_slow_private_request_stays_private(slow: Studio) -> None:
    ask = slow.person("ada").slash("pictures", "imagine", prompt="a fox", private=True)
    assert (await slow.picture(await ask.message())).is_ephemeral


async def test_a_late_refusal_takes_the_public_announcement_back(slow: Studio) -> None:
    slow.admission.error = ServicePaused()
    ask = slow.person("ada").slash("pictures", "imagine", prompt="a fox")
    announced = (await ask.answer()).message
    assert announced is not None
    await slow.until(ask.followups)
    (refusal,) = ask.followups()
    assert refusal.is_ephemeral
    assert "paused" in text_of(refusal)
    assert announced.is_deleted


async def test_an_answer_that_comes_too_late_spends_nothing_and_counts_nothing(studio: Studio) -> None:
    studio.world.answer_within_seconds = 0.05
    studio.discord.faults.slow("POST /interactions/*", seconds=0.3)
    ask = studio.person("ada").slash("pictures", "imagine", prompt="a fox")
    with pytest.raises(NoResponseError):
        await ask.message()
    await studio.eventually(lambda: is_withdrawn(studio))
    assert studio.asked == []
    assert studio.sent_by_bot() == []


async def test_an_acknowledgement_that_got_lost_is_no_second_answer(studio: Studio) -> None:
    studio.discord.faults.add("POST /interactions/*", status=500, times=1, after_doing=True)
    ask = studio.person("ada").slash("pictures", "imagine", prompt="a fox")
    message = await studio.picture(await ask.message())
    assert studio.sent_by_bot() == [message]
    assert len(studio.asked) == 1


async def test_a_connection_that_broke_after_the_answer_loses_nothing(studio: Studio) -> None:
    studio.discord.faults.lose_answer("POST /interactions/*")
    ask = studio.person("ada").slash("pictures", "imagine", prompt="a fox")
    await studio.picture(await ask.message())
    assert len(studio.asked) == 1


async def test_an_answer_of_unknown_fate_is_looked_for_later(slow: Studio) -> None:
    slow.admission.seconds = 0
    slow.discord.faults.lose_answer("POST /interactions/*")
    lost = slow.discord.faults.lose_request("PATCH /webhooks/*", times=None)
    ask = slow.person("ada").slash("pictures", "imagine", prompt="a fox")
    message = (await ask.answer()).message
    assert message is not None
    await slow.eventually(lambda: was_hit(lost))
    slow.discord.faults.remove(lost)
    await slow.picture(message)
    assert len(slow.asked) == 1


@pytest.mark.parametrize(("status", "code"), [(401, 50027), (404, 10015), (403, 50001)])
async def test_an_answer_of_unknown_fate_is_found_although_its_token_is_dead(
    slow: Studio, status: int, code: int
) -> None:
    slow.admission.seconds = 0
    slow.discord.faults.lose_answer("POST /interactions/*")
    refused = slow.discord.faults.add("* /webhooks/*", status=status, code=code)
    ask = slow.person("ada").slash("pictures", "imagine", prompt="a fox")
    message = (await ask.answer()).message
    assert message is not None
    await slow.eventually(lambda: was_hit(refused))
    await slow.picture(message)
    assert slow.sent_by_bot() == [message]
    assert len(slow.asked) == 1


async def test_words_that_automod_refuses_are_left_out_of_the_first_answer(studio: Studio) -> None:
    studio.discord.faults.forbid_word("fox")
    ask = studio.person("ada").slash("pictures", "imagine", prompt="a fox")
    message = await studio.picture(await ask.message())
    assert "The prompt is hidden" in text_of(message)
    assert [one.description for one in message.attachments] == ["An image."]
    assert studio.asked[0].prompt == "a fox"


async def test_no_card_is_left_without_an_answer_when_the_bot_ends(studio: Studio) -> None:
    studio.admission.seconds = 0.3
    ask = studio.person("ada").slash("pictures", "imagine", prompt="a fox")
    await studio.until(lambda: ask.interaction.answer)
    await studio.chat.close(grace_seconds=3.0)
    assert not (await ask.message()).is_thinking


async def test_a_bug_is_owned_up_to_and_counted(studio: Studio) -> None:
    studio.admission.error = ZeroDivisionError()
    message = await studio.person("ada").slash("pictures", "imagine", prompt="a fox").message()
    assert message.is_ephemeral
    assert "inside this bot" in text_of(message)
    assert b'bot_loop_errors_total{loop="chat"} 1.0' in studio.metrics.as_text()
