"""What Windows does differently from POSIX systems: all of it is in here, found by what Python offers."""

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
    """A module of Python's that not every system has; None where it is missing."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


_fcntl, _msvcrt = library("fcntl"), library("msvcrt")
#: Windows locks bytes, and nobody else can read these: one that lies behind all that is written.
_LOCKED_BYTE = 1 << 30
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def lock(descriptor: int) -> None:
    """Keep all others from locking the open file, until it is closed or the process ends, however it ends.

    Raises `BlockingIOError` if another has it, any other `OSError` if the file system cannot lock.
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

    def heard() -> None:
        stop()
        leave()

    for number in STOP_SIGNALS:
        try:
            loop.add_signal_handler(number, heard)
        except NotImplementedError:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(heard))
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
    """Have the names in it written to the disk, where a folder can be opened for that."""
    if hasattr(os, "O_DIRECTORY"):
        flush(folder)


def flush(path: Path) -> None:
    """Have it written to the disk."""
    mode = os.O_RDONLY if path.is_dir() else os.O_RDWR  # Windows flushes only what can be written
    descriptor = os.open(path, mode)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def is_ours(found: os.stat_result) -> bool:
    """Whether what was found belongs to this user. Windows does not tell, and has other rights."""
    return not hasattr(os, "geteuid") or found.st_uid == os.geteuid()


def can_reach_postgres(loop: "asyncio.AbstractEventLoop") -> bool:
    """Psycopg does not work in the event loop that Windows needs for child processes."""
    return type(loop).__name__ != "ProactorEventLoop"
