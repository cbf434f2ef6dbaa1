"""`bot run` in an event loop whose time runs faster: every wait and every timeout is over sooner."""

import asyncio
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bot import __main__ as command_line
from bot import app
from sandbox import leash
from tests.scaled_time import ChangingLoop, ChangingLoopClock, LoopClock, ScaledLoop


def run() -> int:
    settings = command_line.prepared_settings(Path(os.devnull))
    clock: LoopClock | ChangingLoopClock
    if "CLOCK_FILE" in os.environ:
        clock = changing = ChangingLoopClock.of_environment()
        loop: Callable[[], asyncio.AbstractEventLoop] = partial(ChangingLoop, changing)
    else:
        clock = LoopClock.of_environment()
        loop = partial(ScaledLoop, clock.speed)
    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(app.run(settings, clock))
    return 0


if __name__ == "__main__":
    leash.hold()
    sys.exit(command_line.reported(run))
