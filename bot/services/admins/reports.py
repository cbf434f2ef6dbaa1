"""Reports of pictures and their cost, for the moderators of one server and about that server alone."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date

from bot.domain.durations import median
from bot.domain.failure import FailureKind
from bot.domain.ids import ChannelId, GuildId, MemberId
from bot.domain.job import JobState
from bot.domain.paging import bounded
from bot.domain.period import Period
from bot.domain.reports import EXTRA, MADE, DayTotal, MemberJobs, ReportedJob, UsageReport
from bot.store.driver.database import Connection, Database
from bot.store.pictures import reports

TOP_MEMBERS = 10
#: Each is shown with a small picture, and more do not fit into one message.
JOBS_A_PAGE = 5
EXPORTED_AT_ONCE = 500

_FAILURES = {kind.value for kind in FailureKind}


class Reports:
    def __init__(self, *, database: Database) -> None:
        self._database = database

    async def usage(
        self,
        guild_id: GuildId,
        period: Period,
        *,
        member_id: MemberId | None = None,
        channel_id: ChannelId | None = None,
    ) -> UsageReport:
        """Report on the whole server, one member, or one channel with its threads."""
        return await self._database.read(_usage, guild_id, period, member_id, channel_id)

    async def member_jobs(self, guild_id: GuildId, member_id: MemberId, page: int = 0) -> MemberJobs:
        """Return a page of the member's jobs in this server, newest first; at most the last page."""
        return await self._database.read(_member_jobs, guild_id, member_id, page)

    async def export(
        self,
        guild_id: GuildId,
        period: Period,
        *,
        member_id: MemberId | None = None,
        channel_id: ChannelId | None = None,
    ) -> AsyncIterator[list[ReportedJob]]:
        """Yield all jobs of the period, oldest first, in batches, so that few are in memory."""
        after = None
        while batch := await self._database.read(
            reports.jobs_after,
            guild_id,
            period,
            member_id=member_id,
            channel_id=channel_id,
            after=after,
            limit=EXPORTED_AT_ONCE,
        ):
            yield batch
            after = (batch[-1].job.created_at, batch[-1].job.id)


def _usage(
    connection: Connection,
    guild_id: GuildId,
    period: Period,
    member_id: MemberId | None,
    channel_id: ChannelId | None,
) -> UsageReport:
    outcomes = reports.outcomes(connection, guild_id, period, member_id=member_id, channel_id=channel_id)
    by_outcome: Counter[str] = Counter()
    made: Counter[date] = Counter()
    failed: Counter[date] = Counter()
    spent: Counter[date] = Counter()
    extra = 0
    for day, outcome, pictures, spent_microusd in outcomes:
        by_outcome[outcome] += pictures
        spent[day] += spent_microusd
        extra += spent_microusd if outcome == EXTRA else 0
        if outcome == MADE:
            made[day] += pictures
        elif outcome in _FAILURES:
            failed[day] += pictures
    times = reports.duration_counts(connection, guild_id, period, member_id=member_id, channel_id=channel_id)
    unfinished = reports.count_unfinished(
        connection, guild_id, period, member_id=member_id, channel_id=channel_id
    )
    top = (
        reports.top_members(connection, guild_id, period, channel_id=channel_id, limit=TOP_MEMBERS)
        if member_id is None
        else []
    )
    return UsageReport(
        period=period,
        pictures=by_outcome[MADE],
        failed={kind: by_outcome[kind.value] for kind in FailureKind if by_outcome[kind.value]},
        cancelled=by_outcome[JobState.CANCELLED.value],
        rejected=by_outcome[JobState.REJECTED.value],
        unfinished=unfinished,
        spent_microusd=spent.total(),
        extra_microusd=extra,
        median_seconds=median(times),
        top_members=top,
        days=[
            DayTotal(day=day, pictures=made[day], failed=failed[day], spent_microusd=spent[day])
            for day in period.days
        ],
    )


def _member_jobs(connection: Connection, guild_id: GuildId, member_id: MemberId, page: int) -> MemberJobs:
    total = reports.count_member_jobs(connection, guild_id, member_id)
    shown, pages = bounded(page, total, JOBS_A_PAGE)
    found = reports.member_jobs(
        connection, guild_id, member_id, limit=JOBS_A_PAGE, offset=shown * JOBS_A_PAGE
    )
    return MemberJobs(jobs=found, page=shown, pages=pages, total=total)
