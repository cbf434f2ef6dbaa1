"""The WebSocket side: identify, resume, heartbeats, and the dispatch of the world's changes to each shard.

The encoding of frames is in `frames.py`, the rules for an IDENTIFY in `identify.py`.
"""

from __future__ import annotations

import json

from aiohttp import WSMsgType, web

from standins.fake_discord.close_codes import CloseCode
from standins.fake_discord.dial_faults import INVALID_SESSION, RECONNECT, SessionFaults, SessionStarts
from standins.fake_discord.dispatches import Intents, dispatch, guild_of
from standins.fake_discord.events import AppPresenceChanged, Event, GuildLeft, InteractionCreated
from standins.fake_discord.frames import RefusedError, encoder, heard
from standins.fake_discord.heartbeats import Heartbeats
from standins.fake_discord.identify import check_token, read_identify
from standins.fake_discord.model import Guild, Json
from standins.fake_discord.sessions import DISPATCH, Connection, Session
from standins.fake_discord.wire_guilds import application_flags, guild_create_json, own_user_json
from standins.fake_discord.world import World

HEARTBEAT, IDENTIFY, RESUME, HELLO, HEARTBEAT_ACK = 1, 2, 6, 10, 11
_TAKEN_SILENTLY = frozenset({3, 4, 8, 31, 43})
"""Presence, voice state, and what else may be asked for of guilds."""
_ENDS_SESSION = frozenset({1000, 1001, CloseCode.SESSION_TIMED_OUT})
_TRACE = ['["gateway-stand-in",{"micros":0}]']
_SPOKEN = frozenset({WSMsgType.TEXT, WSMsgType.BINARY})


