"""What a server, its roles and its channels are: by Discord's API, and never by discord.py's caches.

The caches are empty after each start until Discord has introduced its servers, and stay so where the
application was added without its bot user; whoever is looked up in there seems to have no roles.
"""

import asyncio
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
from bot.words.language import ENGLISH, language_of

log = structlog.stdlib.get_logger(__name__)

#: Discord tells of each change; this is for one that got lost all the same.
REMEMBERED_SECONDS = 5 * 60.0
RETRY_SECONDS = 5.0
#: For all answers together that one reading takes.
READ_SECONDS = 10.0
#: Unknown Channel, Unknown Guild, Missing Access: the bot is not there, or sees nothing.
CLOSED = frozenset({10003, 10004, 50001})
#: Dispatches after which a server is not what it was. Of members, Discord tells of the bot itself only.
CHANGES = (
    *("GUILD_CREATE", "GUILD_UPDATE", "GUILD_DELETE", "GUILD_MEMBER_UPDATE"),
    *("GUILD_ROLE_CREATE", "GUILD_ROLE_UPDATE", "GUILD_ROLE_DELETE"),
    *("CHANNEL_CREATE", "CHANNEL_UPDATE", "CHANNEL_DELETE"),
)
V = TypeVar("V")

_THREADS = frozenset({10, 11, 12})
_UNREADABLE = (KeyError, TypeError, ValueError, AttributeError)


@dataclass(frozen=True, slots=True)
class Overwrite:
    allow: int
    deny: int


@dataclass(frozen=True, slots=True)
class Channel:
    id: ChannelId
    name: str = ""
    #: 0 for what is gone, or out of reach.
    guild_id: int = 0
    #: Of a thread: the channel that it belongs to, whose overwrites hold.
    parent_id: ChannelId | None = None
    overwrites: Mapping[int, Overwrite] = field(default_factory=dict)

    @classmethod
    def read(cls, told: Mapping[str, Any], guild_id: int) -> Self:
        """Raises one of `_UNREADABLE` for what is not of Discord's form."""
        is_thread = told["type"] in _THREADS
        return cls(
            id=ChannelId(int(told["id"])),
            name=str(told.get("name") or ""),
            guild_id=int(told.get("guild_id") or guild_id),
            parent_id=ChannelId(int(told["parent_id"])) if is_thread else None,
            overwrites={
                int(one["id"]): Overwrite(int(one["allow"]), int(one["deny"]))
                for one in told.get("permission_overwrites") or ()
            },
        )

    @property
    def is_thread(self) -> bool:
        return self.parent_id is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Without roles and channels, where the bot is no member: nobody is known to be allowed anything."""

    id: int
    is_open: bool
    owner_id: int = 0
    own_id: int = 0
    own_role_ids: frozenset[int] = frozenset()
    #: The role that Discord made for the bot, with its name; None where there is none.
    managed_role_id: int | None = None
    #: The language that its admins have chosen at Discord.
    language: str = ENGLISH
    role_names: Mapping[int, str] = field(default_factory=dict)
    role_permissions: Mapping[int, int] = field(default_factory=dict)
    #: Without threads.
    channels: Mapping[int, Channel] = field(default_factory=dict)

    @classmethod
    def read(cls, guild: Mapping[str, Any], channels: Iterable[Any], me: Mapping[str, Any]) -> Self:
        """Raises one of `_UNREADABLE` for what is not of Discord's form."""
        guild_id = int(guild["id"])
        found = [Channel.read(one, guild_id) for one in channels]
        return cls(
            id=guild_id,
            is_open=True,
            owner_id=int(guild["owner_id"]),
            own_id=int(me["user"]["id"]),
            own_role_ids=frozenset(map(int, me["roles"])),
            managed_role_id=managed_role(guild["roles"], me["user"]["id"]),
            language=language_of(guild.get("preferred_locale")),
            role_names={int(one["id"]): str(one["name"]) for one in guild["roles"]},
            role_permissions={int(one["id"]): int(one["permissions"]) for one in guild["roles"]},
            channels={one.id: one for one in found},
        )

    def permissions(self, member_id: int, role_ids: Iterable[int], channel: Channel) -> discord.Permissions:
        """Added up as Discord does it: @everyone, then all roles together, then the member's own."""
        if not self.is_open:
            return discord.Permissions.none()
        theirs = [self.id, *role_ids]
        granted = _together(self.role_permissions.get(one, 0) for one in theirs)
        if member_id == self.owner_id or discord.Permissions(granted).administrator:
            return discord.Permissions.all()
        above = channel if channel.parent_id is None else self.channels.get(channel.parent_id)
        if above is None:
            return discord.Permissions.none()
        for ids in ([self.id], theirs[1:], [member_id]):
            layer = [above.overwrites[one] for one in ids if one in above.overwrites]
            granted &= ~_together(one.deny for one in layer)
            granted |= _together(one.allow for one in layer)
        found = discord.Permissions(granted)
        return found if found.view_channel else discord.Permissions.none()

    def own_permissions(self, channel: Channel) -> discord.Permissions:
        return self.permissions(self.own_id, self.own_role_ids, channel)


