"""`python -m tests.strangers`: libraries that the stand-in was not written for, each with an own environment.

Prints a table of library and step, and ends with 1 if a cell fails.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.table import print_table
from tests.standins.little_bot import png
from tests.strangers.libraries import LIBRARIES, Library, install
from tests.strangers.playing import OK, Folder, play
from tests.strangers.steps import STEPS

AT_ONCE = 4


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.strangers", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="library", help=f"some of {', '.join(LIBRARIES)}; all")
    args = parser.parse_args()
    if unknown := set(args.names) - LIBRARIES.keys():
        parser.error(f"unknown: {', '.join(unknown)}")
    return args


async def play_all(libraries: Sequence[Library], folder: Folder) -> dict[str, dict[str, str]]:
    """Each library's outcomes, a few libraries at a time."""
    places = asyncio.Semaphore(AT_ONCE)

    async def one(library: Library) -> dict[str, str]:
        async with places:
            return await play(library, folder)

    await install(libraries)
    outcomes = await asyncio.gather(*map(one, libraries))
    return dict(zip((one.name for one in libraries), outcomes, strict=True))


def show(outcomes: dict[str, dict[str, str]], seconds: float, folder: Folder) -> None:
    rows = [
        (name, *("ok" if one[step] == OK else "FAILS" for step in STEPS)) for name, one in outcomes.items()
    ]
    print_table(f"Strangers on the stand-in, in {seconds:.0f} s", ("library", *STEPS), rows)
    for name, one in outcomes.items():
        for step, outcome in one.items():
            if outcome != OK:
                print(f"  {name}, {step}: {outcome}")
    print(f"  what they print: {folder.path}")


def main() -> int:
    names = parsed().names or list(LIBRARIES)
    folder = Folder(Path(tempfile.mkdtemp(prefix="strangers-")), png())
    started = time.monotonic()
    outcomes = asyncio.run(play_all([LIBRARIES[name] for name in names], folder))
    show(outcomes, time.monotonic() - started, folder)
    return int(any(one != OK for by_step in outcomes.values() for one in by_step.values()))


if __name__ == "__main__":
    sys.exit(main())
