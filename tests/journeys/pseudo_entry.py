"""The bot, which also speaks the pseudo-language: `python -m tests.journeys.pseudo_entry run …`."""

import runpy

from sandbox import leash
from tests.words.pseudo import teach

if __name__ == "__main__":
    leash.hold()
    teach()
    runpy.run_module("bot", run_name="__main__", alter_sys=True)
