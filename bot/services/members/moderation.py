"""Moderators delete pictures of their server's members, and give them back. Each change is in the audit.

Chat checks that the moderator may use `/review`. A picture of another server is unknown here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.administration import AuditTopic
from bot.domain.card import Card
from bot.domain.errors import JobUnknown, NotPossibleNow
from bot.domain.ids import CardId, GuildId, JobId, MemberId
from bot.domain.job import Job, JobState
from bot.domain.moderation import (
    DecidedBefore,
    Decision,
    ModerationTopic,
    can_be_given_back,
    can_be_removed,
)
from bot.domain.pseudonyms import Pseudonyms
from bot.domain.request import PictureLocation
from bot.domain.strikes import StrikeCause
from bot.fault_points import Point, reach
from bot.services.cards.cancelled_jobs import CancelledJobs
from bot.services.cards.card_updater import CardUpdater
from bot.services.limits.strikes import strike
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.moderation import approvals, feed, gone, moderation_posts
from bot.store.pictures import cards, favourites, jobs, left_messages, places
from bot.store.pictures.jobs import Changes
from bot.store.servers import server_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenDown:
    """Pictures of a card are deleted."""

    card_id: CardId
    #: The other cards that change, which are those of their edits.
    edits: Sequence[CardId]
    #: What waited, and is cancelled by a block that a strike has led to.
    cancelled: Sequence[Job]


@dataclass(slots=True, kw_only=True)
class Moderation:
    runtime: Runtime
    card_updater: CardUpdater
    cancelled_jobs: CancelledJobs

    async def remove(
        self, job_id: JobId, guild_id: GuildId, by: MemberId, reason: str = "", *, only_open: bool = False
    ) -> None:
        """Take a delivered picture off its card, which says that a moderator did this, and why.

        With `only_open`, nothing is removed if another moderator has decided on its reports meanwhile.

        Its copies are deleted.

        Raises `JobUnknown`; `NotPossibleNow` for a private picture without a copy, since only its member
        sees it; `DecidedBefore`.
        """
        taken_down = await self.runtime.database.write(
            _remove,
            job_id,
            guild_id,
            by,
            reason,
            self.runtime.pseudonyms,
            only_open=only_open,
            at=self.runtime.clock.now(),
        )
        reach(Point.REMOVAL_DECIDED)
        await self.follow_up(taken_down)

    async def follow_up(self, taken_down: TakenDown) -> None:
        """Have everything show what `take_down` has committed."""
        self.runtime.feed_owed.send()
        self.runtime.posts_owed.send()
        self.cancelled_jobs.drop(taken_down.cancelled)
        await self.card_updater.taken_down(taken_down.card_id, taken_down.edits)

    async def give_back(self, job_id: JobId, guild_id: GuildId, by: MemberId, reason: str = "") -> None:
        """Let a delivered picture no longer count towards its member's limits. Its cost stays in the budget.

        Raises `JobUnknown`; `NotPossibleNow` if it does not count.
        """
        at = self.runtime.clock.now()
        await self.runtime.database.write(_give_back, job_id, guild_id, by, reason, at=at)
        self.runtime.posts_owed.send()

    async def copy_removed(self, job: Job, place: PictureLocation, by: MemberId) -> None:
        """Save that the member or a moderator has deleted a message that showed the picture once more."""
        at = self.runtime.clock.now()
        await self.runtime.database.write(_copy_removed, job, place, by, at=at)


def _copy_removed(
    connection: Connection, job: Job, place: PictureLocation, by: MemberId, *, at: datetime
) -> None:
    gone.forget_copies(connection, place.channel_id, [place.message_id], at=at)
    if by != job.member_id:
        record(connection, job, AuditTopic.REMOVED, by, at=at)


def take_down(
    connection: Connection,
    card: Card,
    found: Sequence[Job],
    by: MemberId,
    pseudonyms: Pseudonyms,
    *,
    at: datetime,
    reason: str | None = None,
) -> TakenDown:
    """Delete pictures of one card.

    With a moderator's `reason`, which may be empty, the card stays and says it.

    Raises `NotPossibleNow` if one is neither delivered nor held.
    """
    if any(job.state not in (JobState.DELIVERED, JobState.HELD) for job in found):
        raise NotPossibleNow
    for job in found:
        _delete(connection, job, by, at=at, reason=reason)
        if by != job.member_id:
            record(connection, job, AuditTopic.REMOVED, by, at=at, reason=reason or "")
    job_ids = [job.id for job in found]
    favourites.forget(connection, job_ids)
    for job_id in job_ids:
        moderation_posts.end(connection, job_id, Decision.REMOVED, by=by, at=at, reason=reason or "")
    feed.outdate(connection, job_ids)
    left_messages.touch(connection, card.id, at=at)
    return TakenDown(
        card_id=card.id,
        edits=places.touch_edits_of(connection, job_ids),
        cancelled=_struck(connection, card, by, pseudonyms, at=at),
    )


def _delete(connection: Connection, job: Job, by: MemberId, *, at: datetime, reason: str | None) -> None:
    if job.state is JobState.HELD:
        why = "deleted while it waited for approval"
        if approvals.withdraw(connection, job, by=by, at=at, why=why) is None:
            raise NotPossibleNow
        return
    changes: Changes = {"deleted_at": at, "output_url": None, "moderation_reason": reason, "hiding": None}
    jobs.note(connection, job, touches_card=True, **changes)


def _struck(
    connection: Connection, card: Card, by: MemberId, pseudonyms: Pseudonyms, *, at: datetime
) -> Sequence[Job]:
    """Give a strike for what a moderator has removed. Return what a block has cancelled."""
    if by == card.member_id:
        return ()
    struck = strike(
        connection,
        guild_id=card.guild_id,
        member_ids=pseudonyms.ids_of(card.member_id),
        cause=StrikeCause.REMOVAL,
        at=at,
        by=by,
        card_id=card.id,
    )
    return () if struck is None else struck.cancelled


def record(
    connection: Connection, job: Job, topic: AuditTopic, by: MemberId, *, at: datetime, reason: str = ""
) -> None:
    server_settings.record(
        connection,
        guild_id=job.guild_id,
        actor_id=by,
        at=at,
        topic=topic,
        after={"picture": job.number, "member_id": job.member_id, **({"reason": reason} if reason else {})},
    )


def _remove(
    connection: Connection,
    job_id: JobId,
    guild_id: GuildId,
    by: MemberId,
    reason: str,
    pseudonyms: Pseudonyms,
    *,
    only_open: bool,
    at: datetime,
) -> TakenDown:
    job = job_here(connection, job_id, guild_id)
    _require_undecided(connection, job, only_open=only_open)
    card = cards.get(connection, job.card_id)
    copy = left_messages.copy_of(connection, job.id)
    if card is None or not can_be_removed(job, is_private=card.is_private and copy is None):
        raise NotPossibleNow
    return take_down(connection, card, [job], by, pseudonyms, at=at, reason=reason)


def _require_undecided(connection: Connection, job: Job, *, only_open: bool) -> None:
    """Raise `DecidedBefore` if another moderator has decided on the reports of the picture."""
    post = moderation_posts.of_job(connection, job.id, ModerationTopic.REPORT)
    if post is not None and post.decision is not None and (only_open or job.deleted_at is not None):
        raise DecidedBefore(post.decision, post.decided_by)


def _give_back(
    connection: Connection, job_id: JobId, guild_id: GuildId, by: MemberId, reason: str, *, at: datetime
) -> None:
    job = job_here(connection, job_id, guild_id)
    if not can_be_given_back(job) or jobs.note(connection, job, counts=0) is None:
        raise NotPossibleNow
    record(connection, job, AuditTopic.GIVEN_BACK, by, at=at, reason=reason)
    moderation_posts.touch(connection, job.id, at=at)


def job_here(connection: Connection, job_id: JobId, guild_id: GuildId) -> Job:
    """Return the job. Raises `JobUnknown` for one of another server."""
    job = jobs.get(connection, job_id)
    if job is None or job.guild_id != guild_id:
        raise JobUnknown
    return job
