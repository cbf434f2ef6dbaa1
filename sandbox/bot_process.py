"""The bot as a process of its own: started, stopped, killed, with its log lines.

It runs on a leash (`sandbox/leash.py`): it never outlives the process that holds this object.
"""

from __future__ import annotations

import asyncio
import codecs
import os
import re
import signal
import sys
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

LINES_KEPT = 400
CHUNK_BYTES = 65_536
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
#: The bot promises to end within 10 s of a SIGTERM.
STOP_WITHIN_SECONDS = 12.0


class BotState(StrEnum):
    RUNNING = "running"
    STOPPING = "stopping"
    STOPPED = "stopped"
    KILLED = "killed"
    CRASHED = "crashed"


#: The unmodified bot, with no `.env` file in reach.
BOT_COMMAND = (sys.executable, "-m", "sandbox.leash", "run", "--env-file", os.devnull)


class BotProcess:
    """Holds at most one process at a time; `state` and `ending` describe the last one."""

    def __init__(
        self, environment: Mapping[str, str], log_file: Path, command: Sequence[str] = BOT_COMMAND
    ) -> None:
        """`environment` is the whole of it; the log is added to `log_file`."""
        self.log_file = log_file
        self.state = BotState.STOPPED
        self.changed_at = datetime.now(UTC)
        #: How the last process ended, such as "exit code 1".
        self.ending = ""
        #: The newest lines of the log, the oldest first.
        self.lines: deque[str] = deque(maxlen=LINES_KEPT)
        #: How many lines there have been since the beginning.
        self.line_count = 0
        self._command = command
        self._environment = dict(environment)
        self._starting = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def is_alive(self) -> bool:
        return self._process is not None

    async def start(self) -> None:
        """Start one, unless one is alive."""
        async with self._starting:
            if self._process is not None:
                return
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.STDOUT,
                env=self._environment,
                start_new_session=True,
            )
            self._turn(BotState.RUNNING)
            self._watch = asyncio.create_task(self._listen(self._process), name="the bot's log")

    def terminate(self) -> None:
        """SIGTERM: it may finish its work in progress."""
        if self._process is not None:
            self._turn(BotState.STOPPING)
            self._process.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """SIGKILL: it ends at once, in the middle of its work."""
        if self._process is not None:
            self._turn(BotState.KILLED)
            self._process.kill()

    async def wait(self) -> None:
        """Wait until it has ended and its last line is read."""
        if self._watch is not None:
            await asyncio.shield(self._watch)

    async def stop(self, *, within_seconds: float = STOP_WITHIN_SECONDS) -> None:
        """SIGTERM, and SIGKILL if that does not help in time."""
        self.terminate()
        try:
            async with asyncio.timeout(within_seconds):
                await self.wait()
        except TimeoutError:
            self.kill()
            await self.wait()

    def lines_since(self, count: int) -> list[str]:
        """The kept lines after the first `count`."""
        fresh = min(self.line_count - count, len(self.lines))
        return list(self.lines)[-fresh:] if fresh > 0 else []

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        rest = ""
        with self.log_file.open("a", encoding="utf-8") as log:
            while chunk := await process.stdout.read(CHUNK_BYTES):
                text = decoder.decode(chunk)
                log.write(text)
                log.flush()
                *whole, rest = (rest + text).split("\n")
                self._add(whole)
        self._add([rest] if rest else [])
        self._end(await process.wait())

    def _add(self, lines: list[str]) -> None:
        self.lines.extend(_COLOURS.sub("", line) for line in lines)
        self.line_count += len(lines)

    def _end(self, code: int) -> None:
        self._process = None
        self.ending = f"ended by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        if self.state is BotState.RUNNING:
            self._turn(BotState.CRASHED)
        elif self.state is BotState.STOPPING:
            self._turn(BotState.STOPPED)
        else:
            self.changed_at = datetime.now(UTC)

    def _turn(self, state: BotState) -> None:
        self.state = state
        self.changed_at = datetime.now(UTC)
