"""The handover of a card, once its first answer is in Discord, to the process that makes its pictures."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog

from bot.domain.ids import CardId, JobId
from bot.domain.job import Job
from bot.services.making.engine import Engine
from bot.services.making.failing_jobs import FailingJobs
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.pictures import jobs

log = structlog.stdlib.get_logger(__name__)


class CardQueue(Protocol):
    """The queue from which workers take cards. Implemented by `bot.store.fleet.queue`."""

    def put(self, connection: Connection, card_id: CardId) -> None: ...
    def fill(self, connection: Connection) -> int: ...
    async def run(self, drive: Callable[[CardId], Awaitable[bool]], *, most: int) -> None: ...
    def stop(self) -> None: ...
    def is_alive(self, connection: Connection) -> bool: ...


@dataclass(frozen=True, slots=True)
class Handed:
    """The jobs that this process has to drive after a card was handed over."""

    #: The jobs that the transaction claimed.
    claimed: Sequence[Job] = ()
    #: Open jobs that were claimed before, maybe by tasks that still drive them.
    others: Sequence[JobId] = ()


class Handover(Protocol):
    """A card is handed over as a whole: its pictures share one message, which one process edits."""

    def hand_over(self, connection: Connection, card_id: CardId) -> Handed:
        """Hand the card over in the transaction that makes its message known."""

    def handed_over(self, handed: Handed) -> None:
        """The transaction is committed."""

    async def take_up(self) -> None:
        """Have all open jobs driven that are not driven yet."""


@dataclass(slots=True, kw_only=True)
class EmbeddedHandover:
    """The same process makes the pictures."""

    runtime: Runtime
    engine: Engine
    failing_jobs: FailingJobs

    def hand_over(self, connection: Connection, card_id: CardId) -> Handed:
        """Claim the new jobs, which saves each of them a commit. Their rows say what is left to do."""
        left = [job for job in jobs.of_card(connection, card_id) if not job.is_idle]
        new = [job.id for job in left if job.is_new]
        claimed = jobs.claim_all(connection, new) if new else ()
        return Handed(claimed, [job.id for job in left if not job.is_new])

    def handed_over(self, handed: Handed) -> None:
        for job in handed.claimed:
            self.engine.drive(job)
        for job_id in handed.others:
            self.engine.start(job_id)

    async def take_up(self) -> None:
        open_ids = await self.runtime.database.read(jobs.open_ids)
        await self.failing_jobs.end(open_ids)
        await self.engine.take_up(open_ids)


@dataclass(slots=True, kw_only=True)
class QueuedHandover:
    """A worker makes the pictures. The card is in the queue as soon as its message is known."""

    runtime: Runtime
    queue: CardQueue

    def hand_over(self, connection: Connection, card_id: CardId) -> Handed:
        if not all(job.is_idle for job in jobs.of_card(connection, card_id)):
            self.queue.put(connection, card_id)
        return Handed()

    def handed_over(self, handed: Handed) -> None:
        """Do nothing: the queue tells the workers."""

    async def take_up(self) -> None:
        """Put back what is missing in the queue, for example after its tables were emptied."""
        count = await self.runtime.database.write(self.queue.fill)
        if count:
            log.warning("cards were missing in the queue", cards=count)
