"""The feeds: each delivered picture is also posted, small, in a channel that its server has chosen.

A feed stands in line behind deliveries: its small pictures are made only while no picture is on its way to a
card. In a rush, several pictures share one message. The entries are in the store, and survive restarts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import structlog

from bot.domain.errors import CardBarred, CardGone, CourierUnavailable, FileRefused, ProviderError
from bot.domain.ids import GuildId, JobId, MessageId
from bot.domain.moderation import FeedBatch, FeedEntry
from bot.domain.provider import Picture
from bot.fault_points import Point, reach
from bot.services.making.delivering import Delivering
from bot.services.making.small_copies import SmallCopies
from bot.services.protocols import ModeratorChannel
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.moderation import feed

log = structlog.stdlib.get_logger(__name__)

TIDY_SECONDS = 60.0
#: Discord allows five messages in five seconds in one channel; this leaves room for others.
GAP_SECONDS = 1.25
#: The longer side of the small pictures, in pixels.
MOST_SIDE = 240
#: The longest wait for small pictures while a message still shows one that is gone.
COPIES_SECONDS = 5.0
#: How often, and how long at most, a small picture waits for deliveries.
LOOK_SECONDS = 0.5
LONGEST_WAIT_SECONDS = 600.0
#: A message whose answer did not come is looked for after this time.
SETTLED_AFTER = timedelta(seconds=90)
#: Where the bot may not write, it tries again after this time.
PAUSE_SECONDS = 600.0
#: And messages that show what is gone, one of a server after this time: each try is a refused request.
BARRED_SECONDS = 3600.0
#: Older entries are of no use.
FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(slots=True, kw_only=True)
class Feed:
    runtime: Runtime
    channel: ModeratorChannel
    delivering: Delivering
    small_copies: SmallCopies
    _following: set[GuildId] = field(init=False, default_factory=set)
    #: By the monotonic clock.
    _tidy_at: float = field(init=False, default=float("-inf"))
    _paused_until: dict[GuildId, float] = field(init=False, default_factory=dict)
    #: The same for messages that are out of date.
    _barred_until: dict[GuildId, float] = field(init=False, default_factory=dict)

    async def run(self) -> None:
        while True:
            with self.runtime.outages.survived("feed"):
                await self._tidy()
                await self._redraw()
                await self._follow_all()
            await self.runtime.until_owed(self.runtime.feed_owed)

    async def _tidy(self) -> None:
        """Settle what is in doubt, and drop what is too old, once in a while."""
        if self.runtime.clock.monotonic() < self._tidy_at:
            return
        now, database = self.runtime.clock.now(), self.runtime.database
        self._tidy_at = self.runtime.clock.monotonic() + TIDY_SECONDS
        for batch in await database.read(feed.begun, before=now - SETTLED_AFTER):
            await self._settle(batch)
        if dropped := await database.write(feed.forget_old, before=now - FORGOTTEN_AFTER):
            log.warning("entries of feeds dropped: their channels cannot be written to", entries=dropped)

    async def _redraw(self) -> None:
        """Let messages show what became of their pictures; one whose pictures are all gone is deleted.

        The small pictures that stay are sent again, as far as they are at hand at once: Discord does not say
        which file is which once embeds show them.
        """
        clock = self.runtime.clock
        for message_id, batch in await self.runtime.database.read(feed.stale):
            if self._barred_until.get(batch.guild_id, 0.0) > clock.monotonic():
                continue
            left = batch.without_deleted()
            shown = [entry.job for entry in left.entries if entry.shows_picture]
            pictures = await self.small_copies.of(shown, COPIES_SECONDS)
            try:
                await self.channel.edit_feed(left, message_id, pictures)
            except CardBarred:  # an admin can let the bot in again, and the picture would still be there
                log.info("a feed still shows what is gone", guild=batch.guild_id)
                self._barred_until[batch.guild_id] = clock.monotonic() + BARRED_SECONDS
                continue
            except CardGone as error:  # nothing can be changed there any more
                log.info("a feed keeps a message", guild=batch.guild_id, why=type(error).__name__)
            except CourierUnavailable:
                continue
            reach(Point.FEED_TAKEN_OFF)
            await self.runtime.database.write(feed.redrawn, batch)

    async def _follow_all(self) -> None:
        for guild_id in await self.runtime.database.read(feed.waiting):
            if guild_id not in self._following and not self._is_paused(guild_id):
                self._following.add(guild_id)
                self.runtime.tasks.start(self._follow(guild_id), "feed")

    def _is_paused(self, guild_id: GuildId) -> bool:
        return self._paused_until.get(guild_id, 0.0) > self.runtime.clock.monotonic()

    async def _follow(self, guild_id: GuildId) -> None:
        """Post what a server is owed, in order, with a gap after each message."""
        try:
            with self.runtime.outages.survived("feed"):
                while await self._post_next(guild_id):
                    await self.runtime.clock.sleep(GAP_SECONDS)
        finally:
            self._following.discard(guild_id)

    async def _post_next(self, guild_id: GuildId) -> bool:
        """Return False if there is nothing to post, or if nothing can be posted now."""
        await self._wait_for_deliveries()
        at = self.runtime.clock.now()
        batch = await self.runtime.database.write(feed.take, guild_id, at=at)
        if batch is None:
            return False
        try:
            await self._post(batch)
        except CardGone as error:
            log.warning("a server's feed cannot be posted", guild=guild_id, why=type(error).__name__)
            await self.runtime.database.write(feed.put_back, batch.job_ids)
            self._paused_until[guild_id] = self.runtime.clock.monotonic() + PAUSE_SECONDS
            return False
        except CourierUnavailable as error:
            log.info("a feed is not posted yet", guild=guild_id, error=str(error))
            return False  # whether it arrived is found out later
        return True

    async def _post(self, batch: FeedBatch) -> None:
        shown = batch.without_deleted()
        if shown.entries:
            message_id = await self.channel.post_feed(shown, await self._small_pictures(shown))
            await self.runtime.outages.retried(
                lambda: self.runtime.database.write(feed.posted, shown.job_ids, message_id), "feed"
            )
        gone = [job_id for job_id in batch.job_ids if job_id not in shown.job_ids]
        await self.runtime.database.write(feed.forget, gone)

    async def _settle(self, batch: FeedBatch) -> None:
        """Find out which entries are in the channel; the others are posted again."""
        try:
            found = await self.channel.find_feed(batch)
        except CourierUnavailable:
            return
        except CardGone:  # it cannot be read: better not at all than twice
            await self.runtime.database.write(feed.forget, batch.job_ids)
            return
        await self.runtime.database.write(_settled, batch, found)

    async def _small_pictures(self, batch: FeedBatch) -> dict[JobId, Picture]:
        made: dict[JobId, Picture] = {}
        for entry in batch.entries:
            if (picture := await self._small_picture(entry)) is not None:
                made[entry.job.id] = picture
        return made

    async def _small_picture(self, entry: FeedEntry) -> Picture | None:
        job = entry.job
        if not entry.shows_picture or job.output_url is None:
            return None
        await self._wait_for_deliveries()
        try:
            return await self.delivering.thumbnail_at(job.id, job.output_url, MOST_SIDE)
        except (FileRefused, ProviderError) as error:
            log.info("a feed shows no picture", job=job.id, why=type(error).__name__)
            return None

    async def _wait_for_deliveries(self) -> None:
        clock = self.runtime.clock
        longest = clock.monotonic() + LONGEST_WAIT_SECONDS
        while self.delivering.is_busy and clock.monotonic() < longest:
            await clock.sleep(LOOK_SECONDS)


def _settled(connection: Connection, batch: FeedBatch, found: Mapping[JobId, MessageId]) -> None:
    for job_id, message_id in found.items():
        feed.posted(connection, [job_id], message_id)
    feed.put_back(connection, [job_id for job_id in batch.job_ids if job_id not in found])
