"""Welcomes servers: one message when the bot is added, which says what it does and which limits hold.

A welcome is committed as sent before it is sent. So it is sent at most once, and a crash in between loses it.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.ids import GuildId
from bot.services.admins.administration import Administration
from bot.services.admins.attempts import post_for_a_while
from bot.services.protocols import Notices
from bot.services.runtime import Runtime
from bot.store.admission import blocks
from bot.store.driver.database import Connection
from bot.store.servers import welcomes

#: The bot may have been off when it was added. Later than that, a welcome would surprise.
WELCOMED_WITHIN = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class Welcomes:
    runtime: Runtime
    administration: Administration
    notices: Notices
    #: The servers that may use the bot; empty: all.
    served_guilds: AbstractSet[GuildId]

    async def begin(self) -> None:
        """Welcome the servers that the bot joins from the first start on: the others know it."""
        await self.runtime.database.write(welcomes.begin, at=self.runtime.clock.now())

    def is_in(self, guild_id: GuildId, joined_at: datetime) -> None:
        """Welcome the server if it is new. Discord says so at each connection, and after each outage."""
        is_served = not self.served_guilds or guild_id in self.served_guilds
        if is_served and self.runtime.clock.now() - joined_at < WELCOMED_WITHIN:
            self.runtime.tasks.start(self._welcome(guild_id, joined_at), "welcome")

    async def _welcome(self, guild_id: GuildId, joined_at: datetime) -> None:
        with self.runtime.outages.survived("welcome"):
            at = self.runtime.clock.now()
            if await self.runtime.database.write(_take, guild_id, joined_at=joined_at, at=at):
                await self._send(guild_id, joined_at)

    async def _send(self, guild_id: GuildId, joined_at: datetime) -> None:
        settings = await self.administration.settings(guild_id)
        await post_for_a_while(
            self.runtime,
            lambda: self.notices.welcome(settings, joined_at=joined_at),
            notice="welcome",
            guild_id=guild_id,
        )


def _take(connection: Connection, guild_id: GuildId, *, joined_at: datetime, at: datetime) -> bool:
    is_blocked = blocks.of(connection, [guild_id], at=at) is not None
    return not is_blocked and welcomes.take(connection, guild_id, joined_at=joined_at)
