"""`python -m benchmarks [name …]`: all of them, or those that are named."""

import argparse
import asyncio
import logging
import os
import platform
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import structlog

from benchmarks import first_answer, throughput, waiting

BENCHMARKS: dict[str, Callable[[], Awaitable[None]]] = {
    "waiting": waiting.main,
    "throughput": throughput.main,
    "first_answer": first_answer.main,
}


async def run(names: list[str]) -> None:
    for name in names:
        await BENCHMARKS[name]()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Print ratios; see README.md.")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHMARKS)}; none: all")
    names = parser.parse_args().names or list(BENCHMARKS)
    if unknown := set(names) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    today = datetime.now(UTC).date()
    print(f"{today}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}")
    asyncio.run(run(names))


if __name__ == "__main__":
    main()
