"""First on PYTHONPATH, it hides from each Python process what Windows has not, and adds what it has."""

import asyncio
import fcntl
import os
import signal
import sys
from types import ModuleType
from typing import Any

MODULES = ("fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog")
OF_OS = (
    "geteuid",
    "getuid",
    "getegid",
    "getgid",
    "pread",
    "pwrite",
    "fork",
    "O_DIRECTORY",
    "O_NOFOLLOW",
    "mkfifo",
)
OF_SIGNAL = ("pthread_kill", "sigwait", "alarm", "setitimer", "SIGUSR1")


def locking(descriptor: int, _mode: int, count: int) -> None:
    """As Windows locks bytes: from where the file stands."""
    start = os.lseek(descriptor, 0, os.SEEK_CUR)
    try:
        _lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, count, start)
    except BlockingIOError as error:
        raise PermissionError(13, "Permission denied") from error


def refuse(*_: Any) -> None:
    raise NotImplementedError


_lockf = fcntl.lockf


def hide() -> None:
    msvcrt: Any = ModuleType("msvcrt")
    msvcrt.LK_NBLCK, msvcrt.locking = 2, locking
    sys.modules["msvcrt"] = msvcrt
    modules: dict[str, Any] = sys.modules
    modules |= dict.fromkeys(MODULES)  # so that importing them fails
    for owner, names in ((os, OF_OS), (signal, OF_SIGNAL)):
        for name in names:
            delattr(owner, name)
    loop: Any = asyncio.SelectorEventLoop
    loop.add_signal_handler = loop.remove_signal_handler = refuse


if __name__ == "sitecustomize":
    hide()
