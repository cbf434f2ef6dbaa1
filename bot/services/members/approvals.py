"""Moderators approve pictures before anybody sees them, or do not. Each decision is in the audit.

Of two moderators who decide at the same time, the first wins, and the second reads who that was. Chat checks
that the moderator may use `/review`, and whom they may block.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from bot.domain.administration import AuditTopic
from bot.domain.approval import WAITS_FOR
from bot.domain.block import THE_BOT, MemberBlock
from bot.domain.errors import JobUnknown
from bot.domain.ids import GuildId, JobId, MemberId
from bot.domain.job import Job, JobState
from bot.domain.moderation import DecidedBefore, Decision, ModerationPost, PostPage, PostView
from bot.fault_points import Point, reach
from bot.services.cards.announcements import Announcements
from bot.services.cards.cancelled_jobs import CancelledJobs
from bot.services.cards.card_updater import CardUpdater
from bot.services.elapsed import Stopwatch
from bot.services.limits.member_blocks import impose
from bot.services.making.handover import Handed, Handover
from bot.services.members.moderation import job_here, record
from bot.services.members.post_pages import page_of
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.moderation import approvals, moderation_posts, post_views
from bot.store.pictures import jobs

log = structlog.stdlib.get_logger(__name__)

EVERY_SECONDS = 60.0


@dataclass(slots=True, kw_only=True)
class Approvals:
    runtime: Runtime
    card_updater: CardUpdater
    announcements: Announcements
    cancelled_jobs: CancelledJobs
    handover: Handover
    _started_at: datetime = field(init=False)
    _watch: Stopwatch = field(init=False)

    def __post_init__(self) -> None:
        self._started_at = self.runtime.clock.now()
        self._watch = Stopwatch(self.runtime.clock, self._started_at)

    async def page(self, guild_id: GuildId, number: int) -> PostPage:
        """Return a page of the pictures that wait, the oldest first."""
        return await self.runtime.database.read(page_of, guild_id, approvals.TOPIC, number)

    async def of(self, job_id: JobId, guild_id: GuildId) -> PostView:
        """Return what there is about the approval of a picture. Raises `JobUnknown`."""
        return await self.runtime.database.read(_of, job_id, guild_id)

    async def waiting(self, job_id: JobId, guild_id: GuildId) -> Job:
        """Return a picture that waits. Raises `JobUnknown`, `DecidedBefore`."""
        return await self.runtime.database.read(_held, job_id, guild_id)

    async def approve(self, job_id: JobId, guild_id: GuildId, by: MemberId) -> Job:
        """Let a picture be delivered as any other. Raises `JobUnknown`, `DecidedBefore`."""
        at = self.runtime.clock.now()
        job, handed = await self.runtime.database.write(self._approve, job_id, guild_id, by, at=at)
        reach(Point.APPROVAL_DECIDED)
        log.info("approved", job=job.id)
        self.handover.handed_over(handed)
        self.runtime.posts_owed.send()
        return job

    async def reject(
        self,
        job_id: JobId,
        guild_id: GuildId,
        by: MemberId,
        reason: str,
        *,
        gives_back: bool = False,
        block: MemberBlock | None = None,
    ) -> Job:
        """Let no one see a picture; its member reads the reason. With a `block`, impose it as well.

        It counts, unless the moderator `gives_back`. Raises `JobUnknown`, `DecidedBefore`.
        """
        at = self.runtime.clock.now()
        job, cancelled = await self.runtime.database.write(
            self._reject, job_id, guild_id, by, reason, gives_back=gives_back, block=block, at=at
        )
        reach(Point.APPROVAL_DECIDED)
        log.info("not approved", job=job.id, is_given_back=job.is_given_back, is_blocked=block is not None)
        self._ended(job)
        self.cancelled_jobs.drop(cancelled)
        return job

    async def run(self) -> None:
        while True:
            with self.runtime.outages.survived("approvals"):
                await self._expire_due()
            await self.runtime.clock.sleep(EVERY_SECONDS)

    async def _expire_due(self) -> None:
        """Reject what no one has looked at in time: the provider will soon delete the files.

        The clock may be set, so it is not trusted for more time than this process has seen pass.
        """
        surely = min(
            self.runtime.clock.now(), self._started_at + timedelta(seconds=self._watch.watched_seconds)
        )
        for job in await self.runtime.database.read(approvals.waiting_since, surely - WAITS_FOR):
            expired = await self.runtime.database.write(_expire, job, at=self.runtime.clock.now())
            if expired is not None:
                log.warning("not approved in time", job=job.id)
                self._ended(expired)

    def _ended(self, job: Job) -> None:
        self.card_updater.card_changed(job.card_id)
        self.announcements.job_over(job.card_id)
        self.runtime.posts_owed.send()

    # --- transactions ---

    def _approve(
        self, connection: Connection, job_id: JobId, guild_id: GuildId, by: MemberId, *, at: datetime
    ) -> tuple[Job, Handed]:
        held = _held(connection, job_id, guild_id)
        approved = approvals.approve(connection, held, by=by, at=at)
        if approved is None:
            raise _decided(connection, held)
        record(connection, approved, AuditTopic.APPROVED, by, at=at)
        return approved, self.handover.hand_over(connection, approved.card_id)

    def _reject(
        self,
        connection: Connection,
        job_id: JobId,
        guild_id: GuildId,
        by: MemberId,
        reason: str,
        *,
        gives_back: bool,
        block: MemberBlock | None,
        at: datetime,
    ) -> tuple[Job, Sequence[Job]]:
        held = _held(connection, job_id, guild_id)
        rejected = approvals.reject(connection, held, by=by, at=at, reason=reason, gives_back=gives_back)
        if rejected is None:
            raise _decided(connection, held)
        record(connection, rejected, AuditTopic.REJECTED, by, at=at, reason=reason)
        if gives_back:
            record(connection, rejected, AuditTopic.GIVEN_BACK, by, at=at)
        if block is None:
            return rejected, ()
        return rejected, impose(connection, block, self.runtime.pseudonyms.ids_of(block.member_id))


def _of(connection: Connection, job_id: JobId, guild_id: GuildId) -> PostView:
    return post_views.view_of(connection, _post_here(connection, job_here(connection, job_id, guild_id)))


def _post_here(connection: Connection, job: Job) -> ModerationPost:
    """Raises `JobUnknown` for a picture that never needed an approval."""
    post = moderation_posts.of_job(connection, job.id, approvals.TOPIC)
    if post is None:
        raise JobUnknown
    return post


def _held(connection: Connection, job_id: JobId, guild_id: GuildId) -> Job:
    job = job_here(connection, job_id, guild_id)
    if job.state is not JobState.HELD:
        raise _decided(connection, job)
    return job


def _decided(connection: Connection, job: Job) -> DecidedBefore:
    """Return the error that says who was faster."""
    post = _post_here(connection, job)
    return DecidedBefore(post.decision or Decision.REMOVED, post.decided_by)


def _expire(connection: Connection, job: Job, *, at: datetime) -> Job | None:
    now = jobs.get(connection, job.id)
    expired = (
        None if now is None or now.state is not JobState.HELD else approvals.expire(connection, now, at=at)
    )
    if expired is not None:
        record(connection, expired, AuditTopic.REJECTED, THE_BOT, at=at)
    return expired
