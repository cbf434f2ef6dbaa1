"""Members look at, cancel and delete their requests, and have a kept picture posted again.

Each look-up is bound to a server: a job of another server is unknown.
"""

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from bot.domain.access import Actor
from bot.domain.age import AgeOfPlace
from bot.domain.card import Card, CardView, NewCard
from bot.domain.errors import JobUnknown, NotPossibleNow, NotYours
from bot.domain.ids import (
    CardId,
    ChannelId,
    GuildId,
    JobId,
    LeftMessageId,
    MemberId,
    MessageId,
    PictureNumber,
    PostId,
    RoleId,
)
from bot.domain.job import Job, JobState
from bot.domain.limits import OperatorLimits, Usage
from bot.domain.money import Month, Spending
from bot.domain.notice import Notify
from bot.domain.period import Period
from bot.domain.provider import Picture
from bot.domain.pseudonyms import Pseudonyms
from bot.domain.reports import MADE, MemberUsage
from bot.domain.request import PictureLocation
from bot.services.cards.cancelled_jobs import CancelledJobs
from bot.services.cards.gone_cards import GoneCards
from bot.services.cards.views import Views
from bot.services.limits import allowance
from bot.services.limits.strikes import standing
from bot.services.making.handover import Handed, Handover
from bot.services.members import post_limit
from bot.services.members.copies import Copies
from bot.services.members.moderation import Moderation, TakenDown, job_here, take_down
from bot.services.runtime import Runtime
from bot.store.admission import member_blocks
from bot.store.driver.database import Connection
from bot.store.moderation import posts
from bot.store.pictures import cards, dismissed, events, jobs, left_messages, member_choices, places, reports
from bot.store.pictures.events import Event
from bot.store.servers import server_settings


