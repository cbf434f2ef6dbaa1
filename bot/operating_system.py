"""The differences between Windows and POSIX systems, detected by what Python offers."""

import importlib
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # too large for the child process that opens pictures
    import asyncio


def library(name: str) -> Any:
    """Import a module of Python that not every system has; return None if it is missing."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


_fcntl, _msvcrt = library("fcntl"), library("msvcrt")
#: Windows locks bytes, which other processes then cannot read. So this is a byte after all content.
_LOCKED_BYTE = 1 << 30
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def lock(descriptor: int) -> None:
    """Lock the open file against other processes, until it is closed or the process ends in any way.

    Raises `BlockingIOError` if another process has the lock, any other `OSError` if the file system has no
    locks.
    """
    if _fcntl is not None:
        _fcntl.flock(descriptor, _fcntl.LOCK_EX | _fcntl.LOCK_NB)
        return
    os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
    try:
        _msvcrt.locking(descriptor, _msvcrt.LK_NBLCK, 1)
    except PermissionError as error:
        raise BlockingIOError from error
    finally:
        os.lseek(descriptor, 0, os.SEEK_SET)


@contextmanager
def calling_at_stop(loop: "asyncio.AbstractEventLoop", stop: Callable[[], object]) -> Iterator[None]:
    """Call `stop` in the loop at the first SIGTERM or SIGINT; a second one ends the process at once."""

    def leave() -> None:
        for number in STOP_SIGNALS:
            _back_to_usual(loop, number)

    def stop_once() -> None:
        stop()
        leave()

    for number in STOP_SIGNALS:
        try:
            loop.add_signal_handler(number, stop_once)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop_once))
    try:
        yield
    finally:
        leave()


def _back_to_usual(loop: "asyncio.AbstractEventLoop", number: signal.Signals) -> None:
    try:
        loop.remove_signal_handler(number)
    except NotImplementedError:
        usual = signal.default_int_handler if number is signal.SIGINT else signal.SIG_DFL
        signal.signal(number, usual)


def flush_folder(folder: Path) -> None:
    """Write the names in the folder to the disk, where the system can open folders for that."""
    if hasattr(os, "O_DIRECTORY"):
        flush(folder)


def flush(path: Path) -> None:
    """Write the content of a file or a folder to the disk."""
    mode = os.O_RDONLY if path.is_dir() else os.O_RDWR  # Windows flushes only what can be written
    descriptor = os.open(path, mode)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_ours(found: os.stat_result) -> bool:
    """Return whether a file belongs to this user; always true on Windows, which has no such ids."""
    return not hasattr(os, "geteuid") or found.st_uid == os.geteuid()


def can_reach_postgres(loop: "asyncio.AbstractEventLoop") -> bool:
    """Return whether psycopg works: it cannot use the event loop that Windows needs for child processes."""
    return type(loop).__name__ != "ProactorEventLoop"
