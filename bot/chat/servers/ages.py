"""Looks up whether a channel is age-restricted, where a server lets pictures be made only in such channels.

It is asked only then: the answer may take a request to Discord. If it cannot be found out, nothing is made.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from typing import TypeVar

from bot.chat.servers.server_cache import Channel, Server, ServerCache
from bot.domain.age import AgeOfPlace, AgeUnknown
from bot.domain.errors import CourierUnavailable
from bot.domain.ids import ChannelId, GuildId, MemberId, RoleId

T = TypeVar("T")

PATIENCE_SECONDS = 5.0
SHORT_PATIENCE_SECONDS = 1.5
#: Text, announcements, and the chats of voice and stage channels.
_WRITTEN_IN = frozenset({0, 2, 5, 13})


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A member and the channel in which they ask, which is that of a thread if it is one."""

    guild_id: GuildId
    channel_id: ChannelId
    member_id: MemberId
    role_ids: Collection[RoleId]


async def asked_with_age(
    servers: ServerCache, place: Place, ask: Callable[[AgeOfPlace | None], Awaitable[T]]
) -> T:
    """Ask without the age, and again with it if it matters. Raises `CourierUnavailable`."""
    try:
        return await ask(None)
    except AgeUnknown:
        return await ask(await _age_of(servers, place))


async def is_age_restricted(servers: ServerCache, guild_id: GuildId, channel_id: ChannelId) -> bool | None:
    """Return None if it cannot be found out before an interaction has to be answered."""
    try:
        server = await servers.get(guild_id, SHORT_PATIENCE_SECONDS)
        channel = await servers.channel(server, channel_id)
    except CourierUnavailable:
        return None
    return channel is not None and channel.is_age_restricted


async def _age_of(servers: ServerCache, place: Place) -> AgeOfPlace:
    server = await servers.get(place.guild_id, PATIENCE_SECONDS)
    channel = await servers.channel(server, place.channel_id)
    restricted = [ChannelId(other.id) for other in _in_order(server) if _is_for(server, other, place)]
    return AgeOfPlace(is_restricted=channel is not None and channel.is_age_restricted, others=restricted)


def _in_order(server: Server) -> list[Channel]:
    found = [it for it in server.channels.values() if it.is_age_restricted and it.kind in _WRITTEN_IN]
    return sorted(found, key=lambda channel: (channel.position, channel.id))


def _is_for(server: Server, channel: Channel, place: Place) -> bool:
    allowed = server.permissions(place.member_id, place.role_ids, channel)
    return allowed.view_channel and allowed.use_application_commands
