"""`python -m tests.matrix`: plays the rows, prints the table, and ends with 1 if a promise was broken."""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from benchmarks.table import print_table
from tests.matrix.broken_builds import BUILDS
from tests.matrix.playing import Played, play
from tests.matrix.rows import ROWS, Database, Row
from tests.matrix.scene import SPEED

HEADS = ("fault", "database", "left as", "jobs", "bills", "delivered", "held", "verdict")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.matrix", description=__doc__)
    parser.add_argument("--towns", type=int, default=3, help="how many rows at once (%(default)s)")
    parser.add_argument("--only", default="", help="rows whose name holds this")
    parser.add_argument("--database", choices=[one.value for one in Database], help="this one only")
    parser.add_argument("--ci", action="store_true", help="those rows that continuous integration plays")
    parser.add_argument("--part", type=part, default=(1, 1), help="of several, such as 2/4")
    parser.add_argument("--build", choices=list(BUILDS), default="", help="a build that breaks a promise")
    parser.add_argument("--folder", type=Path, help="where logs and files stay (a new one)")
    return parser.parse_args()


def part(text: str) -> tuple[int, int]:
    number, of = map(int, text.split("/"))
    if not 1 <= number <= of:
        raise argparse.ArgumentTypeError("must be from 1/N to N/N")
    return number, of


def chosen(args: argparse.Namespace) -> list[tuple[Row, Database]]:
    number, of = args.part
    found = [
        (row, database)
        for row in ROWS
        for database in row.databases
        if args.only in row.name and (row.is_in_ci or not args.ci) and args.database in (None, database)
    ]
    return found[len(found) * (number - 1) // of : len(found) * number // of]


async def play_all(
    rows: Sequence[tuple[Row, Database]], towns: int, folder: Path, build: str
) -> list[Played]:
    free = asyncio.Semaphore(towns)

    async def one(number: int, row: Row, database: Database) -> Played:
        async with free:
            home = folder / f"{number:03}"
            home.mkdir(parents=True)
            played = await play(row, database, home, build=build)
            verdict = "ok" if played.is_good else "; ".join(played.complaints)
            sys.stderr.write(f"{number:03} {row.name}, {database}: {verdict} ({played.seconds:.1f} s)\n")
            return played

    return await asyncio.gather(*(one(number, *each) for number, each in enumerate(rows)))


def cells(played: Played) -> tuple[str, ...]:
    return (
        played.row.name,
        played.database,
        played.left,
        str(played.jobs),
        str(played.bills),
        str(played.delivered),
        str(played.held_microusd),
        "ok" if played.is_good else "BAD",
    )


def main() -> int:
    args = parsed()
    rows = chosen(args)
    folder = args.folder or Path(tempfile.mkdtemp(prefix="matrix-"))
    began = time.monotonic()
    all_played = asyncio.run(play_all(rows, args.towns, folder, args.build))
    minutes, seconds = divmod(round(time.monotonic() - began), 60)
    bad = [
        f"{one.row.name}, {one.database}: {'; '.join(one.complaints)}"
        for one in all_played
        if not one.is_good
    ]
    print_table(
        f"{len(rows)} rows in {minutes}:{seconds:02} min, by a clock {SPEED:.0f} times as fast",
        HEADS,
        [cells(one) for one in all_played],
        *bad,
        f"logs: {folder}",
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
