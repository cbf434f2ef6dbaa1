"""`bot run` by a clock that runs faster, and if the environment says so, in a broken build."""

import asyncio
import os
import sys
from pathlib import Path

from bot import __main__ as command_line
from bot import app
from sandbox import leash
from tests.matrix.broken_builds import BUILDS
from tests.scaled_time import ScaledClock


def run() -> int:
    settings = command_line.prepared_settings(Path(os.devnull))
    asyncio.run(app.run(settings, ScaledClock.of_environment()))
    return 0


def main() -> int:
    leash.hold()
    if broken := os.environ.get("BROKEN_BUILD"):
        BUILDS[broken]()
    return command_line.reported(run)


if __name__ == "__main__":
    sys.exit(main())
