"""What is loaded at the start costs the collector of garbage nothing later."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parents[3]
#: Says whether a class of a library is among the objects that the collector looks at, before and after.
PROGRAM = """
import gc, discord
from bot.ops.garbage import spare_what_is_loaded
watched = lambda: any(found is discord.Client for found in gc.get_objects())
before = watched()
spare_what_is_loaded()
print(before, watched(), gc.isenabled())
"""


def test_what_is_loaded_is_not_looked_at_again() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", PROGRAM],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["True", "False", "True"]
