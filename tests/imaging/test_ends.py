"""When a child process ends: with whoever started it, and as soon as nobody waits for its picture."""

import asyncio
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from bot.imaging.imaging import QUICK, Imaging
from bot.imaging.worker import Worker, environment
from tests.imaging.files import encoded, noise, scene

PARENT = """
import sys, threading, time
from pathlib import Path
from typing import Self
from bot.imaging.worker import Worker
from bot.imaging.imaging import SLOW
worker = Worker()
path = Path(sys.argv[1])
worker.ask(path, path.with_suffix(".made"), None, SLOW)
print(worker.pid, flush=True)
while True:
    worker.ask(path, path.with_suffix(".made"), None, SLOW)
"""


def is_there(pid: int | None) -> bool:
    """Not a zombie, either."""
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def until_gone(pid: int | None, within_seconds: float = 10.0) -> None:
    end = time.monotonic() + within_seconds
    while is_there(pid):
        assert time.monotonic() < end, "it is still there"
        time.sleep(0.01)


def test_a_killed_parent_leaves_no_orphan_even_in_the_middle_of_a_picture(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    path.write_bytes(encoded(noise(2000, 2000), "PNG"))
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(path)], stdout=subprocess.PIPE, env=environment(), text=True
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert is_there(child)
        parent.kill()
    until_gone(child)


async def test_whoever_is_no_longer_waited_for_is_ended_at_once(tmp_path: Path) -> None:
    """As when the process is told to stop."""
    worker = Worker()
    imaging = Imaging(worker, Worker())
    path = tmp_path / "sent"
    path.write_bytes(await asyncio.to_thread(lambda: encoded(noise(2400, 2400), "PNG")))
    asking = asyncio.create_task(imaging.source(path, tmp_path / "made"))
    while worker.pid is None:  # noqa: ASYNC110  another thread's
        await asyncio.sleep(0.01)
    pid = worker.pid
    asking.cancel()
    await asyncio.wait({asking})
    await asyncio.to_thread(until_gone, pid, 2.0)
    imaging.close()


class SlowStart:
    """Of a child that never answers: it is there, but whoever started it does not know it yet."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.begun, self.may_go_on = threading.Event(), threading.Event()
        self.pids: list[int] = []
        self._start = subprocess.Popen
        monkeypatch.setattr("bot.imaging.worker.COMMAND", (sys.executable, "-c", "input(), input()"))
        monkeypatch.setattr("bot.imaging.worker.subprocess.Popen", self._started)

    def _started(self, *args: object, **options: object) -> "subprocess.Popen[bytes]":
        process: subprocess.Popen[bytes] = self._start(*args, **options)  # type: ignore[call-overload]  # as the worker starts it
        self.pids.append(process.pid)
        self.begun.set()
        self.may_go_on.wait()
        return process


@pytest.mark.parametrize("ends_by", ["cancelled", "closed"])
async def test_a_child_that_is_just_being_started_is_ended_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends_by: str
) -> None:
    """Else it would hold up the next picture, or the end of the process, for as long as a file may take."""
    path = tmp_path / "sent"
    path.write_bytes(encoded(scene(64, 64), "PNG"))
    with monkeypatch.context() as patched:
        start, imaging = SlowStart(patched), Imaging(Worker(), Worker())
        asking = asyncio.create_task(imaging.source(path, tmp_path / "made"))
        await asyncio.to_thread(start.begun.wait)
        asking.cancel() if ends_by == "cancelled" else imaging.close()
        await asyncio.sleep(0)
        start.may_go_on.set()
        await asyncio.wait({asking})
        await asyncio.to_thread(until_gone, start.pids[0], QUICK.seconds / 3)
    if ends_by == "cancelled":
        assert await imaging.source(path, tmp_path / "made") == "image/jpeg"
    imaging.close()