class Gateway:
    """All sessions of the application. Clients are sent to `public_url`, and to `resume_url` to resume."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sessions: dict[str, Session] = {}
        self._connections: set[Connection] = set()
        self._was_online = False
        self.heartbeats = Heartbeats()
        self.public_url = ""
        self.resume_url = ""
        self.session_faults = SessionFaults()
        self.session_starts = SessionStarts()
        self.most_guilds_to_a_shard = 2500
        """With more guilds, Discord demands more shards."""
        self.is_refusing = False
        """Whether new connections are answered 503."""
        self.is_deaf = False
        """Whether all frames of clients are ignored, including heartbeats."""
        self.holds_guilds_back = False
        """Whether READY is followed by no GUILD_CREATE, as for a while after each start of a large bot."""
        world.subscribe(self._on_event)

    @property
    def is_online(self) -> bool:
        """Say whether a client is connected and READY."""
        return bool(self.shards)

    @property
    def shards(self) -> frozenset[tuple[int, int]]:
        """The number of each shard that is connected and READY, with how many there are in all."""
        return frozenset(one.shard for one in self._sessions.values() if one.connection is not None)

    @property
    def connections(self) -> frozenset[Connection]:
        """Those that are open; each new one is another."""
        return frozenset(self._connections)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.is_refusing:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=1 << 16, compress=False)
        await socket.prepare(request)
        connection = Connection(request, socket)
        self._connections.add(connection)
        self.heartbeats.begin(connection)
        try:
            self._welcome(connection, request)
            async for message in socket:
                if message.type in _SPOKEN and not self.is_deaf:
                    self._hear(connection, message.data)
        finally:
            self._connections.discard(connection)
            self.heartbeats.end(connection)
            self._leave(connection, socket.close_code)
            await connection.end()
        return socket

    def _welcome(self, connection: Connection, request: web.Request) -> None:
        try:
            connection.encode = encoder(request.query)
        except RefusedError as refused:
            connection.close(refused.code)
            return
        interval = round(1000 * self.heartbeats.interval_seconds)
        connection.send({"op": HELLO, "d": {"heartbeat_interval": interval}})
        self._expect_heartbeat(connection)

    def _expect_heartbeat(self, connection: Connection) -> None:
        connection.call_later(self.heartbeats.patience_seconds, lambda: self._time_out(connection))

    def _time_out(self, connection: Connection) -> None:
        if not self.is_deaf:
            connection.close(CloseCode.SESSION_TIMED_OUT)

    # -- what goes wrong on request

    def cut(self, code: int | None = None) -> None:
        for connection in tuple(self._connections):
            if code is None:
                connection.abort()
            else:
                connection.close(code)

    def invalidate_sessions(self, *, is_resumable: bool = False) -> None:
        for session in self._sessions.values():
            if session.connection is not None:
                session.connection.send({"op": INVALID_SESSION, "d": is_resumable})
        if is_resumable:
            return
        self._sessions.clear()
        self._notice_presence()

    def ask_to_reconnect(self) -> None:
        """Op 7, as Discord sends before it restarts one of its machines."""
        for connection in self._connections:
            connection.send({"op": RECONNECT, "d": None})

    def send_malformed(self, payload: Json | str | bytes | None = None) -> None:
        if payload is None:
            payload = {"op": DISPATCH, "t": "MESSAGE_CREATE", "s": None, "d": {}}
        for connection in self._connections:
            if isinstance(payload, bytes):
                connection.send_bytes(payload)
            else:
                connection.send_text(payload if isinstance(payload, str) else json.dumps(payload))

    # -- what clients say

    def _hear(self, connection: Connection, said: str | bytes) -> None:
        if connection.is_closing:
            return
        try:
            connection.count_heard()
            op, data = heard(said)
            self._follow(connection, op, data)
        except RefusedError as refused:
            connection.close(refused.code)

    def _follow(self, connection: Connection, op: int, data: object) -> None:
        session = self._session_of(connection)
        if op == HEARTBEAT:
            self.heartbeats.hear(connection)
            self._expect_heartbeat(connection)
            connection.send({"op": HEARTBEAT_ACK})
        elif op in (IDENTIFY, RESUME):
            if session is not None:
                raise RefusedError(CloseCode.ALREADY_AUTHENTICATED)
            (self._identify if op == IDENTIFY else self._resume)(connection, data)
        elif op not in _TAKEN_SILENTLY:
            raise RefusedError(CloseCode.UNKNOWN_OPCODE)
        elif session is None:
            raise RefusedError(CloseCode.NOT_AUTHENTICATED)

    def _identify(self, connection: Connection, data: object) -> None:
        asked = read_identify(self._world, data, self.most_guilds_to_a_shard)
        if not self.session_starts.is_due(asked.shard[0]):
            connection.send({"op": INVALID_SESSION, "d": False})
            return
        if not self.session_starts.spend():
            self._reset_token()
            return
        if self.session_faults.spoil(connection):
            return
        session = Session(f"{self._world.snowflakes.next():032x}", asked.shard, asked.intents)
        self._forget_lost(session.shard)
        self._sessions[session.id] = session
        session.connection = connection
        self._greet(session)
        self._notice_presence()

    def _reset_token(self) -> None:
        """Reset the token, as Discord does when a bot begins more sessions than it may."""
        self._world.app.token = f"reset-{self._world.snowflakes.next()}"
        self._sessions.clear()
        self.cut(CloseCode.AUTHENTICATION_FAILED)
        self._notice_presence()

    def _greet(self, session: Session) -> None:
        """READY, with undocumented fields that libraries rely on, and the guilds."""
        app = self._world.app
        guilds = [
            guild
            for guild in self._world.guilds.values()
            if session.covers(guild.id) and self._world.has_bot(guild)
        ]
        ready: Json = {
            "v": 10,
            "_trace": _TRACE,
            "user": own_user_json(app.user),
            "user_settings": {},
            "session_type": "normal",
            "private_channels": [],
            "relationships": [],
            "presences": [],
            "guild_join_requests": [],
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": self.resume_url,
            "shard": list(session.shard),
            "application": {"id": str(app.id), "flags": application_flags(app)},
        }
        session.dispatch("READY", ready)
        if session.intents & Intents.GUILDS and not self.holds_guilds_back:
            for guild in guilds:
                session.dispatch("GUILD_CREATE", guild_create_json(self._world, guild))

    def _resume(self, connection: Connection, data: object) -> None:
        fields = check_token(self._world, data)
        if self.session_faults.spoil(connection):
            return
        session, after = self._sessions.get(str(fields.get("session_id"))), fields.get("seq")
        if session is None:
            connection.send({"op": INVALID_SESSION, "d": False})
            return
        if not isinstance(after, int) or not 0 <= after <= session.sequence:
            raise RefusedError(CloseCode.INVALID_SEQUENCE)
        session.resume(connection, after)
        self._notice_presence()

    def _leave(self, connection: Connection, close_code: int | None) -> None:
        session = self._session_of(connection)
        if session is None:
            return
        session.connection = None
        if close_code in _ENDS_SESSION:
            self._sessions.pop(session.id, None)
        self._notice_presence()

    def _forget_lost(self, shard: tuple[int, int]) -> None:
        """A client that identifies again has lost its earlier session of this shard."""
        lost = [one for one in self._sessions.values() if one.shard == shard and one.connection is None]
        for session in lost:
            del self._sessions[session.id]

    def _session_of(self, connection: Connection) -> Session | None:
        return next((one for one in self._sessions.values() if one.connection is connection), None)

    # -- what is sent to clients

    def _on_event(self, event: Event) -> None:
        guild = guild_of(event)
        if guild is None or not self._is_in(guild, event):
            return
        for session in self._sessions.values():
            if session.covers(guild.id) and (told := dispatch(self._world, event, session.intents)):
                session.dispatch(*told)

    def _is_in(self, guild: Guild, event: Event) -> bool:
        """Say whether the application hears of it: without its bot user there, only of interactions."""
        if isinstance(event, GuildLeft):
            return True
        is_heard = self._world.has_bot(guild) or isinstance(event, InteractionCreated)
        return guild.id in self._world.guilds and is_heard

    def _notice_presence(self) -> None:
        self._world.reconsider()
        if self.is_online is not self._was_online:
            self._was_online = self.is_online
            self._world.publish(AppPresenceChanged(self.is_online))
