"""Caches servers with their roles and channels, as read from Discord's API.

discord.py's own caches are not used: they are empty after each start until Discord has sent its servers, and
stay empty where the application was added without its bot user. A member who is looked up there then seems to
have no roles.
"""

import asyncio
import math
from collections.abc import Awaitable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

import discord
import structlog

from bot.chat.gateway.raw_events import hear
from bot.chat.rest.cache import ReadThroughCache
from bot.chat.rest.error_codes import DISCORD_ERRORS, reason
from bot.domain.clock import Clock
from bot.domain.errors import CourierUnavailable
from bot.domain.ids import ChannelId, RoleId
from bot.domain.pseudonyms import is_pseudonym
from bot.words.language import ENGLISH, language_of

log = structlog.stdlib.get_logger(__name__)

#: Discord sends an event for each change. This is for an event that got lost.
REMEMBERED_SECONDS = 5 * 60.0
RETRY_SECONDS = 5.0
#: The limit for all requests together that one reading makes.
READ_SECONDS = 10.0
#: Unknown Channel, Unknown Guild, Missing Access: the bot is not there, or sees nothing.
CLOSED = frozenset({10003, 10004, 50001})
#: Events after which a server has to be read again. Of members, Discord sends only those about the bot.
CHANGES = (
    *("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "GUILD_MEMBER_UPDATE"),
    *("GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE"),
    *("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"),
)
V = TypeVar("V")

_PRIVATE_THREAD = 12
_THREADS = frozenset({10, 11, _PRIVATE_THREAD})
_FORUM, _MEDIA = 15, 16
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True)
class Overwrite:
    allow: int
    deny: int


