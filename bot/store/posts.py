"""The shelf of posts: when a member put a picture of their own before everybody once more."""

from datetime import datetime

from sqlalchemy import Connection, delete, select

from bot.domain.ids import GuildId, MemberId, PostId
from bot.store.schema import posts


def times(
    connection: Connection, *, guild_id: GuildId, member_id: MemberId, since: datetime
) -> list[datetime]:
    """When the member posted in this server, oldest first. What is older is forgotten."""
    theirs = (posts.c.member_id == member_id, posts.c.guild_id == guild_id)
    connection.execute(delete(posts).where(*theirs, posts.c.at <= since))
    return list(connection.scalars(select(posts.c.at).where(*theirs).order_by(posts.c.at)))


def add(connection: Connection, *, guild_id: GuildId, member_id: MemberId, at: datetime) -> PostId:
    new = posts.insert().values(guild_id=guild_id, member_id=member_id, at=at).returning(posts.c.id)
    return PostId(connection.scalars(new).one())


def remove(connection: Connection, post_id: PostId) -> None:
    """It came to nothing, and counts for nothing."""
    connection.execute(delete(posts).where(posts.c.id == post_id))
