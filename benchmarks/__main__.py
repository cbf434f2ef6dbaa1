"""`python -m benchmarks [name …]`: all of them, or those that are named."""

import argparse
import asyncio
import logging
import os
import platform
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

from benchmarks import admissions, cards, first_answer, load, reports, restart, throughput, waiting
from benchmarks.history import KINDS, Scale

BENCHMARKS: dict[str, Callable[[], Awaitable[None]]] = {
    "waiting": waiting.main,
    "throughput": throughput.main,
    "first_answer": first_answer.main,
    "load": load.main,
    "restart": restart.main,
    "cards": cards.main,
}
#: Those that remember pictures, in databases of their own.
REMEMBERING: dict[str, Callable[[Scale], Awaitable[None]]] = {
    "admissions": admissions.main,
    "reports": reports.main,
}
NAMES = [*BENCHMARKS, *REMEMBERING]


async def run(names: list[str], scale: Scale) -> None:
    for name in names:
        if name in REMEMBERING:
            await REMEMBERING[name](scale)
        else:
            await BENCHMARKS[name]()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Print ratios; see README.md.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(NAMES)}; none: all")
    parser.add_argument(
        "--pictures",
        type=int,
        nargs="+",
        default=Scale().pictures,
        help="how many are remembered (default: 10000 and 1000000)",
    )
    parser.add_argument(
        "--databases", choices=KINDS, nargs="+", default=KINDS, help="in which (default: both)"
    )
    asked = parser.parse_args()
    names = asked.names or NAMES
    if unknown := set(names) - set(NAMES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    today = datetime.now(UTC).date()
    print(f"{today}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}")
    asyncio.run(run(names, Scale(asked.pictures, asked.databases)))


if __name__ == "__main__":
    main()