@dataclass(slots=True, kw_only=True)
class Gallery:
    runtime: Runtime
    limits: OperatorLimits
    views: Views
    moderation: Moderation
    cancelled_jobs: CancelledJobs
    copies: Copies
    gone: GoneCards
    handover: Handover

    # --- looking ---

    async def view(self, card_id: CardId, guild_id: GuildId) -> CardView:
        """Return the card's view. All methods raise `JobUnknown` for a card or job of another server."""
        view = await self.views.of(card_id)
        if view is None or view.card.guild_id != guild_id:
            raise JobUnknown
        return view

    async def job(self, job_id: JobId, guild_id: GuildId) -> Job:
        return await self.runtime.database.read(job_here, job_id, guild_id)

    async def numbered(self, number: PictureNumber, guild_id: GuildId) -> Job:
        """Return the job with this number in the server."""
        job = await self.runtime.database.read(jobs.numbered, guild_id, number)
        if job is None:
            raise JobUnknown
        return job

    async def card_of(self, job: Job) -> Card:
        return await self.runtime.database.read(_card_of, job)

    async def jobs_of_message(
        self, channel_id: ChannelId, message_id: MessageId, guild_id: GuildId
    ) -> list[Job]:
        """Return the jobs whose card is this message, by position; [] for any other message."""
        found = await self.runtime.database.read(
            jobs.of_message, channel_id=channel_id, message_id=message_id
        )
        return [job for job in found if job.guild_id == guild_id]

    async def copied_on(self, channel_id: ChannelId, message_id: MessageId, guild_id: GuildId) -> Job | None:
        """Return the job whose picture was posted again in this message."""
        copied = await self.runtime.database.read(left_messages.copied_on, channel_id, [message_id])
        return await self.job(copied[0], guild_id) if copied else None

    async def copy_of(self, job: Job) -> PictureLocation | None:
        """Return where the picture was posted again for everyone, if that is still there."""
        return await self.runtime.database.read(left_messages.copy_of, job.id)

    async def recent(
        self,
        guild_id: GuildId,
        member_id: MemberId,
        limit: int,
        states: Collection[JobState] | None = None,
    ) -> list[Job]:
        """Return the member's jobs in this server, newest first."""
        return await self.runtime.database.read(
            jobs.recent, guild_id=guild_id, member_id=member_id, limit=limit, states=states
        )

    async def usage(
        self,
        guild_id: GuildId,
        member_id: MemberId,
        role_ids: frozenset[RoleId] = frozenset(),
        channel_id: ChannelId | None = None,
    ) -> list[Usage]:
        """Return each of the member's limits, by their roles in this server, and what is used of it.

        `channel_id` adds the limits of that channel.
        """
        return await self.runtime.database.read(self._usage, guild_id, member_id, role_ids, channel_id)

    async def usages(
        self,
        guild_id: GuildId,
        member_id: MemberId,
        role_ids: frozenset[RoleId] = frozenset(),
        channel_id: ChannelId | None = None,
    ) -> MemberUsage:
        """Return the same, and the member's pictures and spending in this server this month."""
        return await self.runtime.database.read(self._usages, guild_id, member_id, role_ids, channel_id)

    def _usages(
        self,
        connection: Connection,
        guild_id: GuildId,
        member_id: MemberId,
        role_ids: frozenset[RoleId],
        channel_id: ChannelId | None,
    ) -> MemberUsage:
        now = self.runtime.clock.now()
        month, so_far = Month.of(now), Period.this_month(now)
        outcomes = reports.outcomes(connection, guild_id, so_far, member_id=member_id, channel_id=None)
        held = reports.held(connection, guild_id, member_id, since=month.starts_at)
        spent = sum(day.spent_microusd for day in outcomes)
        rules = server_settings.get(connection, guild_id).strikes
        member_ids = self.runtime.pseudonyms.ids_of(member_id)
        return MemberUsage(
            notify=member_choices.notify_of(connection, member_id),
            usages=self._usage(connection, guild_id, member_id, role_ids, channel_id),
            standing=standing(connection, rules, guild_id, member_ids, at=now),
            block=member_blocks.of(connection, guild_id, member_ids, at=now),
            pictures_this_month=sum(day.pictures for day in outcomes if day.outcome == MADE),
            spending_this_month=Spending(month=month, held_microusd=held, spent_microusd=spent),
        )

    def _usage(
        self,
        connection: Connection,
        guild_id: GuildId,
        member_id: MemberId,
        role_ids: frozenset[RoleId],
        channel_id: ChannelId | None,
    ) -> list[Usage]:
        member_ids = self.runtime.pseudonyms.ids_of(member_id)
        text = server_settings.rules_for(
            connection, guild_id=guild_id, member_ids=member_ids, role_ids=role_ids, channel_id=channel_id
        )
        rules = allowance.rules_by(self.limits, text)
        at = self.runtime.clock.now()
        return allowance.usages(connection, rules, member_ids=member_ids, guild_id=guild_id, at=at)

    async def set_notify(self, member_id: MemberId, notify: Notify) -> None:
        """Save when the member wants a notice that a request is done."""
        await self.runtime.database.write(member_choices.set_notify, member_id, notify)

    async def history(self, job_id: JobId, guild_id: GuildId) -> list[Event]:
        """Return all steps of the job, oldest first."""
        job = await self.job(job_id, guild_id)
        return await self.runtime.database.read(events.of_job, job.id)

    async def before(self, job: Job) -> PictureLocation | None:
        """Return where everybody can see the picture that the job edits."""
        return await self.runtime.database.read(places.of_source, job.source)

    @asynccontextmanager
    async def picture(self, job_id: JobId, guild_id: GuildId, most_bytes: int) -> AsyncIterator[Picture]:
        """Give the finished picture, while the provider keeps it, to be sent within the block.

        Raises `FileRefused`, `ProviderError`.
        """
        job = await self.job(job_id, guild_id)
        async with self.copies.of(job, job.output_url, most_bytes) as picture:
            yield picture

    async def late_pictures(self, asked: Sequence[Job]) -> dict[JobId, list[str]]:
        """Return the URLs of pictures that turned up after their jobs had ended or were sent again.

        Jobs without any are left out. These pictures are paid, count for no member, and expire like others.
        Requests that need approval have none: no moderator has seen them.
        """
        asked = [job for job in asked if not job.needs_approval]
        late = {job.id: [job.output_url] for job in asked if job.output_url and job.is_made_after_all}
        for job_id, url in await self.runtime.database.read(dismissed.pictures_of, [job.id for job in asked]):
            late.setdefault(job_id, []).append(url)
        return late

    @asynccontextmanager
    async def late_picture(self, job: Job, number: int, most_bytes: int) -> AsyncIterator[Picture]:
        """Give one of them, to be sent within the block.

        Raises `JobUnknown`, `FileRefused`, `ProviderError`.
        """
        urls = (await self.late_pictures([job])).get(job.id, [])
        if number >= len(urls):
            raise JobUnknown
        async with self.copies.of(job, urls[number], most_bytes) as picture:
            yield picture

    # --- acting ---

    async def cancel(self, card_id: CardId, actor: Actor) -> CardView:
        """Cancel the pictures of the actor's own card that have not been sent yet.

        Raises `NotYours`; `NotPossibleNow` if all have been.
        """
        at = self.runtime.clock.now()
        self.cancelled_jobs.drop(await self.runtime.database.write(_cancel, card_id, actor, at=at))
        return await self.view(card_id, actor.guild_id)

    async def delete(self, job_ids: Sequence[JobId], actor: Actor) -> CardView:
        """Take down delivered pictures of one card, as their owner or as a moderator of the card's channel.

        Raises `NotYours`; `NotPossibleNow` if one is not delivered.
        """
        taken_down = await self.runtime.database.write(
            _take_down, job_ids, actor, self.runtime.pseudonyms, at=self.runtime.clock.now()
        )
        await self.moderation.follow_up(taken_down)
        return await self.view(taken_down.card_id, actor.guild_id)

    async def dismissed(self, card: Card) -> None:
        """Handle that the message of a card without pictures was deleted."""
        if card.message_id is not None:
            await self.gone.messages_deleted(card.channel_id, [card.message_id])

    async def hold_post(
        self,
        actor: Actor,
        parent_channel_id: ChannelId | None,
        age: AgeOfPlace | None = None,
        *,
        role_ids: frozenset[RoleId] = frozenset(),
        is_approved: bool = False,
    ) -> PostId:
        """Count one more public post. Raises `BlockedHere`, `ChannelNotAllowed`, `TooManyPosts`.

        Raises also `AgeRefused`, and `AgeUnknown` if `age` is None and matters here. Raises `ApprovalMissing`
        where images need approval, unless a moderator has seen this one.
        """
        return await self.runtime.database.write(
            post_limit.hold,
            guild_id=actor.guild_id,
            member_ids=self.runtime.pseudonyms.ids_of(actor.member_id),
            channel_id=actor.channel_id,
            parent_channel_id=parent_channel_id,
            age=age,
            role_ids=role_ids,
            is_approved=is_approved,
            at=self.runtime.clock.now(),
        )

    async def release_post(self, post_id: PostId) -> None:
        """Count the post no longer: it failed."""
        await self.runtime.database.write(posts.remove, post_id)

    async def begin_copy(
        self, job_id: JobId, actor: Actor, there: NewCard, message_id: MessageId
    ) -> LeftMessageId:
        """Save that the message is about to show the picture again, so that moderators can remove it.

        Raises `NotPossibleNow` if the picture was taken down meanwhile.
        """
        at = self.runtime.clock.now()
        return await self.runtime.database.write(_begin_copy, job_id, actor, there, message_id, at=at)

    async def copy_shown(self, copy_id: LeftMessageId) -> None:
        """Save that the message shows the picture."""
        await self.runtime.database.write(left_messages.settle_copy, copy_id)

    async def repost(self, job_id: JobId, actor: Actor, card: NewCard, message_id: MessageId) -> None:
        """Move the card of a kept picture to a new message for its owner, and deliver it there."""
        moved = await self.runtime.database.write(
            self._move, job_id, actor, card, message_id, at=self.runtime.clock.now()
        )
        self.handover.handed_over(moved)

    def _move(
        self,
        connection: Connection,
        job_id: JobId,
        actor: Actor,
        card: NewCard,
        message_id: MessageId,
        *,
        at: datetime,
    ) -> Handed:
        card_id = _move(connection, job_id, actor, card, message_id, at=at)
        return self.handover.hand_over(connection, card_id)


