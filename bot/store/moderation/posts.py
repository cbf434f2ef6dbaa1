"""The posts: the times when a member posted an own picture again, for everybody to see."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from bot.domain.ids import GuildId, MemberId, PostId
from bot.store.driver.connection import Connection
from bot.store.schema.tables import posts


def times(
    connection: Connection, *, guild_id: GuildId, member_ids: Sequence[MemberId], since: datetime
) -> list[datetime]:
    """Return the times of the member's posts in this server, oldest first. Older times are deleted."""
    are_of_member = (posts.c.member_id.in_(member_ids), posts.c.guild_id == guild_id)
    connection.execute(delete(posts).where(*are_of_member, posts.c.at <= since))
    return list(connection.scalars(select(posts.c.at).where(*are_of_member).order_by(posts.c.at)))


def add(connection: Connection, *, guild_id: GuildId, member_id: MemberId, at: datetime) -> PostId:
    new = posts.insert().values(guild_id=guild_id, member_id=member_id, at=at).returning(posts.c.id)
    return PostId(connection.scalars(new).one())


def forget(connection: Connection, *, before: datetime) -> None:
    """Delete the times that no limit counts any more."""
    connection.execute(delete(posts).where(posts.c.at < before))


def remove(connection: Connection, post_id: PostId) -> None:
    """Delete a post that failed, so that it does not count."""
    connection.execute(delete(posts).where(posts.c.id == post_id))
