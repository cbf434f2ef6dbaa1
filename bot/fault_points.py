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
    SERVER_NOTICE_BEFORE = (
        "server_notice.before"  # of the bot's own accord: a welcome, or a line in the log channel
    )
    SERVER_NOTICE_AFTER = "server_notice.after"
    OPERATOR_NOTICE_BEFORE = "operator_notice.before"  # noted as about to be posted
    OPERATOR_NOTICE_AFTER = "operator_notice.after"
    MODERATORS_POST_BEFORE = "moderators_post.before"  # its place is saved; also one in the log channel
    MODERATORS_POST_AFTER = "moderators_post.after"

    FEED_BEFORE = "feed.before"  # its entries are begun
    FEED_AFTER = "feed.after"
    FEED_TAKEN_OFF = "feed.taken_off"  # a picture that is gone, in Discord, but not written down

    # Each decision of a moderator: saved, but no process has acted on it yet.
    APPROVAL_DECIDED = "approval.decided"  # or the picture is rejected
    REMOVAL_DECIDED = "removal.decided"

    # A picture that members have reported; it returns as any picture comes.
    HIDING_KEPT = "hiding.kept"  # its file is on disk, and it is still on its card
    HIDING_DECIDED = "hiding.decided"  # to be taken off its card

    # The deletion of a member's data.
    ERASURE_BEGUN = "erasure.begun"
    ERASURE_TAKEN_DOWN = "erasure.taken_down"  # the messages of a request, and nothing of it in the database
    ERASURE_DONE = "erasure.done"  # deleted, but not overwritten, and the member has not read it
    ERASURE_SAID = "erasure.said"

    # A server has removed the bot: written down, and nothing is cancelled yet.
    DEPARTURE_NOTED = "departure.noted"

    # A server that removed the bot long ago is forgotten.
    FORGETTING_BEGUN = "forgetting.begun"  # some of its requests are deleted, and all else is still there
    FORGETTING_DONE = "forgetting.done"  # deleted, but not overwritten

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
