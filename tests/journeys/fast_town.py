"""A town where time runs faster, for all three: what takes the bot two minutes takes a test six seconds."""

import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from standins.fake_discord.demo import demo_world
from standins.fake_discord.server import FakeDiscord
from standins.fake_segmind.facade import FakeSegmind
from tests.journeys.town import SIGNS_OF_A_BUG, Town
from tests.scaled_time import ChangingClock, ScaledClock

ENTRY = (sys.executable, "-m", "tests.journeys.fast_entry")
#: By the fast clock.
PICTURE_TAKES_SECONDS = 12.0
#: In real seconds. discord.py hangs up after a minute without a word, and its minute is a short one here.
HEARTBEAT_SECONDS = 0.2
#: In real seconds, on a busy machine.
ANSWERS_WITHIN = 8.0


@asynccontextmanager
async def a_fast_town(
    folder: Path, speed: float | ChangingClock, command: Sequence[str] = ENTRY, **settings: str
) -> AsyncIterator[Town]:
    """The bot is online. A port in `settings` is written `{segmind}`: it is known only when all listen."""
    clock = speed if isinstance(speed, ChangingClock) else ScaledClock.starting_now(speed)
    discord = FakeDiscord(demo_world(clock), has_strict_limits=False)
    discord.world.answer_within_seconds = ANSWERS_WITHIN
    discord.gateway.heartbeats.interval_seconds = HEARTBEAT_SECONDS
    await discord.start()
    async with FakeSegmind(clock=clock, latency=PICTURE_TAKES_SECONDS, small=True) as segmind:
        town = Town(discord, segmind, folder, command)
        port = segmind.output_host.rpartition(":")[2]
        told = {name: value.format(segmind=port) for name, value in settings.items()}
        try:
            await town.open(**clock.environment, **told)
            yield town
        finally:
            await town.bot.stop()
            await discord.stop()
    assert [leak for leak in segmind.key_leaks if leak.host != told.get("SEGMIND_OUTPUT_HOSTS")] == []
    for words in SIGNS_OF_A_BUG:
        assert words not in town.log
