"""One child process, from outside: started when needed, asked one thing at a time, replaced when it died.

Everything here blocks and belongs into a thread. What the child says is not believed: a file may have taken
it over.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import bot
from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.imaging import headers
from bot.imaging.protocol import DISK, LATER, NeedsMoreTime, scratch_of

COMMAND = (sys.executable, "-m", "bot.imaging.child")
_MOST_ANSWER_BYTES = 4096
#: Discord's largest limit for uploads.
MOST_MADE_BYTES = 100_000_000
_PROBLEMS: dict[str, SourceProblem] = {problem.value: problem for problem in SourceProblem}
_CONTENT_TYPES = ("image/jpeg", "image/png", "image/webp")
#: Nothing of this process's own environment is for the child, least of all the secrets.
_PASSED_ON = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
#: One heap, which gives back what is freed: the limit of memory is for all that was ever taken.
_HEAP = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "262144", "MALLOC_TRIM_THRESHOLD_": "262144"}


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """`cpu_seconds` holds where the system can limit it; `seconds` always, however busy the machine is."""

    cpu_seconds: float
    seconds: float
    is_last: bool


class Worker:
    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._is_closed = False
        self._asking = threading.Lock()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.pid}>"

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    def ask(
        self,
        path: Path,
        into: Path,
        most_bytes: int | None,
        limits: TimeLimits,
        unwanted: threading.Event | None = None,
    ) -> str | None:
        """The content type of what stands at `into` then; None if it is to be left as it is.

        Whoever no longer wants it sets `unwanted`, then calls `kill`: the child may be about to be started.
        Raises `FileRefused`, `NeedsMoreTime`, `OSError`.
        """
        request = {
            "path": str(path),
            "into": str(into),
            "most_bytes": most_bytes,
            "cpu_seconds": limits.cpu_seconds,
            "is_patient": limits.is_last,
        }
        with self._asking:
            try:
                process = self._started(unwanted or threading.Event())
                answer = self._answer(process, json.dumps(request).encode() + b"\n", limits)
            finally:
                scratch_of(into).unlink(missing_ok=True)
        content_type = understood(answer)
        if content_type is not None:
            check(into, content_type)
        return content_type

    def kill(self) -> None:
        """At once, whatever it does; whoever asks it just now is told that the file is broken."""
        process = self._process
        if process is None:
            return
        process.kill()
        if self._asking.acquire(blocking=False):  # else whoever asks it buries it
            try:
                self._bury(process)
            finally:
                self._asking.release()

    def close(self) -> None:
        self._is_closed = True
        if self._process is not None:
            self._bury(self._process)

    def _answer(self, process: "subprocess.Popen[bytes]", request: bytes, limits: TimeLimits) -> object:
        is_late = threading.Event()

        def end() -> None:
            is_late.set()
            process.kill()

        timer = threading.Timer(limits.seconds, end)
        timer.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(request)
            process.stdin.flush()
            line = process.stdout.readline(_MOST_ANSWER_BYTES)
        except BrokenPipeError:
            line = b""
        finally:
            timer.cancel()
        if line.endswith(b"\n"):
            answer = parsed(line)
            if isinstance(answer, dict) and answer.get("is_spent"):
                self._bury(process)
            return answer
        self._bury(process)
        return {"problem": cause_of_death(process.returncode, limits, is_late=is_late.is_set())}

    def _started(self, unwanted: threading.Event) -> "subprocess.Popen[bytes]":
        self._require_wanted(unwanted)
        if self._process is not None and self._process.poll() is not None:
            self._bury(self._process)
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603  this Python, with a module of ours
                COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
            )
        try:
            self._require_wanted(unwanted)  # while it was started, nobody could end it
        except OSError:
            self._bury(self._process)
            raise
        return self._process

    def _require_wanted(self, unwanted: threading.Event) -> None:
        if self._is_closed or unwanted.is_set():
            raise OSError("nobody waits for this picture any more")

    def _bury(self, process: "subprocess.Popen[bytes]") -> None:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # of a request that it did not live to read
                    pipe.close()
        if self._process is process:
            self._process = None


def environment() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    root = str(Path(bot.__file__).parents[1])
    path = os.pathsep.join(filter(None, [root, passed_on.get("PYTHONPATH")]))
    return {**passed_on, **_HEAP, "PYTHONPATH": path}


def cause_of_death(code: int, limits: TimeLimits, *, is_late: bool) -> str:
    """What is wrong with a file whose child did not outlive it."""
    if is_late or code == -getattr(signal, "SIGXCPU", 0):
        return SourceProblem.TOO_SLOW if limits.is_last else LATER
    if code == -getattr(signal, "SIGKILL", 0):  # by the system, which was short of memory
        return SourceProblem.TOO_HEAVY
    return SourceProblem.BROKEN


def parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


def understood(answer: object) -> str | None:
    """What the child says, if it is something that it can say."""
    told = answer if isinstance(answer, dict) else {}
    if "content_type" in told and told["content_type"] in (None, *_CONTENT_TYPES):
        return str(told["content_type"]) if told["content_type"] else None
    problem = told.get("problem")
    if problem == LATER:
        raise NeedsMoreTime
    if problem == DISK:
        raise OSError("a picture cannot be kept on disk")
    raise FileRefused(_PROBLEMS.get(str(problem), SourceProblem.BROKEN))


def check(into: Path, content_type: str) -> None:
    """Raises `FileRefused` unless the file is what the child says, and its own."""
    if into.is_symlink() or into.stat().st_size > MOST_MADE_BYTES:
        raise FileRefused(SourceProblem.BROKEN)
    with into.open("rb") as file:
        if headers.content_type(file.read(headers.FIRST_BYTES)) != content_type:
            raise FileRefused(SourceProblem.BROKEN)
