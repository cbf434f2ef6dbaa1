"""Notices which servers have removed the bot, and deletes later what is kept about them.

What waits there is cancelled at once, and nothing is posted any more; what the provider is making is still
settled, since it is paid. The rest is deleted after `forget_after`, unless the bot comes back.
"""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.ids import CardId, GuildId, MemberId
from bot.domain.pseudonyms import is_pseudonym
from bot.fault_points import Point, reach
from bot.services.cards.gone_cards import GoneCards
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.privacy import departures, erasing, server_erasing
from bot.store.privacy.server_erasing import OldCard

log = structlog.stdlib.get_logger(__name__)

#: A start has more urgent work.
FIRST_AFTER_SECONDS = 600.0
EVERY_SECONDS = 3600.0
#: Requests that are deleted in one transaction.
AT_ONCE = 50
#: A pause for other writes.
PAUSE_SECONDS = 0.2


@dataclass(slots=True, kw_only=True)
class Departures:
    runtime: Runtime
    gone: GoneCards
    forget_after: timedelta
    #: The servers that the bot is in, as far as Discord has said so.
    _present: set[GuildId] = field(init=False, default_factory=set)
    #: Events are handled in the order in which they came.
    _turn: asyncio.Lock = field(init=False, default_factory=asyncio.Lock)

    # --- what Discord reports ---

    async def server_left(self, guild_id: GuildId) -> None:
        async with self._turn:
            await self._leave([guild_id])

    async def is_in(self, guild_id: GuildId) -> None:
        """Note that the bot is in the server. Discord says so at each connection, and after each outage."""
        if guild_id in self._present:
            return
        async with self._turn:
            if guild_id not in self._present:  # a list may have come before
                await self._come_back([guild_id])

    async def are_all(
        self, guild_ids: Collection[GuildId], *, is_covered: Callable[[GuildId], bool] = lambda _: True
    ) -> None:
        """Note that the bot is in these servers, and in no other of those covered by the connection."""
        async with self._turn:
            listed = set(guild_ids)
            known = await self._read(departures.known)
            waiting = await self._read(departures.waiting)
            await self._leave(sorted(filter(is_covered, (known | waiting | self._present) - listed)))
            await self._come_back(sorted(listed))

    async def _leave(self, guild_ids: Sequence[GuildId]) -> None:
        if not guild_ids:
            return
        self._present.difference_update(guild_ids)
        at = self.runtime.clock.now()
        await self.runtime.outages.retried(
            lambda: self.runtime.database.write(departures.note, guild_ids, at=at), "departures"
        )
        reach(Point.DEPARTURE_NOTED)
        for guild_id in guild_ids:
            log.info("the bot is not in a server any more", guild=guild_id)
            await self.gone.server_left(guild_id)

    async def _come_back(self, guild_ids: Sequence[GuildId]) -> None:
        self._present.update(guild_ids)
        await self.runtime.outages.retried(
            lambda: self.runtime.database.write(departures.came_back, guild_ids), "departures"
        )

    async def _read(self, find: Callable[[Connection], set[GuildId]]) -> set[GuildId]:
        return await self.runtime.outages.retried(lambda: self.runtime.database.read(find), "departures")

    # --- what is deleted later ---

    async def run(self) -> None:
        await self.runtime.clock.sleep(FIRST_AFTER_SECONDS)
        while True:
            with self.runtime.outages.survived("departures"):
                await self.forget_the_gone()
            await self.runtime.clock.sleep(EVERY_SECONDS)

    async def forget_the_gone(self) -> None:
        left_before = self.runtime.clock.now() - self.forget_after
        for guild_id in await self.runtime.database.read(departures.due, left_before=left_before):
            await self._forget(guild_id, left_before)

    async def _forget(self, guild_id: GuildId, left_before: datetime) -> None:
        """Delete a few requests at a time, then the rest. What is not settled yet waits for the next time."""
        read, write = self.runtime.database.read, self.runtime.database.write
        after = 0
        while found := await read(server_erasing.next_cards, guild_id, after=after, limit=AT_ONCE):
            await write(_erase, guild_id, self._under(found), at=self.runtime.clock.now(), before=left_before)
            reach(Point.FORGETTING_BEGUN)
            after = found[-1].number
            await self.runtime.clock.sleep(PAUSE_SECONDS)
        if await write(_finish, guild_id, at=self.runtime.clock.now(), before=left_before):
            reach(Point.FORGETTING_DONE)
            await self.runtime.database.overwrite_deleted()
            log.info("a server that had removed the bot is forgotten", guild=guild_id)

    def _under(self, found: Sequence[OldCard]) -> dict[MemberId, list[CardId]]:
        """Return the requests by the id under which limits over all servers still count them."""
        return {
            member_id if is_pseudonym(member_id) else self.runtime.pseudonyms.of(member_id): card_ids
            for member_id, card_ids in server_erasing.members_of(found).items()
        }


def _erase(
    connection: Connection,
    guild_id: GuildId,
    found: dict[MemberId, list[CardId]],
    *,
    at: datetime,
    before: datetime,
) -> None:
    """Delete these requests, unless the bot has come back meanwhile."""
    if departures.is_due(connection, guild_id, left_before=before):
        for pseudonym, card_ids in found.items():
            erasing.erase_cards(connection, card_ids, pseudonym, at=at)


def _finish(connection: Connection, guild_id: GuildId, *, at: datetime, before: datetime) -> bool:
    """Delete the rest; return False if some requests are not settled yet, or if the bot has come back."""
    is_due = departures.is_due(connection, guild_id, left_before=before)
    if not is_due or server_erasing.count_left(connection, guild_id):
        return False
    server_erasing.erase_settings(connection, guild_id)
    departures.forgotten(connection, guild_id, at=at)
    return True
