"""Runs the bot so that it ends with the process that started it: `python -m sandbox.leash run …`.

Standard input is the leash. When its other end closes, for any reason, this process ends. The bot
itself is the unmodified `python -m bot`.
"""

from __future__ import annotations

import os
import runpy
import sys
import threading

LET_GO = 143


def _end_with_the_holder() -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(LET_GO)


def hold() -> None:
    """End this process when the one that started it ends."""
    threading.Thread(target=_end_with_the_holder, name="leash", daemon=True).start()


def main() -> None:
    hold()
    runpy.run_module("bot", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
