"""`make fuzz`: the tests marked `fuzz`, over and over with other seeds, until the time is up or one fails."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="of the first round; by default the time")
    told, others = parser.parse_known_args(arguments)
    end = time.monotonic() + told.minutes * 60
    seed = first_seed = int(time.time()) if told.seed is None else told.seed
    while seed == first_seed or time.monotonic() < end:
        if status := one_round(seed, others):
            say(f"\nfound something; again: make fuzz ARGS='--minutes 0 --seed {seed}'")
            return status
        seed += 1
    say(f"{seed - first_seed} rounds found nothing")
    return 0


def one_round(seed: int, others: Sequence[str]) -> int:
    pytest = [sys.executable, "-m", "pytest", "-m", "fuzz", "-p", "no:cacheprovider"]
    options = ["--hypothesis-profile=fuzz", f"--hypothesis-seed={seed}", f"--numprocesses={os.cpu_count()}"]
    return subprocess.run([*pytest, *options, *others], check=False).returncode


def say(line: str) -> None:
    print(line, flush=True)  # noqa: T201  it talks to a terminal


if __name__ == "__main__":
    sys.exit(main())
