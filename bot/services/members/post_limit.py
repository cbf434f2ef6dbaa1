"""The limit on how often, and where, a member posts a finished picture again for everybody."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.age import AgeOfPlace
from bot.domain.approval import ApprovalMissing
from bot.domain.errors import ChannelNotAllowed, TooManyPosts
from bot.domain.ids import ChannelId, GuildId, MemberId, PostId, RoleId
from bot.services.limits.member_blocks import require_unblocked
from bot.store.driver.database import Connection
from bot.store.moderation import posts
from bot.store.servers import server_settings

#: For one member in one server. A post costs no money, so that no other limit applies.
MOST_AN_HOUR = 10
HOUR = timedelta(hours=1)


def hold(
    connection: Connection,
    *,
    guild_id: GuildId,
    member_ids: Sequence[MemberId],
    channel_id: ChannelId,
    parent_channel_id: ChannelId | None,
    age: AgeOfPlace | None,
    role_ids: frozenset[RoleId],
    is_approved: bool,
    at: datetime,
) -> PostId:
    """Count one post. Raises `BlockedHere`, `ChannelNotAllowed`, `AgeRefused`, `AgeUnknown`, `TooManyPosts`.

    Raises `ApprovalMissing` where a request would need approval, if the picture is not `is_approved`.
    `member_ids` are all ids under which there may be rows of the member, their own first.
    """
    require_unblocked(connection, guild_id, member_ids, at=at)
    chosen = server_settings.get(connection, guild_id)
    if not chosen.allows(channel_id, parent_channel_id):
        raise ChannelNotAllowed(chosen.allowed_channels)
    chosen.require_age(age)
    if not is_approved and chosen.approval.need(role_ids, (channel_id, parent_channel_id)):
        raise ApprovalMissing
    recent = posts.times(connection, guild_id=guild_id, member_ids=member_ids, since=at - HOUR)
    if len(recent) >= MOST_AN_HOUR:
        raise TooManyPosts(MOST_AN_HOUR, recent[-MOST_AN_HOUR] + HOUR)
    return posts.add(connection, guild_id=guild_id, member_id=member_ids[0], at=at)
