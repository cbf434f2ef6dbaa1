"""Pictures to edit that are too much for the machine: one kills the process, and all else goes on."""

import asyncio

from standins.fake_discord.asks import Upload
from standins.fake_discord.model import Message
from tests.journeys.town import PATIENCE_SECONDS, Town, text_of
from tests.services.outsides import png

#: What is held for two pictures, and not for three.
TWO_PICTURES_USD = "0.12"


async def fallen(town: Town) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        await town.bot.wait()
    assert town.bot.ending == "ended by SIGKILL"


async def imagine(town: Town, who: str) -> Message:
    return await town.person(who).slash("pictures", "imagine", prompt=f"a fox for {who}").message()


async def test_a_source_that_kills_the_process_three_times_is_given_up_and_all_else_goes_on(
    closed_town: Town,
) -> None:
    """The fault stays armed: the fourth process is alive because it does not open that source again."""
    town = closed_town
    town.segmind.latency = 3.0
    await town.open(
        FAULT_POINT="source.begun",
        LIMITS_RUNNING="1",
        LIMITS_PER_DAY="1",
        BUDGET_MONTHLY_USD=TWO_PICTURES_USD,
    )
    others = await imagine(town, "ben")
    ada = town.person("ada")
    edit = await ada.slash("pictures", "edit", prompt="in snow", image=Upload("a.png", png())).message()
    for _ in range(3):
        await fallen(town)
        await town.relaunch()  # it may fall again before it is online
    await town.until_online(lambda: town.discord.is_connected and town.world.commands)
    words = await town.until_text(edit, "Too large to process", "This didn't count toward your limit")
    assert "Scale it down" in words
    await town.until_logged("a source killed this process again and again, and is refused")
    await town.until_picture(others)
    await town.until_picture(await imagine(town, "ada"))
    assert [bill.prompt for bill in town.bills] == ["a fox for ben", "a fox for ada"]
    assert "budget for all servers is used up" in text_of(await imagine(town, "mia"))
    assert town.bot.is_alive
