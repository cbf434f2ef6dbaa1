"""Hands shards over: a gateway that is stopped asks one that waits, and goes on until that one serves them.

Until it has closed, both receive each event. The one that takes an event in the database handles it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import structlog

from bot.services.runtime import Runtime
from bot.store.driver.errors import DatabaseUnavailable
from bot.store.fleet import handovers

log = structlog.stdlib.get_logger(__name__)

#: A gateway that is stopped waits no longer than this for those that take over.
HANDOVER_SECONDS = 15.0
#: How often it asks whether they are ready.
ASK_SECONDS = 0.25
#: Once this one has the shard, the other has closed, but what it received may still be on the way here.
SHARED_SECONDS = 10.0
#: An event waits for the database for this time; Discord waits for three seconds.
TAKE_SECONDS = 1.5
TAKE_AGAIN_SECONDS = 0.1
#: Between two signs of what it waits for: the rows may have been deleted by hand.
SIGN_SECONDS = 5.0


@dataclass(slots=True, kw_only=True)
class Handovers:
    runtime: Runtime
    process_id: int
    #: After this time without a sign of life, a process is none of the others.
    alive_seconds: float
    is_leaving: bool = field(init=False, default=False)
    #: Until when another gateway may receive the same events of a shard.
    _shared_until: dict[int, float] = field(init=False, default_factory=dict)
    #: As written last.
    _waits_for: Mapping[int, bool] = field(init=False, default_factory=dict)
    _sign_at: float = field(init=False, default=float("-inf"))

    # --- the gateway that is stopped ---

    async def ask(self, shard_ids: Collection[int]) -> None:
        """Ask those that wait for these shards; return when they serve them, or when the time is over."""
        self.is_leaving = True  # before another one receives the first event
        until = self._now + HANDOVER_SECONDS
        answers = await self._answers(shard_ids)
        if answers:
            log.info("handing shards over", shards=",".join(map(str, sorted(answers))))
        while not all(answers.values()) and self._now < until:
            await self.runtime.clock.sleep(ASK_SECONDS)
            answers = await self._answers(shard_ids)

    async def _answers(self, shard_ids: Collection[int]) -> Mapping[int, bool]:
        """Return the shards that others take over, and whether they are ready."""
        if not shard_ids:
            return {}
        with self.runtime.outages.survived("shards"):
            await self._write_waiting({})
            return await self.runtime.database.write(
                handovers.ask, self.process_id, shard_ids, alive_seconds=self.alive_seconds
            )
        return {}

    # --- the gateway that takes over ---

    async def asked(self) -> Mapping[int, int]:
        """Return the shards that are being handed over, each with the process that takes it.

        Raises `DatabaseUnavailable`.
        """
        return await self.runtime.database.read(
            handovers.asked_for, self.process_id, alive_seconds=self.alive_seconds
        )

    def share(self, shard_ids: Collection[int]) -> None:
        """Another gateway receives the events of these shards, too."""
        self._shared_until.update(dict.fromkeys(shard_ids, self._now + SHARED_SECONDS))

    async def wait_for(self, shards: Mapping[int, bool]) -> None:
        """Show that this process waits for these shards, and whether it is ready to take over."""
        if not self.is_leaving and (shards or self._waits_for):
            with self.runtime.outages.survived("shards"):
                await self._write_waiting(shards)

    async def _write_waiting(self, shards: Mapping[int, bool]) -> None:
        if shards == self._waits_for and self._now - self._sign_at < SIGN_SECONDS:
            return
        ready = [shard_id for shard_id, is_ready in shards.items() if is_ready]
        await self.runtime.database.write(handovers.wait_for, self.process_id, list(shards), ready=ready)
        self._waits_for, self._sign_at = dict(shards), self._now

    # --- both ---

    def is_shared(self, shard_id: int) -> bool:
        """Return whether another gateway may receive the same events of this shard."""
        return self.is_leaving or self._now < self._shared_until.get(shard_id, float("-inf"))

    async def takes(self, event_id: int, *, in_doubt: bool) -> bool:
        """Return whether this process handles the event; `in_doubt` while the database is away."""
        until = self._now + TAKE_SECONDS
        while True:
            try:
                return await self.runtime.database.write(handovers.take, self.process_id, event_id)
            except DatabaseUnavailable:
                if self._now >= until:
                    return in_doubt
            await self.runtime.clock.sleep(TAKE_AGAIN_SECONDS)

    @property
    def _now(self) -> float:
        return self.runtime.clock.monotonic()
