"""Members report pictures, and moderators decide on the reports. No one is shown who has reported.

Chat checks that a member sees the picture, and that a moderator may use `/review`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.administration import AuditTopic
from bot.domain.errors import JobUnknown
from bot.domain.ids import GuildId, JobId, MemberId
from bot.domain.job import Job
from bot.domain.moderation import (
    COMPLAINTS_AN_HOUR,
    HOUR,
    DecidedBefore,
    Decision,
    ModerationPost,
    ModerationTopic,
    NothingToReport,
    OwnPicture,
    PostPage,
    PostView,
    ReportedBefore,
    TooManyComplaints,
)
from bot.services.members.moderation import job_here, record
from bot.services.members.post_pages import page_of
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.moderation import complaints, hidden, moderation_posts, post_views
from bot.store.servers import server_settings


@dataclass(slots=True, kw_only=True)
class Complaints:
    runtime: Runtime

    async def require_possible(self, job: Job, by: MemberId) -> None:
        """Raise what `report` would raise, before the member writes a reason."""
        by_ids = self.runtime.pseudonyms.ids_of(by)
        await self.runtime.database.read(_require_possible, job, by_ids, at=self.runtime.clock.now())

    async def report(self, job_id: JobId, guild_id: GuildId, by: MemberId, reason: str) -> Job:
        """Take a report. Raises `JobUnknown`, `NothingToReport`, `OwnPicture`, `ReportedBefore`,
        `TooManyComplaints`.
        """
        at, by_ids = self.runtime.clock.now(), self.runtime.pseudonyms.ids_of(by)
        job = await self.runtime.database.write(_report, job_id, guild_id, by_ids, reason, at=at)
        self._changed()
        return job

    async def page(self, guild_id: GuildId, number: int) -> PostPage:
        """Return a page of the reports on which no one has decided, the oldest first."""
        return await self.runtime.database.read(page_of, guild_id, ModerationTopic.REPORT, number)

    async def of(self, job_id: JobId, guild_id: GuildId) -> PostView:
        """Return what there is about the reports of a picture. Raises `JobUnknown`."""
        return await self.runtime.database.read(_of, job_id, guild_id)

    async def dismiss(self, job_id: JobId, guild_id: GuildId, by: MemberId) -> PostView:
        """Leave the picture as it is; its reports are over. Raises `JobUnknown`, `DecidedBefore`."""
        at = self.runtime.clock.now()
        view = await self.runtime.database.write(_dismiss, job_id, guild_id, by, at=at)
        self._changed()
        return view

    def _changed(self) -> None:
        for owed in (self.runtime.posts_owed, self.runtime.hiding_owed, self.runtime.feed_owed):
            owed.send()


def _require_possible(connection: Connection, job: Job, by_ids: Sequence[MemberId], *, at: datetime) -> None:
    if not job.is_posted:
        raise NothingToReport(is_deleted=job.deleted_at is not None)
    if job.member_id in by_ids:
        raise OwnPicture
    if complaints.has(connection, job.id, by_ids):
        raise ReportedBefore
    recent = complaints.times(connection, job.guild_id, by_ids, since=at - HOUR)
    if len(recent) >= COMPLAINTS_AN_HOUR:
        raise TooManyComplaints(COMPLAINTS_AN_HOUR, recent[-COMPLAINTS_AN_HOUR] + HOUR)


def _report(
    connection: Connection,
    job_id: JobId,
    guild_id: GuildId,
    by_ids: Sequence[MemberId],
    reason: str,
    *,
    at: datetime,
) -> Job:
    job = job_here(connection, job_id, guild_id)
    _require_possible(connection, job, by_ids, at=at)
    moderation_posts.owe(
        connection,
        guild_id=guild_id,
        topic=ModerationTopic.REPORT,
        member_id=job.member_id,
        job_id=job.id,
        at=at,
    )
    complaints.add(connection, job, by_ids[0], reason, at=at)
    _hide_if_asked(connection, job, at=at)
    return job


def _hide_if_asked(connection: Connection, job: Job, *, at: datetime) -> None:
    """Hide the picture once it has as many open reports as the server has set."""
    most = server_settings.get(connection, job.guild_id).hide_after_reports
    if most is not None and job.hiding is None and complaints.count_open(connection, job.id) >= most:
        hidden.ask(connection, job, at=at)


def _of(connection: Connection, job_id: JobId, guild_id: GuildId) -> PostView:
    return post_views.view_of(connection, _post_here(connection, job_id, guild_id))


def _post_here(connection: Connection, job_id: JobId, guild_id: GuildId) -> ModerationPost:
    post = moderation_posts.of_job(connection, job_id, ModerationTopic.REPORT)
    if post is None or post.guild_id != guild_id:
        raise JobUnknown
    return post


def _dismiss(
    connection: Connection, job_id: JobId, guild_id: GuildId, by: MemberId, *, at: datetime
) -> PostView:
    job = job_here(connection, job_id, guild_id)
    post = _post_here(connection, job_id, guild_id)
    if post.id not in moderation_posts.end(connection, job_id, Decision.DISMISSED, by=by, at=at):
        raise DecidedBefore(post.decision or Decision.DISMISSED, post.decided_by)
    hidden.release(connection, job)
    record(connection, job, AuditTopic.DISMISSED, by, at=at)
    return post_views.view_of(connection, _post_here(connection, job_id, guild_id))
