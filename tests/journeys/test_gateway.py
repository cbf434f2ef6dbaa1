"""Discord's WebSocket cut, garbled, refused, and gone for an hour: every card ends well, in one process."""

import json
import zlib
from collections.abc import Callable
from pathlib import Path

from standins.fake_discord.model import Message
from tests.journeys.fast_town import PICTURE_TAKES_SECONDS, a_fast_town
from tests.journeys.town import PATIENCE_SECONDS, Town
from tests.scaled_time import ChangingClock

#: discord.py's pauses between attempts are a twentieth of what they are in life.
SPEED = 20.0
#: An hour takes ten seconds.
HOUR_SPEED = 360.0
HOUR_SECONDS = 3600.0
#: Discord bans an address at 10,000 in ten minutes.
A_HANDFUL = 6

WHOLE_FRAME = zlib.compress(json.dumps({"op": 11, "d": None}).encode())
ZLIB_SUFFIX = b"\x00\x00\xff\xff"

#: What is left out, and the connection goes on.
LEFT_OUT: list[dict[str, object]] = [
    {"op": 0, "t": "SOMETHING_NEW", "s": None, "d": {"of": ["a", "later", "year"]}},
    {"op": 0, "t": "INTERACTION_CREATE", "s": None, "d": {"id": "1", "type": 2}},
    {"op": 0, "t": "MESSAGE_CREATE", "s": None, "d": {}},
    {"op": 0, "t": "GUILD_CREATE", "s": None, "d": None},
    {"op": 77, "d": None},
]
#: After these the connection is made anew, and the session resumed or begun again.
GIVEN_UP: dict[str, Callable[[Town], None]] = {
    "no JSON": lambda town: town.discord.faults.send_malformed("\x00 this is no JSON"),
    "no object": lambda town: town.discord.faults.send_malformed("[]"),
    "a READY without anything": lambda town: town.discord.faults.send_malformed(
        {"op": 0, "t": "READY", "s": 1, "d": {}}
    ),
    "a compressed frame, cut off": lambda town: town.discord.faults.send_malformed(
        WHOLE_FRAME[:10] + ZLIB_SUFFIX
    ),
    "cut": lambda town: town.discord.faults.cut_gateway(),
    "cut with a code": lambda town: town.discord.faults.cut_gateway(4000),
    "told to reconnect": lambda town: town.discord.faults.send_malformed({"op": 7, "d": None}),
    "invalid session": lambda town: town.discord.faults.invalidate_sessions(),
    "invalid session, may resume": lambda town: town.discord.faults.invalidate_sessions(is_resumable=True),
}


async def imagine(town: Town, who: str, count: int = 1) -> Message:
    ask = town.person(who).slash("pictures", "imagine", prompt=f"a fox for {who}", count=count)
    return await ask.message()


async def connected_anew(town: Town, trouble: str) -> None:
    """Let it happen, and wait until the bot hears again, by another connection."""
    gateway = town.discord.gateway
    before = gateway.connections
    GIVEN_UP[trouble](town)
    await town.until(lambda: gateway.is_online and not gateway.connections & before)


async def test_garbage_and_cuts_at_the_gateway_disturb_no_picture(tmp_path: Path) -> None:
    async with a_fast_town(tmp_path, SPEED) as town:
        town.segmind.latency = 200.0
        cards = [await imagine(town, who, count=2) for who in ("ada", "ben", "mia")]
        process = town.bot.pid
        for dispatch in LEFT_OUT:
            town.discord.faults.send_malformed(dispatch)
        await town.person("ada").slash("pictures", "help").message()
        for trouble in GIVEN_UP:
            await connected_anew(town, trouble)
            assert (await town.person("ada").slash("pictures", "help").message()).is_ephemeral, trouble
        for card in cards:
            await town.until_picture(card, 2)
        assert town.bot.pid == process
        assert len(town.bills) == 6
        assert len(town.discord.requests.invalid()) <= A_HANDFUL


async def test_a_start_while_the_gateway_refuses_waits_for_it(tmp_path: Path) -> None:
    async with a_fast_town(tmp_path, SPEED) as town:
        card = await imagine(town, "ada")
        await town.until_accepted(1)
        await town.kill()
        town.discord.gateway.is_refusing = True
        await town.relaunch()
        await town.until_picture(card)  # what is open goes on by HTTP alone
        assert town.bot.is_alive
        town.discord.gateway.is_refusing = False
        await town.discord.connected(within_seconds=PATIENCE_SECONDS)
        await town.until_picture(await imagine(town, "ben"))


async def test_pictures_that_complete_in_an_hour_without_discord_come_once_it_is_back(tmp_path: Path) -> None:
    clock = ChangingClock.starting_now(tmp_path / "clock", SPEED)
    async with a_fast_town(tmp_path, clock) as town:
        town.segmind.latency = 600.0
        cards = [await imagine(town, who, count) for who, count in (("ada", 4), ("ben", 1), ("mia", 2))]
        await town.segmind.until(lambda: len(town.bills) == 7, PATIENCE_SECONDS)
        process, before, offers = town.bot.pid, len(town.discord.requests), offered(town)
        town.discord.faults.start_outage()
        await hurry(clock, HOUR_SECONDS)
        during, offers = len(town.discord.requests) - before, offered(town) - offers
        town.discord.faults.end_outage()
        town.segmind.latency = PICTURE_TAKES_SECONDS
        for card, count in zip(cards, (4, 1, 2), strict=True):
            await town.until_picture(card, count, within_seconds=PATIENCE_SECONDS)
        await town.discord.connected(within_seconds=PATIENCE_SECONDS)
        await town.until_picture(await imagine(town, "ben"))
        assert town.messages_of_the_bot()[:3] == cards
        assert town.bot.pid == process
        assert len(town.bills) == len(town.paid) == 8
        assert offers < 7 * 60, "each picture is offered about once a minute, at most"
        assert during - offers < 4 * 60, "whether Discord is back is asked three times a minute"
        assert len(town.discord.requests.invalid()) <= A_HANDFUL


def offered(town: Town) -> int:
    """How often something was to be shown."""
    return len(town.discord.requests.matching("PATCH /*")) + len(town.discord.requests.matching("POST /*"))


async def hurry(clock: ChangingClock, seconds: float) -> None:
    """Let so much time pass quickly: nothing happens meanwhile that has to be done in time."""
    clock.speed = HOUR_SPEED
    await clock.sleep(seconds)
    clock.speed = SPEED
