"""Tells the operator of each trouble once when it begins and once when it ends.

Nothing here holds up the bot: an announcement that cannot be posted waits and is tried again. What was posted
is kept in a small file, not in the database, which may itself be the trouble.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import structlog

from bot.domain.backoff import Backoff
from bot.domain.errors import CourierUnavailable
from bot.domain.trouble import WORDS, PostRefused, Trouble, extra_bills_words
from bot.ops import state_file
from bot.services.protocols import OperatorPost
from bot.services.runtime import Runtime
from bot.services.upkeep.surveys import Survey
from bot.store import dismissed
from bot.store.errors import DatabaseUnavailable

log = structlog.stdlib.get_logger(__name__)

LOOK_SECONDS = 3.0
#: Surveys ask the database or the disk, so they are less frequent.
SURVEY_SECONDS = 9.0
BACKOFF = Backoff.doubling(5.0, 300.0)
#: Announcements that wait to be posted. Beyond that, the oldest is dropped.
MOST_WAITING = 50
#: Discord takes 2,000.
MOST_CHARACTERS = 1900
#: The name, in the state file, of the number of extra bills that were posted.
BILLS = "extra_bills"
EVER = datetime(2020, 1, 1, tzinfo=UTC)

#: Returns True or False for each trouble that can be judged now.
Watch = Callable[[], Mapping[Trouble, bool]]


@dataclass(frozen=True, slots=True)
class Announcement:
    line: str
    #: What is known once this is posted.
    state: Mapping[str, float | None]


@dataclass(slots=True, kw_only=True)
class OperatorNotices:
    runtime: Runtime
    #: None if the operator has named no place.
    post: OperatorPost | None
    state_path: Path
    #: The troubles that the operator was notified of, shared with those who say so to members.
    notified: set[Trouble]
    watches: Sequence[Watch]
    surveys: Sequence[Survey]
    #: What was announced, posted or still waiting: the troubles that are there, and the number of bills.
    _announced: set[Trouble] = field(init=False, default_factory=set)
    _bills: int | None = field(init=False, default=None)
    #: What was posted, as it is in the file.
    _state: dict[str, float] = field(init=False, default_factory=dict)
    _waiting: deque[Announcement] = field(init=False, default_factory=lambda: deque(maxlen=MOST_WAITING))
    _failures: int = field(init=False, default=0)
    _post_at: float = field(init=False, default=float("-inf"))
    _survey_at: float = field(init=False, default=float("-inf"))

    async def run(self) -> None:
        if self.post is None:
            log.info(
                "troubles are reported in this log only: see OPERATOR_WEBHOOK_URL and OPERATOR_CHANNEL_ID"
            )
            await asyncio.Event().wait()
        await self._remember()
        while True:
            await self._look()
            await self._post_waiting()
            await self.runtime.clock.sleep(LOOK_SECONDS)

    async def _remember(self) -> None:
        """Read what an earlier process posted, so that a trouble that goes on is not posted again."""
        self._state = dict(await asyncio.to_thread(state_file.read, self.state_path))
        self._announced = {trouble for trouble in Trouble if trouble in self._state}
        self.notified |= self._announced
        self._bills = int(self._state[BILLS]) if BILLS in self._state else None

    # --- what has changed ---

    async def _look(self) -> None:
        for watch in self.watches:
            self._compare(watch())
        if self.runtime.clock.monotonic() < self._survey_at:
            return
        self._survey_at = self.runtime.clock.monotonic() + SURVEY_SECONDS
        try:
            for survey in self.surveys:
                self._compare(await survey.look())
            await self._look_for_bills()
        except DatabaseUnavailable:
            return  # which is a trouble of its own

    def _compare(self, judged: Mapping[Trouble, bool]) -> None:
        for trouble, is_there in judged.items():
            if is_there != (trouble in self._announced):
                self._announced ^= {trouble}
                words = WORDS[trouble]
                line = f"🔴 {words.begins}" if is_there else f"🟢 {words.ends}"
                self._announce(line, {trouble: self.runtime.clock.now().timestamp() if is_there else None})

    async def _look_for_bills(self) -> None:
        """Announce new extra bills. Those from before the first start with this service are not new."""
        count = await self.runtime.database.read(dismissed.count_paid, since=EVER)
        if self._bills is None:
            await self._save({BILLS: count})
        elif count > self._bills:
            self._announce(f"🔴 {extra_bills_words(count - self._bills)}", {BILLS: count})
        self._bills = count

    def _announce(self, line: str, state: Mapping[str, float | None]) -> None:
        if len(self._waiting) == MOST_WAITING:
            log.warning("too many notices wait; the oldest is dropped")
        at = int(self.runtime.clock.now().timestamp())
        self._waiting.append(Announcement(f"{line} (<t:{at}:f>)", state))

    # --- posting ---

    async def _post_waiting(self) -> None:
        """Post as many lines as fit in one message. After a failure they wait, longer each time."""
        if not self._waiting or self.runtime.clock.monotonic() < self._post_at:
            return
        assert self.post is not None, "nothing is announced without it"
        batch = self._fitting()
        try:
            await self.post.post("\n".join(announcement.line for announcement in batch))
        except (CourierUnavailable, PostRefused) as error:
            self._failed(error)
            return
        self._failures = 0
        for announcement in batch:
            self._waiting.popleft()
            await self._save(announcement.state)
        log.info("the operator was notified", lines=len(batch))

    def _fitting(self) -> list[Announcement]:
        batch: list[Announcement] = []
        characters = 0
        for announcement in self._waiting:
            characters += len(announcement.line) + 1
            if batch and characters > MOST_CHARACTERS:
                break
            batch.append(announcement)
        return batch

    def _failed(self, error: CourierUnavailable | PostRefused) -> None:
        """Log the first failure in a row; a refusal says what to do."""
        self._failures += 1
        wait = BACKOFF.spread_after(self._failures, self.runtime.rng)
        self._post_at = self.runtime.clock.monotonic() + wait
        if isinstance(error, PostRefused):
            if self._failures == 1:
                log.error("the operator cannot be notified", why=error.advice)
        elif self._failures == 1:
            log.warning("the operator cannot be notified yet; retrying")

    async def _save(self, state: Mapping[str, float | None]) -> None:
        for name, value in state.items():
            if value is None:
                self._state.pop(name, None)
            else:
                self._state[name] = value
        self.notified.clear()
        self.notified.update(trouble for trouble in Trouble if trouble in self._state)
        await asyncio.to_thread(state_file.write, self.state_path, dict(self._state))
