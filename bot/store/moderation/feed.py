"""The entries of feeds: a row for each delivered picture of a server that has a channel for its feed.

A row is marked as begun before it is sent, so that no picture is shown twice: what is begun and has no
message is looked for in the channel before it is sent again.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, false, insert, literal, null, select, true, update

from bot.domain.ids import CardId, ChannelId, GuildId, JobId, MessageId
from bot.domain.job import Job
from bot.domain.moderation import FEED_BATCH, FeedBatch, FeedEntry
from bot.store.driver.column_types import UtcMicroseconds
from bot.store.driver.connection import Connection
from bot.store.pictures import cards, jobs
from bot.store.schema.conditions import IS_SENT, IS_STALE, IS_UNSENT
from bot.store.schema.tables import feed_entries, guilds
from bot.store.schema.tables import jobs as jobs_table
from bot.store.servers import server_settings


def owe(connection: Connection, job: Job, *, at: datetime) -> bool:
    """Add a delivered picture, if its server has a feed. In one statement, since a delivery waits for it.

    Return whether it has one.
    """
    return bool(connection.execute(_OWE, {"job": job.id, "guild": job.guild_id, "owed_at": at}).rowcount)


def waiting(connection: Connection) -> list[GuildId]:
    """Return the servers with entries that are not begun."""
    return [GuildId(id_) for id_ in connection.scalars(_WAITING)]


def take(connection: Connection, guild_id: GuildId, *, at: datetime) -> FeedBatch | None:
    """Begin the oldest entries of a server, as many as one message takes; None if there are none."""
    channel_id = server_settings.get(connection, guild_id).feed_channel_id
    job_ids = [JobId(id_) for id_ in connection.scalars(_TAKE, {"guild": guild_id})]
    if channel_id is None or not job_ids:
        forget(connection, job_ids)
        return None
    connection.execute(_BEGIN, {"job_ids": job_ids, "channel": channel_id, "begun": at})
    return _batch(connection, guild_id, channel_id, job_ids)


def begun(connection: Connection, *, before: datetime) -> list[FeedBatch]:
    """Return the entries that were begun before a time and have no message: are they in the channel?"""
    rows = connection.execute(_BEGUN, {"before": before})
    places = dict.fromkeys((row.guild_id, row.channel_id) for row in rows)
    return [
        _batch(
            connection,
            GuildId(guild_id),
            ChannelId(channel_id),
            [JobId(row.job_id) for row in rows if (row.guild_id, row.channel_id) == (guild_id, channel_id)],
        )
        for guild_id, channel_id in places
    ]


def posted(connection: Connection, job_ids: Sequence[JobId], message_id: MessageId) -> None:
    connection.execute(_POSTED, {"job_ids": job_ids, "message": message_id})


def put_back(connection: Connection, job_ids: Sequence[JobId]) -> None:
    """Let entries be sent again: they are surely not in the channel."""
    connection.execute(_PUT_BACK, {"job_ids": job_ids})


def outdate(connection: Connection, job_ids: Sequence[JobId]) -> None:
    """Let the messages show what became of these pictures: they are gone, hidden, or shown again."""
    connection.execute(_OUTDATE, {"job_ids": job_ids})


def outdate_beside(connection: Connection, card_ids: Sequence[CardId]) -> None:
    """Let the messages with pictures of these cards show the others alone: all about these is erased."""
    connection.execute(_OUTDATE_BESIDE, {"cards": list(card_ids)})


def redrawn(connection: Connection, drawn: FeedBatch) -> None:
    """Save that a message shows these entries as they were drawn, unless they have changed meanwhile."""
    for entry in drawn.entries:
        now = _entry(connection, entry.job.id)
        if now is not None and now.look == entry.look:
            connection.execute(_REDRAWN if now.is_there else _FORGET, {"job_ids": [entry.job.id]})


def stale(connection: Connection) -> list[tuple[MessageId, FeedBatch]]:
    """Return the messages that do not show what became of a picture, each with all of its entries."""
    found = []
    for row in connection.execute(_STALE):
        job_ids = [JobId(id_) for id_ in connection.scalars(_IN_MESSAGE, {"message": row.message_id})]
        batch = _batch(connection, GuildId(row.guild_id), ChannelId(row.channel_id), job_ids)
        found.append((MessageId(row.message_id), batch))
    return found


def forget(connection: Connection, job_ids: Sequence[JobId]) -> None:
    connection.execute(_FORGET, {"job_ids": job_ids})


def forget_unsent(connection: Connection, guild_id: GuildId) -> None:
    """Forget what is not sent: the server has no feed any more."""
    connection.execute(_FORGET_UNSENT, {"guild": guild_id})


def forget_old(connection: Connection, *, before: datetime) -> int:
    """Forget entries that could not be sent for long; return how many."""
    return connection.execute(_FORGET_OLD, {"before": before}).rowcount


def _batch(
    connection: Connection, guild_id: GuildId, channel_id: ChannelId, job_ids: Sequence[JobId]
) -> FeedBatch:
    entries = [_entry(connection, job_id) for job_id in job_ids]
    return FeedBatch(
        guild_id=guild_id,
        channel_id=channel_id,
        entries=[entry for entry in entries if entry is not None],
        language=server_settings.get(connection, guild_id).language,
    )


def _entry(connection: Connection, job_id: JobId) -> FeedEntry | None:
    job = jobs.get(connection, job_id)
    card = None if job is None else cards.get(connection, job.card_id)
    return None if job is None or card is None else FeedEntry(job=job, card=card)


_it = feed_entries.c
_HAS_FEED = (guilds.c.guild_id == bindparam("guild"), guilds.c.feed_channel_id.is_not(None))
_OWE = insert(feed_entries).from_select(
    ["job_id", "guild_id", "at"],
    select(
        bindparam("job", type_=_it.job_id.type),
        guilds.c.guild_id,
        bindparam("owed_at", type_=UtcMicroseconds),
    ).where(*_HAS_FEED),
)
_IS_WAITING = (IS_UNSENT, _it.begun_at.is_(None))
_WAITING = select(_it.guild_id).where(*_IS_WAITING).distinct()
_TAKE = (
    select(_it.job_id)
    .where(_it.guild_id == bindparam("guild"), *_IS_WAITING)
    .order_by(_it.job_id)
    .limit(literal(FEED_BATCH))
)
_ARE_THESE = _it.job_id.in_(bindparam("job_ids", expanding=True))
_BEGIN = (
    update(feed_entries)
    .where(_ARE_THESE)
    .values(begun_at=bindparam("begun"), channel_id=bindparam("channel"))
)
_BEGUN = (
    select(_it.job_id, _it.guild_id, _it.channel_id)
    .where(IS_UNSENT, _it.begun_at < bindparam("before"))
    .order_by(_it.guild_id, _it.job_id)  # as in the index of the few that are unsent
)
_POSTED = update(feed_entries).where(_ARE_THESE).values(message_id=bindparam("message"))
_OUTDATE = update(feed_entries).where(_ARE_THESE).values(is_stale=true())
_REDRAWN = update(feed_entries).where(_ARE_THESE).values(is_stale=false())
_JOBS_OF_CARDS = select(jobs_table.c.id).where(jobs_table.c.card_id.in_(bindparam("cards", expanding=True)))
_of_erased = feed_entries.alias("of_erased")
_OUTDATE_BESIDE = (
    update(feed_entries)
    .where(
        IS_SENT,
        _it.message_id.in_(select(_of_erased.c.message_id).where(_of_erased.c.job_id.in_(_JOBS_OF_CARDS))),
        _it.job_id.not_in(_JOBS_OF_CARDS),
    )
    .values(is_stale=true())
)
_STALE = (
    select(_it.message_id, _it.guild_id, _it.channel_id)
    .where(IS_STALE, IS_SENT)
    .distinct()
    .order_by(_it.message_id)
)
_IN_MESSAGE = select(_it.job_id).where(IS_SENT, _it.message_id == bindparam("message")).order_by(_it.job_id)
_PUT_BACK = update(feed_entries).where(_ARE_THESE).values(begun_at=null(), channel_id=null())
_FORGET = delete(feed_entries).where(_ARE_THESE)
_FORGET_UNSENT = delete(feed_entries).where(IS_UNSENT, _it.guild_id == bindparam("guild"))
_FORGET_OLD = delete(feed_entries).where(IS_UNSENT, _it.at < bindparam("before"))
