"""Cards whose message, channel or server is gone: finding them, and giving up their jobs; deleted copies."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Unpack

from sqlalchemy import Select, or_, select, update

from bot.domain.ids import CardId, ChannelId, GuildId, JobId, MessageId
from bot.domain.job import Job, JobState
from bot.domain.moderation import Decision
from bot.store.driver.connection import Connection
from bot.store.moderation import moderation_posts
from bot.store.pictures import cards, favourites, jobs, left_messages
from bot.store.pictures.jobs import Changes
from bot.store.schema.conditions import IS_OPEN
from bot.store.schema.tables import cards as card_table
from bot.store.schema.tables import jobs as job_table

# --- finding the cards ---------------------------------------------------------------------------------


def in_server(connection: Connection, guild_id: GuildId) -> list[CardId]:
    """Return the cards with open jobs in a server, oldest first."""
    # The condition names both tables. Otherwise, SQLite reads all jobs of the server, not only open ones.
    is_there = or_(card_table.c.guild_id == guild_id, job_table.c.guild_id == guild_id)
    return _cards(connection, _open().where(is_there))


def in_channel(connection: Connection, channel_id: ChannelId) -> list[CardId]:
    """Return the cards with open jobs in a channel and its threads, oldest first."""
    is_there = or_(card_table.c.channel_id == channel_id, job_table.c.channel_id == channel_id)
    return _cards(connection, _open().where(is_there))


def of_messages(
    connection: Connection, channel_id: ChannelId, message_ids: Sequence[MessageId]
) -> list[CardId]:
    """Return the cards of these messages, finished ones included."""
    shown = select(card_table.c.id).where(
        card_table.c.message_id.in_(message_ids), card_table.c.channel_id == channel_id
    )
    return _cards(connection, shown)


def _open() -> Select[Any]:
    return select(card_table.c.id).join(job_table, job_table.c.card_id == card_table.c.id).where(IS_OPEN)


def _cards(connection: Connection, found: Select[Any]) -> list[CardId]:
    return [CardId(id_) for id_ in connection.scalars(found.distinct().order_by(card_table.c.id))]


# --- giving up their jobs ------------------------------------------------------------------------------


def give_up(connection: Connection, card_ids: Sequence[CardId], *, at: datetime, why: str) -> list[JobId]:
    """Cancel and return the jobs that are not sent yet. Jobs that the provider has go on.

    The bot sends, edits and posts nothing for these cards again. Only their owners keep the pictures among
    their favourites.
    """
    on_them = [job for card_id in card_ids for job in jobs.of_card(connection, card_id)]
    cancelled = jobs.cancel_queued(connection, on_them, at=at, why=why)
    for owner in {job.member_id for job in on_them}:
        job_ids = [job.id for job in on_them if job.member_id == owner]
        favourites.forget(connection, job_ids, but_of=owner)
    are_given_up = card_table.c.id.in_(card_ids)
    connection.execute(update(card_table).where(are_given_up).values(is_gone=True, is_lost=True))
    for job in on_them:
        if left_messages.copy_of(connection, job.id) is None:
            moderation_posts.end(connection, job.id, Decision.GONE, by=None, at=at)
    return [job.id for job in cancelled]


def forget_copies(
    connection: Connection, channel_id: ChannelId, message_ids: Sequence[MessageId], *, at: datetime
) -> None:
    """Forget copies that were deleted. With the last public message of a picture, its reports are over."""
    copied = left_messages.copied_on(connection, channel_id, message_ids)
    left_messages.forget_copies(connection, channel_id, message_ids)
    for job_id in copied:
        if not _is_seen(connection, job_id):
            moderation_posts.end(connection, job_id, Decision.GONE, by=None, at=at)


def _is_seen(connection: Connection, job_id: JobId) -> bool:
    """Return whether a public message of the picture may be left in Discord."""
    job = jobs.get(connection, job_id)
    card = None if job is None else cards.get(connection, job.card_id)
    is_on_card = card is not None and not (card.is_gone or card.is_private)
    return is_on_card or left_messages.copy_of(connection, job_id) is not None


def submit(
    connection: Connection, job: Job, *, at: datetime, why: str, **changes: Unpack[Changes]
) -> Job | None:
    """Step to `submitting`, or to `cancelled` if the card is gone. Return None if `job` is out of date."""
    card = cards.get(connection, job.card_id)
    if card is not None and card.is_gone:
        return jobs.step(connection, job, JobState.CANCELLED, at=at, why="its place in Discord is gone")
    return jobs.step(connection, job, JobState.SUBMITTING, at=at, why=why, **changes)
