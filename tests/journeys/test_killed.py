"""SIGKILL in each state; started again, there is one bill and one picture, on the same message."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from standins.fake_discord.model import Message
from tests.journeys.town import Town


async def asked(town: Town) -> Message:
    return await town.person("ada").slash("pictures", "imagine", prompt="a lighthouse").message()


async def while_queued(town: Town) -> Message:
    town.segmind.faults.add("submit", "rate_limited", seconds=2)
    message = await asked(town)
    await town.until_logged("after=queued before=submitting")
    return message


async def while_being_sent_and_taken(town: Town) -> Message:
    town.segmind.faults.add("submit", "hang_after", times=1)
    message = await asked(town)
    await town.segmind.until(lambda: town.bills)
    return message


async def while_in_doubt(town: Town) -> Message:
    town.segmind.faults.add("submit", "reset_after", times=1)
    town.segmind.faults.add("history", "error_500", times=1)
    message = await asked(town)
    await town.until_asked("history")
    return message


async def while_running(town: Town) -> Message:
    town.segmind.latency = 3.0
    message = await asked(town)
    await town.until_asked("status")
    return message


async def while_ready(town: Town) -> Message:
    town.discord.faults.add(route="PATCH /webhooks/*", status=503)
    message = await asked(town)
    await town.until_asked("output")
    return message


async def once_delivered_but_before_it_is_written_down(town: Town) -> Message:
    town.discord.faults.add(route="PATCH /webhooks/*", after_doing=True, drops_connection=True)
    message = await asked(town)
    await town.until(lambda: message.attachments)
    return message


@pytest.mark.parametrize(
    "moment",
    [
        while_queued,
        while_being_sent_and_taken,
        while_in_doubt,
        while_running,
        while_ready,
        once_delivered_but_before_it_is_written_down,
    ],
    ids=lambda moment: moment.__name__,
)
async def test_killed_and_started_again_it_pays_once_and_shows_one_picture(
    own_town: Town, moment: Callable[[Town], Awaitable[Message]]
) -> None:
    town = own_town
    message = await moment(town)
    await town.kill()
    town.discord.faults.clear()
    town.segmind.faults.clear()
    await town.restart()
    await town.until_picture(message)
    assert len(town.paid) == 1
    assert len(town.bills) == 1
    assert town.messages_of_the_bot() == [message]
    assert len(message.attachments) == 1


async def test_killed_before_its_answer_left_nothing_is_spent(own_town: Town) -> None:
    town = own_town
    town.discord.faults.add(route="POST /interactions/*", drops_connection=True)
    ask = town.person("ada").slash("pictures", "imagine", prompt="a lighthouse")
    await town.until(lambda: town.discord.requests.matching("POST /interactions/*"))
    await town.kill()
    town.discord.faults.clear()
    await ask.answer()
    await town.restart()
    assert town.bills == []


async def test_buttons_and_open_dialogues_survive_a_restart(own_town: Town) -> None:
    town = own_town
    ada = town.person("ada")
    message = await town.until_picture(await asked(town))
    modal = await ada.press(message, "Edit").modal()
    await town.kill()
    await town.restart()
    result = await ada.submit(modal, {modal.fields()[0].custom_id: "make it night"}).message()
    await town.until_picture(result)
    assert (await ada.press(message, "Details").message()).is_ephemeral


async def test_sigterm_ends_within_ten_seconds_and_loses_nothing(own_town: Town) -> None:
    town = own_town
    town.segmind.latency = 3.0
    message = await asked(town)
    await town.until_asked("status")
    town.bot.terminate()
    async with asyncio.timeout(10):
        await town.bot.wait()
    assert town.bot.ending == "exit code 0"
    await town.restart()
    await town.until_picture(message)
    assert len(town.bills) == 1
