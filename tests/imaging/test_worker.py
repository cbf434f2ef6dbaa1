"""The child process from outside: what it may cost, what it may not reach, and when it ends."""

import asyncio
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

import pytest
from PIL import Image

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.domain.provider import Picture
from bot.imaging.imaging import LEAST_RESULT_BYTES, QUICK, SLOW
from bot.imaging.protocol import NeedsMoreTime
from bot.imaging.worker import TimeLimits, Worker, check, environment, understood
from tests.imaging.files import HOSTILE, Hostile, encoded, noise, scene
from tests.imaging.shared import made_of, problem_of, shared_imaging, workers

#: What is promised in docs/security.md; the kernel counts in kB.
MOST_MEMORY_KB = 128 * 1024
MOST_CPU_SECONDS = 16.0


@pytest.fixture
def worker() -> Iterator[Worker]:
    one = Worker()
    yield one
    one.close()


def status(pid: int | None, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (line,) = [line for line in lines if line.startswith(f"{name}:")]
    return int(line.split()[1])


class Watch:
    """The most memory of each child of a worker, in kB: asked for again and again, as a child may end."""

    def __init__(self, worker: Worker) -> None:
        self.most = 0
        self._worker = worker
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _look(self) -> None:
        while not self._is_over.wait(0.002):
            with suppress(OSError, ValueError):
                self.most = max(self.most, status(self._worker.pid, "VmHWM"))


def children_seconds() -> float:
    """Processor time of all children that have ended."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@pytest.mark.parametrize("hostile", HOSTILE, ids=lambda hostile: hostile.name)
def test_no_file_takes_more_than_128_mb_or_15_seconds(worker: Worker, hostile: Hostile) -> None:
    data = hostile.make()
    before = children_seconds()
    with Watch(worker) as watch:
        assert problem_of(data, worker) == hostile.problem
    worker.close()
    assert 16 * 1024 < watch.most <= MOST_MEMORY_KB
    assert children_seconds() - before <= MOST_CPU_SECONDS


#: As large as each format may be.
LARGEST = {
    "JPEG": (4032, 3024),
    "PNG": (5000, 4000),
    "WEBP": (2800, 2100),
    "AVIF": (3600, 2700),
    "GIF": (5000, 4000),
    "BMP": (4032, 3024),
    "TIFF": (4032, 3024),
}


def largest(kind: str) -> Iterator[tuple[str, bytes]]:
    """By mode, of all that the format has."""
    options = {"speed": 10} if kind == "AVIF" else {}
    for mode in ("RGB", "RGBA", "CMYK", "L", "P", "1", "LA", "I;16", "F"):
        with suppress(OSError, ValueError):
            yield mode, encoded(Image.new(mode, LARGEST[kind]), kind, **options)


@pytest.mark.parametrize("kind", LARGEST)
def test_every_mode_of_every_format_stays_below_128_mb(worker: Worker, kind: str) -> None:
    for mode, data in largest(kind):
        with Watch(worker) as watch:
            problem = problem_of(data, worker)
        assert problem is None or (problem is SourceProblem.TOO_HEAVY and mode != "RGB")
        assert 16 * 1024 < watch.most <= MOST_MEMORY_KB, mode


def test_what_takes_too_long_is_given_up_and_the_next_is_opened(worker: Worker, tmp_path: Path) -> None:
    slow, quick = tmp_path / "slow", tmp_path / "quick"
    slow.write_bytes(encoded(noise(2000, 2000), "PNG"))
    quick.write_bytes(encoded(scene(64, 64), "PNG"))
    worker.ask(quick, tmp_path / "made", None, SLOW)
    for is_last in (False, True):
        hasty = TimeLimits(cpu_seconds=10.0, seconds=0.01, is_last=is_last)
        expected = "too_slow" if is_last else None
        with pytest.raises(FileRefused if is_last else NeedsMoreTime, match=expected):
            worker.ask(slow, tmp_path / "made", None, hasty)
        assert worker.ask(quick, tmp_path / "made", None, SLOW) == "image/jpeg"


@pytest.mark.parametrize(
    ("number", "problem"),
    [
        (signal.SIGKILL, SourceProblem.TOO_HEAVY),
        (signal.SIGSEGV, SourceProblem.BROKEN),
        (signal.SIGABRT, SourceProblem.BROKEN),
    ],
)
def test_a_child_that_dies_is_replaced(worker: Worker, number: int, problem: SourceProblem) -> None:
    data = encoded(scene(64, 64), "PNG")
    assert made_of(data, None, worker)
    before = worker.pid
    assert before is not None
    os.kill(before, signal.SIGSTOP)  # so that it is asked, and does not answer

    def end() -> None:
        os.kill(before, number)
        os.kill(before, signal.SIGCONT)

    threading.Timer(0.2, end).start()
    with pytest.raises(FileRefused) as refused:
        made_of(data, None, worker)
    assert refused.value.problem is problem
    assert made_of(data, None, worker)
    assert worker.pid != before


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize("most_bytes", [None, 10_000_000])
def test_a_child_that_dies_leaves_nothing_on_disk(
    worker: Worker, tmp_path: Path, kind: str, most_bytes: int | None
) -> None:
    """A copy without what is of no use stands beside a PNG, and beside a JPEG that lacks its end."""
    path, into, small = tmp_path / "1.fetched", tmp_path / "1.prepared", tmp_path / "small"
    path.write_bytes(encoded(noise(3000, 2000), kind)[:-2])
    small.write_bytes(encoded(scene(64, 64), "PNG"))
    worker.ask(small, tmp_path / "made", None, SLOW)
    pid = worker.pid
    assert pid is not None
    (tmp_path / "made").unlink()

    def end_amid() -> None:
        while len(list(tmp_path.iterdir())) < 3:
            time.sleep(0.0005)
        os.kill(pid, signal.SIGKILL)

    ending = threading.Thread(target=end_amid)
    ending.start()
    with pytest.raises(FileRefused):
        worker.ask(path, into, most_bytes, SLOW)
    ending.join()
    into.unlink(missing_ok=True)  # whoever asked takes this one away
    assert {left.name for left in tmp_path.iterdir()} == {"1.fetched", "small"}


def test_a_child_that_died_at_rest_is_nobodys_fault(worker: Worker) -> None:
    data = encoded(scene(64, 64), "PNG")
    assert made_of(data, None, worker)
    assert worker._process is not None
    worker._process.kill()
    worker._process.wait()
    assert made_of(data, None, worker)


def test_a_child_that_dies_before_it_reads_the_request_is_told_by_its_death(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = encoded(scene(64, 64), "PNG")
    started = worker._started

    def started_and_gone(unwanted: threading.Event) -> "subprocess.Popen[bytes]":
        process = started(unwanted)
        process.kill()
        process.wait()
        return process

    with monkeypatch.context() as patched:
        patched.setattr(worker, "_started", started_and_gone)
        with pytest.raises(FileRefused):
            made_of(data, None, worker)
    assert made_of(data, None, worker)


def test_nothing_of_the_environment_is_for_the_child() -> None:
    assert environment().keys() <= {
        "PATH",
        "PYTHONPATH",
        "LD_LIBRARY_PATH",
        "SYSTEMROOT",
        "PYTHONDONTWRITEBYTECODE",
        "MALLOC_ARENA_MAX",
        "MALLOC_MMAP_THRESHOLD_",
        "MALLOC_TRIM_THRESHOLD_",
    }


def test_the_child_knows_neither_discord_nor_the_database() -> None:
    found = subprocess.run(
        [sys.executable, "-c", "import sys, bot.imaging.child; print(*sys.modules)"],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
    )
    known = {name.partition(".")[0] for name in found.stdout.split()}
    assert not known & {"discord", "sqlalchemy", "aiohttp", "structlog", "asyncio", "pydantic", "numpy"}


@pytest.mark.parametrize(
    "answer",
    [None, 5, [], {}, {"content_type": "text/html"}, {"content_type": 7}, {"problem": []}, {"problem": "x"}],
)
def test_what_a_child_says_is_not_believed(answer: object) -> None:
    with pytest.raises(FileRefused):
        understood(answer)


def test_a_child_names_no_file_of_others(tmp_path: Path) -> None:
    secret, into = tmp_path / "secret", tmp_path / "made"
    secret.write_bytes(encoded(scene(64, 64), "PNG"))
    into.symlink_to(secret)
    with pytest.raises(FileRefused):
        check(into, "image/png")
    with pytest.raises(FileRefused):
        check(secret, "image/jpeg")
    check(secret, "image/png")


async def test_what_takes_long_holds_up_nothing_that_is_quick(tmp_path: Path) -> None:
    """One opens for as long as it is stopped; in the other, everybody's pictures go on."""
    quick, slow = workers()
    data = await asyncio.to_thread(lambda: encoded(scene(7000, 5000), "JPEG"))
    path, small = tmp_path / "large", tmp_path / "small"
    path.write_bytes(data)
    small.write_bytes(encoded(scene(64, 64), "PNG"))
    imaging = shared_imaging()
    await imaging.source(path, tmp_path / "1")
    assert slow.pid is not None
    assert quick.pid is not None
    os.kill(slow.pid, signal.SIGSTOP)
    waiting = asyncio.create_task(imaging.source(path, tmp_path / "2"))
    try:
        for number in range(3):
            made = tmp_path / f"small {number}"
            assert await asyncio.wait_for(imaging.source(small, made), QUICK.seconds) == "image/jpeg"
        assert not waiting.done()
    finally:
        os.kill(slow.pid, signal.SIGCONT)
    assert await waiting == "image/jpeg"


# --- results that cannot be opened --------------------------------------------------------------------

JXL = b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(5000)


@pytest.mark.parametrize(
    ("data", "attempt", "kind"),
    [
        (JXL, "first", "image/jxl"),
        (encoded(noise(200, 200), "PNG")[:9000], "last", "image/png"),
        (encoded(noise(200, 200), "PNG")[:9000], "first", None),
        (encoded(noise(200, 200), "JPEG")[: LEAST_RESULT_BYTES - 1], "last", None),
        (b"<html>" + bytes(5000), "last", None),
    ],
    ids=["jpeg xl", "cut off, the last time", "cut off", "too short", "no picture"],
)
async def test_a_paid_picture_is_not_lost_for_its_format(
    tmp_path: Path, data: bytes, attempt: str, kind: str | None
) -> None:
    path, into = tmp_path / "sent", tmp_path / "made"
    await asyncio.to_thread(path.write_bytes, data)
    try:
        found = await shared_imaging().result(path, into, 10_000_000, takes_damaged=attempt == "last")
    except FileRefused:
        assert kind is None
    else:
        assert found == Picture(data, str(kind))


async def test_a_picture_that_is_too_large_for_discord_and_unreadable_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "sent"
    await asyncio.to_thread(path.write_bytes, JXL)
    with pytest.raises(FileRefused) as refused:
        await shared_imaging().result(path, tmp_path / "made", 2000, takes_damaged=True)
    assert refused.value.problem is SourceProblem.TOO_HEAVY


def test_a_child_keeps_little_after_its_work(worker: Worker) -> None:
    data = encoded(scene(4032, 3024), "JPEG")
    for _ in range(3):
        made_of(data, None, worker)
    assert status(worker.pid, "VmRSS") < 40 * 1024