@dataclass(frozen=True, slots=True)
class Channel:
    id: ChannelId
    name: str = ""
    #: Discord's number of the kind of channel.
    kind: int = 0
    #: Its place in the list.
    position: int = 0
    #: 0 if the channel is gone or not visible.
    guild_id: int = 0
    #: The channel of a thread, whose overwrites hold in the thread.
    parent_id: ChannelId | None = None
    #: Discord shows it only to adults. Threads are as their channel is.
    is_age_restricted: bool = False
    #: A thread that only those see who were added to it.
    is_private_thread: bool = False
    overwrites: Mapping[int, Overwrite] = field(default_factory=dict)

    @classmethod
    def read(cls, channel: Mapping[str, Any], guild_id: int) -> Self:
        """Raises one of `_UNREADABLE` if the data does not have Discord's form."""
        is_thread = channel["type"] in _THREADS
        return cls(
            id=ChannelId(int(channel["id"])),
            name=str(channel.get("name") or ""),
            kind=int(channel["type"]),
            position=int(channel.get("position") or 0),
            guild_id=int(channel.get("guild_id") or guild_id),
            parent_id=ChannelId(int(channel["parent_id"])) if is_thread else None,
            is_age_restricted=bool(channel.get("nsfw")),
            is_private_thread=channel["type"] == _PRIVATE_THREAD,
            overwrites={
                int(entry["id"]): Overwrite(int(entry["allow"]), int(entry["deny"]))
                for entry in channel.get("permission_overwrites") or ()
            },
        )

    @property
    def is_thread(self) -> bool:
        return self.parent_id is not None

    @property
    def has_only_threads(self) -> bool:
        """Return whether it is a forum, where Send Messages means to begin a thread."""
        return self.kind in {_FORUM, _MEDIA}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server. It has no roles and channels where the bot is no member: no permissions are known there."""

    id: int
    is_open: bool
    owner_id: int = 0
    own_id: int = 0
    own_role_ids: frozenset[int] = frozenset()
    #: The role that Discord made for the bot, with its name; None where there is none.
    managed_role_id: int | None = None
    #: The channel for Discord's own messages, such as about new members; None where there is none.
    system_channel_id: int | None = None
    #: The language that its admins have chosen at Discord.
    language: str = ENGLISH
    role_names: Mapping[int, str] = field(default_factory=dict)
    role_permissions: Mapping[int, int] = field(default_factory=dict)
    role_positions: Mapping[int, int] = field(default_factory=dict)
    #: Without threads.
    channels: Mapping[int, Channel] = field(default_factory=dict)

    @classmethod
    def read(cls, guild: Mapping[str, Any], channels: Iterable[Any], me: Mapping[str, Any]) -> Self:
        """Raises one of `_UNREADABLE` if the data does not have Discord's form."""
        guild_id = int(guild["id"])
        found = [Channel.read(channel, guild_id) for channel in channels]
        return cls(
            id=guild_id,
            is_open=True,
            owner_id=int(guild["owner_id"]),
            own_id=int(me["user"]["id"]),
            own_role_ids=frozenset(map(int, me["roles"])),
            managed_role_id=managed_role(guild["roles"], me["user"]["id"]),
            system_channel_id=int(guild.get("system_channel_id") or 0) or None,
            language=language_of(guild.get("preferred_locale")),
            role_names={int(role["id"]): str(role["name"]) for role in guild["roles"]},
            role_permissions={int(role["id"]): int(role["permissions"]) for role in guild["roles"]},
            role_positions={int(role["id"]): int(role["position"]) for role in guild["roles"]},
            channels={channel.id: channel for channel in found},
        )

    def permissions(self, member_id: int, role_ids: Iterable[int], channel: Channel) -> discord.Permissions:
        """Compute permissions as Discord does: @everyone, then all roles together, then the member's own."""
        if not self.is_open:
            return discord.Permissions.none()
        all_roles = [self.id, *role_ids]
        granted = _together(self.role_permissions.get(role, 0) for role in all_roles)
        if member_id == self.owner_id or discord.Permissions(granted).administrator:
            return discord.Permissions.all()
        above = channel if channel.parent_id is None else self.channels.get(channel.parent_id)
        if above is None:
            return discord.Permissions.none()
        for ids in ([self.id], all_roles[1:], [member_id]):
            layer = [above.overwrites[id_] for id_ in ids if id_ in above.overwrites]
            granted &= ~_together(overwrite.deny for overwrite in layer)
            granted |= _together(overwrite.allow for overwrite in layer)
        found = discord.Permissions(granted)
        return found if found.view_channel else discord.Permissions.none()

    def rank(self, member_id: int, role_ids: Iterable[int]) -> tuple[float, int]:
        """Return a value that compares members as Discord does: the owner, then by their highest roles."""
        if member_id == self.owner_id:
            return math.inf, 0
        placed = [(self.role_positions[id_], -id_) for id_ in role_ids if id_ in self.role_positions]
        return max(placed, default=(0, -self.id))

    def server_permissions(self, member_id: int, role_ids: Iterable[int]) -> discord.Permissions:
        """Compute what the roles allow, without what channels change."""
        granted = _together(self.role_permissions.get(role, 0) for role in (self.id, *role_ids))
        if member_id == self.owner_id or discord.Permissions(granted).administrator:
            return discord.Permissions.all()
        return discord.Permissions(granted)

    def own_permissions(self, channel: Channel) -> discord.Permissions:
        return self.permissions(self.own_id, self.own_role_ids, channel)


