"""Encrypts texts again that the newest key has not encrypted, once after each start and a few at a time."""

from dataclasses import dataclass
from functools import partial

import structlog

from bot.services.runtime import Runtime
from bot.store.upkeep import key_rotation
from bot.store.upkeep.key_rotation import Key

log = structlog.stdlib.get_logger(__name__)

#: A start has more urgent work.
FIRST_AFTER_SECONDS = 60.0
AT_ONCE = 200
#: A pause for other writes.
PAUSE_SECONDS = 0.2


@dataclass(slots=True, kw_only=True)
class KeyRotation:
    runtime: Runtime
    #: The beginning of each text that the newest key has encrypted.
    prefix: str

    async def run(self) -> None:
        await self.runtime.clock.sleep(FIRST_AFTER_SECONDS)
        for name in key_rotation.TABLES:
            if rows := await self._seal_table(name):
                log.info("texts encrypted with the newest key", table=name, rows=rows)

    async def _seal_table(self, name: str) -> int:
        after: Key | None = None
        rows = 0
        while keys := await self._outdated(name, after):
            write = partial(self.runtime.database.write, key_rotation.seal_again, name, keys)
            await self.runtime.outages.retried(write)
            after, rows = keys[-1], rows + len(keys)
            await self.runtime.clock.sleep(PAUSE_SECONDS)
        return rows

    async def _outdated(self, name: str, after: Key | None) -> list[Key]:
        return await self.runtime.outages.retried(
            lambda: self.runtime.database.read(
                key_rotation.outdated, name, prefix=self.prefix, after=after, limit=AT_ONCE
            )
        )
