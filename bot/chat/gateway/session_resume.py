"""One shard's attempts to reconnect: whether the next one resumes a session, where, and after which pause."""

import random
from dataclasses import dataclass

import structlog
import yarl

from bot.domain.backoff import Backoff

log = structlog.stdlib.get_logger(__name__)

#: The bot is connected within 30 seconds after a fault has ended: the longest pause and one failed dial take
#: less.
PAUSES = Backoff.doubling(1.0, 10.0)
#: All attempts to resume that have to fail before something else is tried also take less, even while
#: connections keep ending. The other attempt then follows at once.
RESUME_PAUSES = Backoff.doubling(1.0, 3.0)
MOST_FAILED = 3


@dataclass(slots=True)
class Session:
    """The data needed to resume where the last connection ended."""

    id: str
    sequence: int | None
    #: Where Discord wants it to be resumed; None: at the main gateway.
    address: yarl.URL | None
    #: Attempts in a row, at this address, after which no event came.
    failed: int = 0


class ReconnectAttempts:
    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self.session: Session | None = None
        #: Connections in a row that were not good ones.
        self.failures = 0
        #: Whether the next attempt goes to what was not tried before it.
        self._is_other = False

    def remember(self, session_id: str | None, sequence: int | None, address: yarl.URL | None) -> None:
        """Keep the session as a connection left it; None if Discord has ended it."""
        if session_id is None:
            self.session = None
        elif self.session is None:  # READY named the address to resume at
            self.session = Session(session_id, sequence, address)
        else:
            self.session.sequence = sequence

    def end(self, *, is_good: bool, has_heard: bool, is_dialled: bool) -> None:
        """Drop an address that does not work, and then a session that the main gateway does not resume."""
        self.failures = 0 if is_good else self.failures + 1
        self._is_other = False
        session = self.session
        if session is None:
            return
        if has_heard:
            session.failed = 0
        elif session.address is not None or is_dialled:
            session.failed += 1
        if session.failed >= MOST_FAILED:
            self._give_up(session)

    def pause(self) -> float:
        """Return how long to wait before the next attempt, in seconds."""
        if self._is_other:
            return 0.0
        session = self.session
        is_resuming = session is not None and (session.address is not None or session.failed > 0)
        return (RESUME_PAUSES if is_resuming else PAUSES).spread_after(self.failures, self._rng)

    def _give_up(self, session: Session) -> None:
        self._is_other = True
        log.info("session cannot be resumed there", host=session.address.host if session.address else None)
        if session.address is None:
            self.session = None
        session.address, session.failed = None, 0
