"""The limit on how often, and where, a member posts a finished picture again for everybody."""

from datetime import datetime, timedelta

from bot.domain.errors import ChannelNotAllowed, TooManyPosts
from bot.domain.ids import ChannelId, GuildId, MemberId, PostId
from bot.store import posts, server_settings
from bot.store.database import Connection
from bot.store.locks import lock_member

#: For one member in one server. A post costs no money, so that no other limit applies.
MOST_AN_HOUR = 10
HOUR = timedelta(hours=1)


def hold(
    connection: Connection,
    *,
    guild_id: GuildId,
    member_id: MemberId,
    channel_id: ChannelId,
    parent_channel_id: ChannelId | None,
    at: datetime,
) -> PostId:
    """Count one post. Raises `ChannelNotAllowed`, `TooManyPosts`."""
    lock_member(connection, member_id)
    chosen = server_settings.get(connection, guild_id)
    if not chosen.allows(channel_id, parent_channel_id):
        raise ChannelNotAllowed(chosen.allowed_channels)
    recent = posts.times(connection, guild_id=guild_id, member_id=member_id, since=at - HOUR)
    if len(recent) >= MOST_AN_HOUR:
        raise TooManyPosts(MOST_AN_HOUR, recent[-MOST_AN_HOUR] + HOUR)
    return posts.add(connection, guild_id=guild_id, member_id=member_id, at=at)
