"""`bot run` in an event loop whose time runs faster: every wait and every timeout is over sooner."""

import asyncio
import os
import sys
from pathlib import Path

from bot import __main__ as command_line
from bot import app
from bot.sandbox import leash
from tests.scaled_time import LoopClock, ScaledLoop


def run() -> int:
    settings = command_line.prepared_settings(Path(os.devnull))
    clock = LoopClock.of_environment()
    with asyncio.Runner(loop_factory=lambda: ScaledLoop(clock.speed)) as runner:
        runner.run(app.run(settings, clock))
    return 0


if __name__ == "__main__":
    leash.hold()
    sys.exit(command_line.reported(run))
