"""`python -m tests.soak`: prints a table, and ends with 1 if something in it is bad."""

import argparse
import asyncio
import sys
import tempfile
from dataclasses import fields
from pathlib import Path

from benchmarks.table import print_table
from tests.soak.plan import Plan
from tests.soak.soaking import Soaked, soak

WORDS = {
    "pictures": "how many are delivered in the end",
    "members": "who ask for them, each for as many as all others",
    "servers": "which these are in, each in two",
    "seed": "of all that happens by chance",
    "minutes": "after which it gives up",
    "speed": "how much faster than the machine's all clocks run",
    "kills": "how often the process is killed",
    "pictures_a_trouble": "how many pictures there are for each trouble",
    "outage_seconds": "how long the provider, and then Discord, is away after each kill",
}


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    defaults = {one.name: one.default for one in fields(Plan)}
    for name, words in WORDS.items():
        default = defaults[name]
        option = "--" + name.replace("_", "-")
        parser.add_argument(option, type=type(default), default=default, help=f"{words} (%(default)s)")
    parser.add_argument("--folder", type=Path, help="where the log and the database stay (a new one)")
    return parser.parse_args()


def show(soaked: Soaked, plan: Plan) -> None:
    tally, cpu = soaked.tally, soaked.cpu_seconds
    minutes, seconds = divmod(round(soaked.seconds), 60)
    rows = [(one.what, one.wanted, one.seen, "ok" if one.is_good else "BAD") for one in soaked.verdicts]
    title = (
        f"{plan.expected:,} pictures for {plan.members} members in {plan.servers} servers, seed {plan.seed}, "
        f"in {minutes}:{seconds:02} min"
    )
    print_table(title, ("what", "wanted", "seen", ""), rows)
    print(f"  {tally.cards:,} requests taken, {tally.refusals:,} refused, {tally.unanswered:,} unanswered")
    print(f"  {soaked.requests:,} requests accepted by the provider; the bot used {cpu:.0f} s of CPU")
    print(
        "  " + ", ".join(f"{name.replace('_', ' ')} {times}" for name, times in soaked.troubles.most_common())
    )
    print("  harm: " + ", ".join(f"{name} {times}" for name, times in soaked.harm.most_common()))
    for text in set(tally.other_refusals):
        print(f"  refused otherwise: {text}")
    print(f"  log: {soaked.log}")


def main() -> int:
    args = parsed()
    plan = Plan(**{name: getattr(args, name) for name in WORDS})
    folder = args.folder or Path(tempfile.mkdtemp(prefix="soak-"))
    folder.mkdir(parents=True, exist_ok=True)
    soaked = asyncio.run(soak(plan, folder))
    show(soaked, plan)
    return 0 if soaked.is_good else 1


if __name__ == "__main__":
    sys.exit(main())
