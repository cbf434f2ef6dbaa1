"""Draws a chart in a child process soon after the start: the first moderator does not wait for a cold disk.

The child reads the libraries and finds the machine's fonts, which matplotlib then keeps in a file. Then it
ends: loaded for good, they would take a third of the bot's memory, also where no one looks at charts.
"""

import asyncio
import os
import sys
from pathlib import Path

import structlog

import bot
from bot.domain.clock import Clock

log = structlog.stdlib.get_logger(__name__)

#: At the lowest priority, where the system has priorities: members are answered first.
_CODE = (
    "import os; getattr(os, 'nice', int)(19); from bot.chat.reports.chart import draw_nothing; draw_nothing()"
)
COMMAND = (sys.executable, "-c", _CODE)
#: A start has more urgent things to do.
AFTER_SECONDS = 15.0
#: A slower machine finds its fonts with the first chart.
MOST_SECONDS = 120.0
#: Of the environment, which also holds tokens and keys, the child gets where files are and nothing else.
_PASSED_ON = (
    *("PATH", "PYTHONPATH", "HOME", "MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"),
    *("TMPDIR", "TEMP", "TMP", "USERPROFILE", "LOCALAPPDATA", "SYSTEMROOT"),
)


async def warm_up_charts(clock: Clock) -> None:
    """Wait a little, and return when it is done. If it fails, only the first chart takes longer."""
    await clock.sleep(AFTER_SECONDS)
    child = await asyncio.create_subprocess_exec(
        *COMMAND, stdin=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL, env=_environment()
    )
    try:
        async with asyncio.timeout(MOST_SECONDS):
            code = await child.wait()
    except TimeoutError:
        code = None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    log.info("charts warmed up" if code == 0 else "charts cannot be warmed up", exit_code=code)


def _environment() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    root = str(Path(bot.__file__).parents[1])
    path = os.pathsep.join(filter(None, [root, passed_on.get("PYTHONPATH")]))
    return {**passed_on, "PYTHONPATH": path}
