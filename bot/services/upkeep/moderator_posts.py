"""Posts reports and pictures for approval in the moderators' channel, and keeps the messages up to date.

What is still to be posted is in the store, and survives restarts. The place of a message is saved before it
is sent: if the answer is lost, the message is looked for there, and not sent twice.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from bot.domain.errors import CardBarred, CardGone, CourierUnavailable, FileRefused, ProviderError
from bot.domain.ids import MessageId, ModerationPostId
from bot.domain.job import Job
from bot.domain.moderation import LOGGED, ONLY_TOLD, ModerationPost, PostView
from bot.domain.provider import Picture
from bot.services.cards.retry_times import next_try
from bot.services.making.delivering import Delivering
from bot.services.protocols import ModeratorChannel
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.moderation import moderation_posts, post_views

log = structlog.stdlib.get_logger(__name__)

#: The longer side of the small pictures, in pixels.
MOST_SIDE = 480


@dataclass(slots=True, kw_only=True)
class ModeratorPosts:
    runtime: Runtime
    channel: ModeratorChannel
    delivering: Delivering

    async def run(self) -> None:
        while True:
            with self.runtime.outages.survived("moderation"):
                await self.post_due()
            await self.runtime.until_owed(self.runtime.posts_owed)

    async def post_due(self) -> None:
        """Send and edit what is due, one after the other: moderators are not in a hurry."""
        while due := await self._due():
            for post_id in due:
                await self._bring_up_to_date(post_id)

    async def _due(self) -> Sequence[ModerationPostId]:
        return await self.runtime.database.read(moderation_posts.due, at=self.runtime.clock.now())

    async def _bring_up_to_date(self, post_id: ModerationPostId) -> None:
        view = await self.runtime.database.read(post_views.read, post_id)
        if view is None:
            return
        try:
            message_id = await self._show(view)
        except CardGone as error:
            await self._refused(view, error)
        except CourierUnavailable as error:
            log.info("moderators not notified yet", post=view.post.id, error=str(error))
            await self._put_off(view, is_barred=False)
        else:
            await self.runtime.database.write(_shown, view.post, message_id, at=self.runtime.clock.now())

    async def _show(self, view: PostView) -> MessageId | None:
        """Return the message that shows the post now; None if there is none, and none is needed."""
        if view.post.message_id is not None:
            await self.channel.edit(view)
            return view.post.message_id
        if view.post.channel_id is not None:  # begun before, and perhaps posted
            found = await self.channel.find(view)
            if found is not None:
                await self.channel.edit(with_message(view, found))
                return found
        begun = None if view.post.is_over else await self.runtime.database.write(_begin, view)
        return None if begun is None else await self.channel.post(begun, await self._small_picture(begun))

    async def _small_picture(self, view: PostView) -> Picture | None:
        """Return a small copy, if there is a picture and the provider still has it."""
        job = view.job
        if job is None or job.output_url is None or job.deleted_at is not None:
            return None
        if view.post.topic in LOGGED:
            return None
        return await self._copy(job, job.output_url)

    async def _copy(self, job: Job, url: str) -> Picture | None:
        try:
            return await self.delivering.thumbnail_at(job.id, url, MOST_SIDE)
        except (FileRefused, ProviderError) as error:
            log.info("moderators are notified without the picture", job=job.id, why=type(error).__name__)
            return None

    async def _refused(self, view: PostView, error: CardGone) -> None:
        """An admin can let the bot in again. A message that was deleted is posted again, if it is open."""
        post, why = view.post, type(error).__name__
        log.warning("a server's moderators cannot be notified", guild=post.guild_id, why=why)
        if isinstance(error, CardBarred):
            await self._put_off(view, is_barred=True)
        elif post.message_id is not None:
            at = self.runtime.clock.now()
            await self.runtime.database.write(moderation_posts.message_gone, post.id, at=at)
        else:
            await self._save_try(view, None, is_refused=True)

    async def _put_off(self, view: PostView, *, is_barred: bool) -> None:
        now, since = self.runtime.clock.now(), view.post.behind_since
        try_at = next_try(now, since or now, self.runtime.rng, is_barred=is_barred)
        await self._save_try(view, try_at, is_refused=is_barred)

    async def _save_try(self, view: PostView, try_at: datetime | None, *, is_refused: bool) -> None:
        since = view.post.behind_since or self.runtime.clock.now()
        await self.runtime.database.write(_put_off, view.post, try_at, since, is_refused=is_refused)


def with_message(view: PostView, message_id: MessageId) -> PostView:
    return replace(view, post=replace(view.post, message_id=message_id))


def _shown(
    connection: Connection, post: ModerationPost, message_id: MessageId | None, *, at: datetime
) -> None:
    moderation_posts.shown(connection, post.id, revision=post.revision, message_id=message_id, at=at)
    if post.topic in ONLY_TOLD:
        moderation_posts.close(connection, post.id)


def _put_off(
    connection: Connection,
    post: ModerationPost,
    try_at: datetime | None,
    since: datetime,
    *,
    is_refused: bool,
) -> None:
    moderation_posts.put_off(connection, post.id, try_at=try_at, behind_since=since, is_refused=is_refused)
    if try_at is None and post.topic in ONLY_TOLD:  # given up: no one could do anything about it later
        moderation_posts.close(connection, post.id)


def _begin(connection: Connection, view: PostView) -> PostView | None:
    """Save the place of the new message; None if the server has no channel for moderators any more.

    None also if the post is gone: the data of its member are being deleted.
    """
    channel_id = moderation_posts.channel_of(connection, view.post.guild_id, view.post.topic)
    if channel_id is None or not moderation_posts.begin(connection, view.post.id, channel_id):
        return None
    return replace(view, post=replace(view.post, channel_id=channel_id))