def _card_of(connection: Connection, job: Job) -> Card:
    card = cards.get(connection, job.card_id)
    if card is None:
        raise JobUnknown
    return card


def _cancel(connection: Connection, card_id: CardId, actor: Actor, *, at: datetime) -> list[Job]:
    on_it = jobs.of_card(connection, card_id)
    if not on_it or on_it[0].guild_id != actor.guild_id:
        raise JobUnknown
    if on_it[0].member_id != actor.member_id:
        raise NotYours
    queued = [job for job in on_it if job.state is JobState.QUEUED]
    if not queued:
        raise NotPossibleNow
    # All jobs first, then the money: the tasks of jobs lock in the same order.
    claimed = [jobs.claim(connection, job.id) for job in queued]
    for job in claimed:
        if job is None or job.state is not JobState.QUEUED:
            raise NotPossibleNow  # sent at this moment; the transaction undoes the other cancellations
        jobs.step(connection, job, JobState.CANCELLED, at=at, why="cancelled by its member")
    return queued


def _take_down(
    connection: Connection, job_ids: Sequence[JobId], actor: Actor, pseudonyms: Pseudonyms, *, at: datetime
) -> TakenDown:
    found = [job_here(connection, job_id, actor.guild_id) for job_id in job_ids]
    if not found or len({job.card_id for job in found}) != 1:
        raise JobUnknown
    card = _card_of(connection, found[0])
    actor.require_sight(card)
    actor.require_may_delete(card.member_id, card.channel_id)
    return take_down(connection, card, found, actor.member_id, pseudonyms, at=at)


def _begin_copy(
    connection: Connection,
    job_id: JobId,
    actor: Actor,
    there: NewCard,
    message_id: MessageId,
    *,
    at: datetime,
) -> LeftMessageId:
    job = job_here(connection, job_id, actor.guild_id)
    if not job.is_posted:
        raise NotPossibleNow
    return left_messages.keep_copy(connection, job, there, message_id, at=at)


def _move(
    connection: Connection, job_id: JobId, actor: Actor, card: NewCard, message_id: MessageId, *, at: datetime
) -> CardId:
    """Move the card to the new message, and un-park its parked jobs."""
    job = job_here(connection, job_id, actor.guild_id)
    if job.member_id != actor.member_id:
        raise NotYours
    if job.parked_at is None or job.state.is_end:
        raise NotPossibleNow
    cards.move(connection, _card_of(connection, job), card, message_id=message_id, at=at)
    for other in jobs.of_card(connection, job.card_id):
        if other.parked_at is not None:
            jobs.note(connection, other, touches_card=True, parked_at=None)
    return job.card_id
