"""The child process, `python -m bot.imaging.child`: it reads requests and writes answers, one per line.

A request is a JSON object with the files and the processor time that the work may take. The process ends with
its parent, also in the middle of its work: it exits when its standard input is closed.
"""

import json
import os
import queue
import signal
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from bot.domain.errors import FileRefused
from bot.domain.failure import SourceProblem
from bot.imaging import work
from bot.imaging.opening import MOST_BYTES
from bot.imaging.protocol import DISK, LATER, NeedsMoreTime
from bot.operating_system import library

resource = library("resource")
#: No file is longer, also not while a JPEG is saved again and again to get under its limit.
_MOST_FILE_BYTES = 256_000_000
#: The memory that the process may keep after a picture.
_MOST_LEFT_BYTES = 3 * 1024 * 1024

Reply = dict[str, str | None]


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the parent process
    requests: queue.SimpleQueue[bytes] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(requests,), daemon=True).start()
    _prefer_to_be_killed()
    _limit_memory()
    fresh = _memory_bytes()
    while True:
        request = json.loads(requests.get())
        _limit_time(request["cpu_seconds"])
        answer = _answer(request)
        # Fragmented memory would be missing for the next picture, which then gets a new process.
        is_spent = _memory_bytes() - fresh > _MOST_LEFT_BYTES
        sys.stdout.write(json.dumps({**answer, "is_spent": is_spent}) + "\n")
        sys.stdout.flush()
        if is_spent:
            os._exit(0)


def _listen(requests: queue.SimpleQueue[bytes]) -> None:
    for line in sys.stdin.buffer:
        requests.put(line)
    os._exit(0)


def _answer(request: dict[str, Any]) -> Reply:
    into = Path(request["into"])
    try:
        return {"content_type": _done(request, Path(request["path"]), into)}
    except NeedsMoreTime:
        return {"problem": LATER}
    except FileRefused as error:
        return _refusal(error.problem, error.__cause__)
    except MemoryError as error:
        return _refusal(SourceProblem.TOO_HEAVY, error)
    except Exception as error:  # noqa: BLE001  there is no list of what the libraries raise over a stranger's file
        is_ours = isinstance(error, OSError) and error.errno is not None
        return _refusal(DISK if is_ours else SourceProblem.BROKEN, error)


def _refusal(problem: str, cause: BaseException | None) -> Reply:
    return {"problem": problem, "why": None if cause is None else type(cause).__name__}


def _done(request: dict[str, Any], path: Path, into: Path) -> str | None:
    is_patient = bool(request["is_patient"])
    if request["most_side"] is not None:
        return work.make_thumbnail(path, into, most_side=request["most_side"], is_patient=is_patient)
    if request["most_bytes"] is None:
        return work.prepare_source(path, into, is_patient=is_patient)
    return work.finish_result(path, into, most_bytes=request["most_bytes"], is_patient=is_patient)


# --- limits; on a system without them, the parent kills this process in time --------------------------


def _prefer_to_be_killed() -> None:
    """Let the kernel kill this process, not the bot, when the machine runs out of memory."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", "ascii")


def _limit_memory() -> None:
    """Limit how much more memory than now the process may use, whatever a file makes a library ask for."""
    if resource is None:
        return
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (_MOST_FILE_BYTES, _MOST_FILE_BYTES))
        now = _memory_bytes()
        most = now + MOST_BYTES if now else resource.RLIM_INFINITY
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _memory_bytes() -> int:
    """Return the used memory, as the limit counts it; 0 if the system does not say."""
    statm = Path("/proc/self/statm")
    if resource is None or not statm.exists():
        return 0
    pages = int(statm.read_text("ascii").split()[0])
    return pages * int(resource.getpagesize())


def _limit_time(seconds: float) -> None:
    if resource is not None:
        spent = resource.getrusage(resource.RUSAGE_SELF)
        soft = int(spent.ru_utime + spent.ru_stime + seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


if __name__ == "__main__":
    main()
