"""Named places where tests kill or stop the process in the middle of its work.

They do nothing unless the environment asks for it. With `FAULT_POINT=submit.before`, the process gets SIGKILL
there; with `FAULT_POINT=submit.before:3`, at the third time. With `FAULT_SIGNAL=SIGSTOP`, it is only stopped.
With `FAULT_SECONDS=2`, it is not killed: from that time on, each thread waits two seconds there.
"""

import os
import signal
import threading
import time
from enum import StrEnum


class Point(StrEnum):
    """Each point has its rows in the crash matrix (`tests/matrix`)."""

    # At the start, in this order.
    START_BEGUN = "start.begun"
    MIGRATION_VERSION = "migration.version"  # the changes of one version are made, but not committed
    MIGRATION_BEFORE_COMMIT = "migration.before_commit"
    MIGRATION_COMMITTED = "migration.committed"
    START_OPENED = "start.opened"
    START_LOGGED_IN = "start.logged_in"

    # Each write to the database.
    COMMIT_BEFORE = "commit.before"
    COMMIT_BATCH = "commit.batch"  # between two writes that share a commit
    COMMIT_AFTER = "commit.after"  # on disk, but not reported to the caller

    # Each message to Discord.
    ANSWER_BEFORE = "answer.before"
    ANSWER_AFTER = "answer.after"
    EDIT_BEFORE = "edit.before"
    EDIT_AFTER = "edit.after"
    PICTURE_BEFORE = "picture.before"
    PICTURE_AFTER = "picture.after"
    POST_BEFORE = "post.before"
    POST_AFTER = "post.after"
    NOTICE_BEFORE = "notice.before"
    NOTICE_AFTER = "notice.after"

    # The picture that is to be edited.
    SOURCE_BEGUN = "source.begun"  # marked as begun, and not decoded yet
    SOURCE_KEPT = "source.kept"  # prepared and on disk, but not in the database

    # Each POST to the provider.
    UPLOAD_BEFORE = "upload.before"
    UPLOAD_AFTER = "upload.after"
    SUBMIT_COMMITTED = "submit.committed"  # saved that it is about to be sent
    SUBMIT_BEFORE = "submit.before"  # connected, but not one byte is sent
    SUBMIT_AFTER = "submit.after"

    # `bot backup`.
    BACKUP_BEGUN = "backup.begun"
    BACKUP_COPIED = "backup.copied"
    BACKUP_REPLACED = "backup.replaced"


class _Armed:
    def __init__(self, order: str, signal_name: str, seconds: float) -> None:
        name, _, passing = order.partition(":")
        self._point = Point(name)
        self._passings_left = int(passing or 1)
        self._signal = signal.Signals[signal_name]
        self._seconds = seconds
        self._lock = threading.Lock()

    def reach(self, point: Point) -> None:
        if point is not self._point:
            return
        with self._lock:
            self._passings_left -= 1
            is_now, is_since = self._passings_left == 0, self._passings_left <= 0
        if self._seconds:
            time.sleep(self._seconds if is_since else 0.0)
        elif is_now:
            signal.pthread_kill(threading.get_ident(), self._signal)


_order = os.environ.get("FAULT_POINT")
_signal_name = os.environ.get("FAULT_SIGNAL", "SIGKILL")
_seconds = float(os.environ.get("FAULT_SECONDS", "0"))
_armed = _Armed(_order, _signal_name, _seconds) if _order else None


def reach(point: Point) -> None:
    """Pass a fault point."""
    if _armed is not None:
        _armed.reach(point)
