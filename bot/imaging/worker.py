"""The parent's handle of one child process: it starts it, sends one request at a time, and replaces it.

Everything here blocks: call it in a thread. The answers of the child are not trusted: a file may have taken
control of it.
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
#: The largest upload that Discord allows anywhere.
MOST_MADE_BYTES = 100_000_000
_PROBLEMS: dict[str, SourceProblem] = {problem.value: problem for problem in SourceProblem}
_CONTENT_TYPES = ("image/jpeg", "image/png", "image/webp")
#: The child gets no other variables of this process, since they contain secrets.
_PASSED_ON = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE", "PYTHONPATH")
#: One heap that returns freed memory to the system: the memory limit counts all that is not returned.
_HEAP = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "262144", "MALLOC_TRIM_THRESHOLD_": "262144"}


@dataclass(frozen=True, slots=True)
class TimeLimits:
    """The limits of a request. `cpu_seconds` applies if the system supports it, `seconds` always."""

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
        most_side: int | None = None,
    ) -> str | None:
        """Return the content type of the file written `into`; None if the original can be used.

        With `most_side`, a thumbnail is made; with `most_bytes`, a result; with neither, a source.

        To cancel, set `unwanted`, then call `kill`: the child may be just about to start.
        Raises `FileRefused`, `NeedsMoreTime`, `OSError`.
        """
        request = {
            "path": str(path),
            "into": str(into),
            "most_bytes": most_bytes,
            "most_side": most_side,
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
        """Kill the child. A caller that waits for it gets the problem `BROKEN`."""
        process = self._process
        if process is None:
            return
        process.kill()
        if self._asking.acquire(blocking=False):  # else the waiting caller cleans up
            try:
                self._clean_up(process)
            finally:
                self._asking.release()

    def close(self) -> None:
        self._is_closed = True
        if self._process is not None:
            self._clean_up(self._process)

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
                self._clean_up(process)
            return answer
        self._clean_up(process)
        return {"problem": cause_of_death(process.returncode, limits, is_late=is_late.is_set())}

    def _started(self, unwanted: threading.Event) -> "subprocess.Popen[bytes]":
        self._require_wanted(unwanted)
        if self._process is not None and self._process.poll() is not None:
            self._clean_up(self._process)
        if self._process is None:
            self._process = subprocess.Popen(  # noqa: S603  this Python, with a module of ours
                COMMAND,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment(),
            )
        try:
            self._require_wanted(unwanted)  # nothing could cancel while it was starting
        except OSError:
            self._clean_up(self._process)
            raise
        return self._process

    def _require_wanted(self, unwanted: threading.Event) -> None:
        if self._is_closed or unwanted.is_set():
            raise OSError("the request for this picture was cancelled")

    def _clean_up(self, process: "subprocess.Popen[bytes]") -> None:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(BrokenPipeError):  # for a request that the child never read
                    pipe.close()
        if self._process is process:
            self._process = None


def environment() -> dict[str, str]:
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    root = str(Path(bot.__file__).parents[1])
    path = os.pathsep.join(filter(None, [root, passed_on.get("PYTHONPATH")]))
    return {**passed_on, **_HEAP, "PYTHONPATH": path}


def cause_of_death(code: int, limits: TimeLimits, *, is_late: bool) -> str:
    """Return the problem of a file whose child process has died."""
    if is_late or code == -getattr(signal, "SIGXCPU", 0):
        return SourceProblem.TOO_SLOW if limits.is_last else LATER
    if code == -getattr(signal, "SIGKILL", 0):  # by the system, which ran out of memory
        return SourceProblem.TOO_HEAVY
    return SourceProblem.BROKEN


def parsed(line: bytes) -> object:
    try:
        return json.loads(line)
    except ValueError:
        return None


def understood(answer: object) -> str | None:
    """Return the content type of a valid answer, or raise its problem."""
    fields = answer if isinstance(answer, dict) else {}
    if "content_type" in fields and fields["content_type"] in (None, *_CONTENT_TYPES):
        return str(fields["content_type"]) if fields["content_type"] else None
    problem = fields.get("problem")
    if problem == LATER:
        raise NeedsMoreTime
    if problem == DISK:
        raise OSError("a picture cannot be written to the disk")
    raise FileRefused(_PROBLEMS.get(str(problem), SourceProblem.BROKEN))


def check(into: Path, content_type: str) -> None:
    """Raise `FileRefused` unless the file has this content type, and is no link."""
    if into.is_symlink() or into.stat().st_size > MOST_MADE_BYTES:
        raise FileRefused(SourceProblem.BROKEN)
    with into.open("rb") as file:
        if headers.content_type(file.read(headers.FIRST_BYTES)) != content_type:
            raise FileRefused(SourceProblem.BROKEN)
