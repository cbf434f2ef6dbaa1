"""Tells the operator of each trouble once when it begins and once when it ends, and of each loss once.

Nothing here holds up the bot: an announcement that cannot be posted waits and is tried again. Which troubles
were posted is kept in a small file, not in the database, which may itself be the trouble. A loss stays in the
database until it is posted, since any process may have found it out.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from bot.domain.backoff import Backoff
from bot.domain.errors import CourierUnavailable
from bot.domain.trouble import BEGINS, ENDS, LOSS, WORDS, Loss, PostRefused, Trouble, loss_words
from bot.fault_points import Point, reach
from bot.ops import state_file
from bot.services.protocols import OperatorPost
from bot.services.runtime import Runtime
from bot.services.upkeep.surveys import Survey
from bot.store.driver.errors import DatabaseUnavailable
from bot.store.pictures import losses

log = structlog.stdlib.get_logger(__name__)

LOOK_SECONDS = 3.0
#: Surveys ask the database or the disk, so they are less frequent.
SURVEY_SECONDS = 9.0
BACKOFF = Backoff.doubling(5.0, 300.0)
#: Announcements that wait to be posted. Beyond that, the oldest is dropped.
MOST_WAITING = 50
#: Discord takes 2,000.
MOST_CHARACTERS = 1900

#: Returns True or False for each trouble that can be judged now.
Watch = Callable[[], Mapping[Trouble, bool]]


@dataclass(frozen=True, slots=True)
class Announcement:
    line: str
    #: What is known once this is posted.
    state: Mapping[str, float | None]
    #: The losses that are forgotten then.
    loss_ids: Sequence[int] = ()


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
    #: Only in one of the processes that share a database.
    announces_losses: bool
    #: The troubles that were announced, posted or still waiting.
    _announced: set[Trouble] = field(init=False, default_factory=set)
    #: Posted, but still in the database.
    _posted_losses: list[int] = field(init=False, default_factory=list)
    #: The troubles that an earlier process may have posted or not: it ended meanwhile.
    _unsure: set[Trouble] = field(init=False, default_factory=set)
    #: As in the file: of each trouble when it was posted, in Unix time; below zero if it was about to be.
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
        posted = await asyncio.to_thread(state_file.read, self.state_path)
        self._state = {trouble: posted[trouble] for trouble in Trouble if trouble in posted}
        self._announced = self._posted()
        self._unsure = {trouble for trouble in Trouble if trouble in self._state} - self._announced
        self.notified |= self._announced

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
            if self.announces_losses:
                await self._look_for_losses()
        except DatabaseUnavailable:
            return  # which is a trouble of its own

    def _compare(self, judged: Mapping[Trouble, bool]) -> None:
        for trouble, is_there in judged.items():
            if is_there != (trouble in self._announced) or trouble in self._unsure:
                self._unsure.discard(trouble)
                self._announced.discard(trouble)
                if is_there:
                    self._announced.add(trouble)
                words = WORDS[trouble]
                line = f"{BEGINS} {words.begins}" if is_there else f"{ENDS} {words.ends}"
                self._announce(line, {trouble: self.runtime.clock.now().timestamp() if is_there else None})

    async def _look_for_losses(self) -> None:
        """Announce all in one line for each kind, and further ones only when these are posted."""
        await self._forget_losses()
        if any(announcement.loss_ids for announcement in self._waiting):
            return
        kept = await self.runtime.database.read(losses.kept)
        for kind in Loss:
            if ids := [loss.id for loss in kept if loss.kind is kind]:
                self._announce(f"{LOSS} {loss_words(kind, len(ids))}", {}, ids)

    async def _forget_losses(self) -> None:
        if self._posted_losses:
            await self.runtime.database.write(losses.announced, self._posted_losses)
            self._posted_losses.clear()

    def _announce(self, line: str, state: Mapping[str, float | None], loss_ids: Sequence[int] = ()) -> None:
        if len(self._waiting) == MOST_WAITING:
            log.warning("too many notices wait; the oldest is dropped")
        at = int(self.runtime.clock.now().timestamp())
        self._waiting.append(Announcement(f"{line} (<t:{at}:f>)", state, loss_ids))

    # --- posting ---

    async def _post_waiting(self) -> None:
        """Post as many lines as fit in one message. After a failure they wait, longer each time."""
        if not self._waiting or self.runtime.clock.monotonic() < self._post_at:
            return
        assert self.post is not None, "nothing is announced without it"
        batch = self._fitting()
        await self._save_begun(batch)
        reach(Point.OPERATOR_NOTICE_BEFORE)
        try:
            await self.post.post("\n".join(announcement.line for announcement in batch))
        except (CourierUnavailable, PostRefused) as error:
            self._failed(error)
            return
        reach(Point.OPERATOR_NOTICE_AFTER)
        self._failures = 0
        for announcement in batch:
            self._waiting.popleft()
            await self._save(announcement.state)
            self._posted_losses.extend(announcement.loss_ids)
        with suppress(DatabaseUnavailable):  # they are forgotten later
            await self._forget_losses()
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

    async def _save_begun(self, batch: Sequence[Announcement]) -> None:
        """Note what is about to be posted, so that its end is announced whatever becomes of this process."""
        begun: dict[str, float] = {}
        for announcement in batch:
            for name, at in announcement.state.items():
                if at and name not in self._state:
                    begun[name] = -at
        if begun:
            await self._save(begun)

    def _posted(self) -> set[Trouble]:
        return {trouble for trouble in Trouble if self._state.get(trouble, 0) > 0}

    async def _save(self, state: Mapping[str, float | None]) -> None:
        for name, value in state.items():
            if value is None:
                self._state.pop(name, None)
            else:
                self._state[name] = value
        self.notified.clear()
        self.notified.update(self._posted())
        await asyncio.to_thread(state_file.write, self.state_path, dict(self._state))