class ServerCache:
    """All raise `CourierUnavailable` while Discord does not tell, and log why."""

    def __init__(self, client: discord.Client, clock: Clock) -> None:
        self._client = client
        how_long = {"remembered_seconds": REMEMBERED_SECONDS, "retry_seconds": RETRY_SECONDS}
        self._servers = ReadThroughCache(self._read_server, clock, **how_long)
        #: Threads, and whatever else is not among the server's channels.
        self._others = ReadThroughCache(self._read_other, clock, **how_long)

    async def get(self, guild_id: int, patience_seconds: float = READ_SECONDS) -> Server:
        return await _in_time(self._servers.of(guild_id), patience_seconds)

    async def channel(self, server: Server, channel_id: int) -> Channel | None:
        """A channel of the server or a thread in one; None for what is gone, or not the server's."""
        if not server.is_open or channel_id in server.channels:
            return server.channels.get(channel_id)
        found = await _in_time(self._others.of(channel_id), READ_SECONDS)
        return found if found.guild_id == server.id else None

    async def role_ids(self, guild_id: int, member_id: int) -> frozenset[RoleId]:
        """Of a member at this moment; of who has left, none. Raises one of `DISCORD_ERRORS`."""
        try:
            told = await self._client.http.get_member(guild_id, member_id)
        except discord.NotFound:
            return frozenset()
        return frozenset(RoleId(int(one)) for one in told["roles"])

    async def member_name(self, guild_id: int, member_id: int) -> str | None:
        """None for who has left. Raises one of `DISCORD_ERRORS`."""
        try:
            told = await self._client.http.get_member(guild_id, member_id)
        except discord.NotFound:
            return None
        user: Mapping[str, Any] = told["user"]
        return str(told.get("nick") or user.get("global_name") or user["username"])

    def forget(self, guild_id: int) -> None:
        """Something about the server has changed."""
        self._servers.forget(guild_id)

    def forget_all(self) -> None:
        """Changes may have been made unheard."""
        self._servers.forget_all()
        self._others.forget_all()

    async def _read_server(self, guild_id: int) -> Server | None:
        return await _read(self._server(guild_id), Server(id=guild_id, is_open=False), guild=guild_id)

    async def _server(self, guild_id: int) -> Server:
        assert self._client.user is not None, "nobody is at a door before the login"
        http = self._client.http
        return Server.read(
            *await asyncio.gather(
                http.get_guild(guild_id, with_counts=False),
                http.get_all_guild_channels(guild_id),
                http.get_member(guild_id, self._client.user.id),
            )
        )

    async def _read_other(self, channel_id: int) -> Channel | None:
        return await _read(self._channel(channel_id), Channel(id=ChannelId(channel_id)), channel=channel_id)

    async def _channel(self, channel_id: int) -> Channel:
        return Channel.read(await self._client.http.get_channel(channel_id), 0)


def forget_changed_servers(client: discord.Client, servers: ServerCache) -> None:
    """From now on, whatever Discord tells of a server, its roles, its channels or the bot's own roles."""

    def forget(data: Mapping[str, Any]) -> None:
        servers.forget(int(data.get("guild_id") or data["id"]))

    for name in CHANGES:
        hear(client, name, forget)


async def _in_time(reading: Awaitable[V | None], seconds: float) -> V:
    try:
        async with asyncio.timeout(seconds):
            told = await reading
    except TimeoutError:
        told = None
    if told is None:
        raise CourierUnavailable
    return told


async def _read(asked: Awaitable[V], if_closed: V, **what: int) -> V | None:
    """`if_closed` where Discord says that the bot has no access; None if it cannot be read now."""
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
    """The role that Discord made for the bot. Raises one of `_UNREADABLE`."""
    of_bots = {(one.get("tags") or {}).get("bot_id"): int(one["id"]) for one in roles}
    return of_bots.get(own_id)


def _together(parts: Iterable[int]) -> int:
    total = 0
    for part in parts:
        total |= part
    return total
