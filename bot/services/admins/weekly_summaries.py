"""Posts a summary of each week in the log channels of the servers that want it.

A summary is committed as posted before it is posted. So it is posted at most once, and a crash in between
loses it; `/review usage` shows the same numbers at any time.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.domain.errors import CardGone, CourierUnavailable
from bot.domain.ids import GuildId
from bot.domain.period import Period
from bot.services.admins.attempts import post_for_a_while
from bot.services.admins.reports import Reports
from bot.services.protocols import Notices
from bot.services.runtime import Runtime
from bot.store.servers import summaries
from bot.store.servers.summaries import DueSummary

log = structlog.stdlib.get_logger(__name__)

LOOK_SECONDS = 300.0
#: Pictures that were requested at the end of the week are finished by then: see `DEADLINES` of the sweep.
AFTER_THE_WEEK = timedelta(hours=6)


@dataclass(slots=True, kw_only=True)
class WeeklySummaries:
    runtime: Runtime
    reports: Reports
    notices: Notices
    #: The servers that may use the bot; empty: all.
    served_guilds: AbstractSet[GuildId]

    async def run(self) -> None:
        while True:
            with self.runtime.outages.survived("summaries"):
                await self.post_due()
            await self.runtime.clock.sleep(LOOK_SECONDS)

    async def post_due(self) -> None:
        week = Period.last_week(self.runtime.clock.now() - AFTER_THE_WEEK)
        for due in await self.runtime.database.read(summaries.due, week.first):
            if not self.served_guilds or due.guild_id in self.served_guilds:
                await self._post(due, week)

    async def _post(self, due: DueSummary, week: Period) -> None:
        """Ask Discord before the summary is taken: while it does not answer, nothing is lost."""
        try:
            in_discord = await self.notices.language(due.guild_id)
        except CourierUnavailable:
            return
        except CardGone:
            log.info("a server is not summarized: the bot is not there", guild=due.guild_id)
            await self.runtime.database.write(summaries.take, due.guild_id, week.first)
            return
        report = await self.reports.usage(due.guild_id, week)
        if (
            await self.runtime.database.write(summaries.take, due.guild_id, week.first)
            and not report.is_empty
        ):
            await post_for_a_while(
                self.runtime,
                lambda: self.notices.summary(
                    due.guild_id, due.log_channel_id, report, due.language or in_discord
                ),
                notice="summary",
                guild_id=due.guild_id,
            )