class ServerCache:
    """Reads and caches servers. All methods raise `CourierUnavailable` while Discord does not answer."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        how_long = {"remembered_seconds": REMEMBERED_SECONDS, "retry_seconds": RETRY_SECONDS}
        self._servers = ReadThroughCache(self._read_server, clock, **how_long)
        #: Threads, and other channels that are not in a server's list.
        self._others = ReadThroughCache(self._read_other, clock, **how_long)

    async def get(self, guild_id: int, patience_seconds: float = READ_SECONDS) -> Server:
        return await _in_time(self._servers.of(guild_id), patience_seconds)

    async def channel(self, server: Server, channel_id: int) -> Channel | None:
        """Return a channel or thread of the server; None if it is gone, or another server's."""
        if not server.is_open or channel_id in server.channels:
            return server.channels.get(channel_id)
        found = await _in_time(self._others.of(channel_id), READ_SECONDS)
        return found if found.guild_id == server.id else None

    async def role_ids(self, guild_id: int, member_id: int) -> frozenset[RoleId] | None:
        """Read the member's roles; None if they have left. Raises one of `DISCORD_ERRORS`."""
        member = await self._member(guild_id, member_id)
        return None if member is None else frozenset(RoleId(int(role)) for role in member["roles"])

    async def is_bot(self, guild_id: int, member_id: int) -> bool:
        """Return False also for a user who has left. Raises one of `DISCORD_ERRORS`."""
        member = await self._member(guild_id, member_id)
        return member is not None and bool(member["user"].get("bot"))

    async def member_name(self, guild_id: int, member_id: int) -> str | None:
        """Return None if the member has left. Raises one of `DISCORD_ERRORS`."""
        member = await self._member(guild_id, member_id)
        if member is None:
            return None
        user: Mapping[str, Any] = member["user"]
        return str(member.get("nick") or user.get("global_name") or user["username"])

    async def _member(self, guild_id: int, member_id: int) -> Mapping[str, Any] | None:
        if is_pseudonym(member_id):  # Discord knows no such id
            return None
        try:
            return await self._client.http.get_member(guild_id, member_id)
        except discord.NotFound:
            return None

    def forget(self, guild_id: int) -> None:
        """Drop a server that has changed."""
        self._servers.forget(guild_id)

    def forget_all(self) -> None:
        """Drop everything: events may have been missed."""
        self._servers.forget_all()
        self._others.forget_all()

    async def _read_server(self, guild_id: int) -> Server | None:
        return await read_server(self._client, guild_id)

    async def _read_other(self, channel_id: int) -> Channel | None:
        return await _read(self._channel(channel_id), Channel(id=ChannelId(channel_id)), channel=channel_id)

    async def _channel(self, channel_id: int) -> Channel:
        return Channel.read(await self._client.http.get_channel(channel_id), 0)


async def read_server(client: discord.Client, guild_id: int) -> Server | None:
    """Read it from Discord now; None if Discord cannot be asked."""
    return await _read(_server(client, guild_id), Server(id=guild_id, is_open=False), guild=guild_id)


async def _server(client: discord.Client, guild_id: int) -> Server:
    assert client.user is not None, "nothing is read before the login"
    return Server.read(
        *await asyncio.gather(
            client.http.get_guild(guild_id, with_counts=False),
            client.http.get_all_guild_channels(guild_id),
            client.http.get_member(guild_id, client.user.id),
        )
    )


def forget_changed_servers(client: discord.Client, servers: ServerCache) -> None:
    """Drop a server from now on whenever it, its roles, its channels or the bot's own roles change."""

    def forget(data: Mapping[str, Any]) -> None:
        servers.forget(int(data.get("guild_id") or data["id"]))

    for name in CHANGES:
        hear(client, name, forget)


async def _in_time(reading: Awaitable[V | None], seconds: float) -> V:
    try:
        async with asyncio.timeout(seconds):
            value = await reading
    except TimeoutError:
        value = None
    if value is None:
        raise CourierUnavailable
    return value


async def _read(asked: Awaitable[V], if_closed: V, **what: int) -> V | None:
    """Return `if_closed` where the bot has no access; None if Discord cannot be asked now."""
    try:
        async with asyncio.timeout(READ_SECONDS):
            return await asked
    except DISCORD_ERRORS as error:
        if getattr(error, "code", None) in CLOSED:
            return if_closed
        why = reason(error)
    except _UNREADABLE as error:
        why = type(error).__name__
    log.warning("server cannot be read", why=why, **what)
    return None


def managed_role(roles: Iterable[Any], own_id: str) -> int | None:
    """Return the role that Discord made for the bot. Raises one of `_UNREADABLE`."""
    of_bots = {(role.get("tags") or {}).get("bot_id"): int(role["id"]) for role in roles}
    return of_bots.get(own_id)


def _together(parts: Iterable[int]) -> int:
    total = 0
    for part in parts:
        total |= part
    return total
