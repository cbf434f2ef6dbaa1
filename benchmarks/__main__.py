"""`python -m benchmarks [name …]`: all of them, or those that are named."""

import argparse
import asyncio
import logging
import os
import platform
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

from benchmarks import (
    admissions,
    cards,
    exports,
    feed,
    first_answer,
    load,
    reports,
    restart,
    rules,
    scale,
    steady_answers,
    takeover,
    throughput,
    waiting,
    words,
)
from benchmarks.history import KINDS, Scale

BENCHMARKS: dict[str, Callable[[], Awaitable[None]]] = {
    "waiting": waiting.main,
    "throughput": throughput.main,
    "first_answer": first_answer.main,
    "load": load.main,
    "restart": restart.main,
    "cards": cards.main,
    "feed": feed.main,
    "scale": scale.main,
    "takeover": takeover.main,
    "words": words.main,
}
#: Those that remember pictures, in databases of their own.
REMEMBERING: dict[str, Callable[[Scale], Awaitable[None]]] = {
    "admissions": admissions.main,
    "rules": rules.main,
    "reports": reports.main,
    "exports": exports.main,
}
NAMES = [*BENCHMARKS, *REMEMBERING]


async def run(names: list[str], scale: Scale, *, is_steady: bool) -> None:
    for name in names:
        if name == "first_answer" and is_steady:
            await steady_answers.main()
        elif name in REMEMBERING:
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
    parser.add_argument(
        "--steady", action="store_true", help="first_answer: members keep asking, instead of all at once"
    )
    asked = parser.parse_args()
    names = asked.names or NAMES
    if unknown := set(names) - set(NAMES):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    today = datetime.now(UTC).date()
    print(f"{today}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}")
    asyncio.run(run(names, Scale(asked.pictures, asked.databases), is_steady=asked.steady))


if __name__ == "__main__":
    main()
