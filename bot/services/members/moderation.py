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
from bot.services.cards.card_updater import CardUpdater
from bot.services.runtime import Runtime
from bot.store import cards, favourites, jobs, left_messages, places, server_settings
from bot.store.database import Connection


@dataclass(slots=True, kw_only=True)
class Moderation:
    runtime: Runtime
    card_updater: CardUpdater

    async def remove(self, job_id: JobId, guild_id: GuildId, by: MemberId) -> None:
        """Delete a delivered picture from its message.

        Raises `JobUnknown`; `NotPossibleNow` for a private picture, whose message only its member sees.
        """
        card_id, edits = await self.runtime.database.write(
            _remove, job_id, guild_id, by, at=self.runtime.clock.now()
        )
        await self.card_updater.taken_down(card_id, edits)

    async def give_back(self, job_id: JobId, guild_id: GuildId, by: MemberId) -> None:
        """Let a delivered picture no longer count towards its member's limits. Its cost stays in the budget.

        Raises `JobUnknown`; `NotPossibleNow` if it does not count.
        """
        at = self.runtime.clock.now()
        await self.runtime.database.write(_give_back, job_id, guild_id, by, at=at)

    async def copy_removed(self, job: Job, by: MemberId) -> None:
        """Note that a moderator has deleted a message that showed the picture once more."""
        if by != job.member_id:
            at = self.runtime.clock.now()
            await self.runtime.database.write(record, job, AuditTopic.REMOVED, by, at=at)


def take_down(
    connection: Connection, card: Card, found: Sequence[Job], by: MemberId, *, at: datetime
) -> list[CardId]:
    """Delete pictures of one card. Return the cards of their edits, which no longer link to them.

    Raises `NotPossibleNow` if one is not delivered.
    """
    if any(job.state is not JobState.DELIVERED for job in found):
        raise NotPossibleNow
    for job in found:
        jobs.note(connection, job, touches_card=True, deleted_at=at, output_url=None)
        if by != job.member_id:
            record(connection, job, AuditTopic.REMOVED, by, at=at)
    job_ids = [job.id for job in found]
    favourites.forget(connection, job_ids)
    left_messages.touch(connection, card.id, at=at)
    return places.touch_edits_of(connection, job_ids)


def record(connection: Connection, job: Job, topic: AuditTopic, by: MemberId, *, at: datetime) -> None:
    server_settings.record(
        connection,
        guild_id=job.guild_id,
        actor_id=by,
        at=at,
        topic=topic,
        subject=None,
        before={},
        after={"picture": job.number, "member_id": job.member_id},
    )


def can_be_removed(job: Job, *, is_private: bool) -> bool:
    return job.is_posted and not is_private


def can_be_given_back(job: Job) -> bool:
    """Return False also while the picture is not delivered: it may still fail, and not count anyway."""
    return job.state is JobState.DELIVERED and job.counts


def _remove(
    connection: Connection, job_id: JobId, guild_id: GuildId, by: MemberId, *, at: datetime
) -> tuple[CardId, list[CardId]]:
    job = job_here(connection, job_id, guild_id)
    card = cards.get(connection, job.card_id)
    if card is None or not can_be_removed(job, is_private=card.is_private):
        raise NotPossibleNow
    return card.id, take_down(connection, card, [job], by, at=at)


def _give_back(
    connection: Connection, job_id: JobId, guild_id: GuildId, by: MemberId, *, at: datetime
) -> None:
    job = job_here(connection, job_id, guild_id)
    if not can_be_given_back(job) or jobs.note(connection, job, counts=0) is None:
        raise NotPossibleNow
    record(connection, job, AuditTopic.GIVEN_BACK, by, at=at)


def job_here(connection: Connection, job_id: JobId, guild_id: GuildId) -> Job:
    """Return the job. Raises `JobUnknown` for one of another server."""
    job = jobs.get(connection, job_id)
    if job is None or job.guild_id != guild_id:
        raise JobUnknown
    return job
