"""The WebSocket side: identify, resume, heartbeats, and the dispatch of the world's changes to each shard.

Text frames are sent whatever compression was asked for; clients accept them.
"""

from __future__ import annotations

import json

from aiohttp import WSMsgType, web

from bot.sandbox.fake_discord.dial_faults import RECONNECT, SessionFaults, SessionStarts
from bot.sandbox.fake_discord.dispatches import Intents, allowed_intents, dispatch, guild_of
from bot.sandbox.fake_discord.events import AppPresenceChanged, Event, GuildLeft, InteractionCreated
from bot.sandbox.fake_discord.heartbeats import Heartbeats
from bot.sandbox.fake_discord.model import Guild, Json
from bot.sandbox.fake_discord.sessions import DISPATCH, Connection, Session
from bot.sandbox.fake_discord.wire_guilds import application_flags, guild_create_json, own_user_json
from bot.sandbox.fake_discord.world import World

HEARTBEAT, IDENTIFY, RESUME, INVALID_SESSION, HELLO, HEARTBEAT_ACK = 1, 2, 6, 9, 10, 11
WRONG_TOKEN, DISALLOWED_INTENTS, NOT_IDENTIFIED, DECODE_ERROR = 4004, 4014, 4003, 4002
_NORMAL_CLOSE = frozenset({1000, 1001})


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
        self.is_refusing = False
        """Whether new connections are answered 503."""
        self.is_deaf = False
        """Whether everything that clients say goes unheard, heartbeats included."""
        self.holds_guilds_back = False
        """Whether READY is followed by no GUILD_CREATE, as for a while after each start of a large bot."""
        world.subscribe(self._on_event)

    @property
    def is_online(self) -> bool:
        """Whether a client is connected and READY."""
        return any(session.connection is not None for session in self._sessions.values())

    @property
    def connections(self) -> frozenset[Connection]:
        """Those that are open; each new one is another."""
        return frozenset(self._connections)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        if self.is_refusing:
            return web.Response(status=503)
        socket = web.WebSocketResponse(max_msg_size=1 << 16)
        await socket.prepare(request)
        connection = Connection(request, socket)
        self._connections.add(connection)
        interval = round(1000 * self.heartbeats.interval_seconds)
        connection.send({"op": HELLO, "d": {"heartbeat_interval": interval}})
        self.heartbeats.begin(connection)
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT and not self.is_deaf:
                    self._hear(connection, message.data)
        finally:
            self._connections.discard(connection)
            self.heartbeats.end(connection)
            self._leave(connection, socket.close_code)
            await connection.end()
        return socket

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
        """Op 7, as before Discord restarts one of its machines."""
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

    def _hear(self, connection: Connection, text: str) -> None:
        try:
            said = json.loads(text)
            op, data = said["op"], said.get("d")
        except (ValueError, KeyError, TypeError):
            connection.close(DECODE_ERROR)
            return
        if op == HEARTBEAT:
            self.heartbeats.hear(connection)
            connection.send({"op": HEARTBEAT_ACK})
        elif op == IDENTIFY:
            self._identify(connection, data)
        elif op == RESUME:
            self._resume(connection, data)
        elif self._session_of(connection) is None:
            connection.close(NOT_IDENTIFIED)

    def _identify(self, connection: Connection, data: Json) -> None:
        if data.get("token") != self._world.app.token:
            connection.close(WRONG_TOKEN)
            return
        intents = int(data.get("intents") or 0)
        if not allowed_intents(self._world.app, intents):
            connection.close(DISALLOWED_INTENTS)
            return
        self.session_starts.spend()
        if self.session_faults.spoil(connection):
            return
        shard_id, shards = data.get("shard") or (0, 1)
        session = Session(f"{self._world.snowflakes.next():032x}", (shard_id, shards), intents)
        self._forget_lost(session.shard)
        self._sessions[session.id] = session
        session.connection = connection
        self._greet(session)
        self._notice_presence()

    def _greet(self, session: Session) -> None:
        app = self._world.app
        guilds = [
            guild
            for guild in self._world.guilds.values()
            if session.covers(guild.id) and self._world.has_bot(guild)
        ]
        ready: Json = {
            "v": 10,
            "user": own_user_json(app.user),
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

    def _resume(self, connection: Connection, data: Json) -> None:
        if data.get("token") != self._world.app.token:
            connection.close(WRONG_TOKEN)
            return
        if self.session_faults.spoil(connection):
            return
        session = self._sessions.get(str(data.get("session_id")))
        if session is None:
            connection.send({"op": INVALID_SESSION, "d": False})
            return
        session.resume(connection, int(data.get("seq") or 0))
        self._notice_presence()

    def _leave(self, connection: Connection, close_code: int | None) -> None:
        session = self._session_of(connection)
        if session is None:
            return
        session.connection = None
        if close_code in _NORMAL_CLOSE:
            self._sessions.pop(session.id, None)
        self._notice_presence()

    def _forget_lost(self, shard: tuple[int, int]) -> None:
        """A client that identifies anew has lost what it had of this shard before."""
        lost = [one for one in self._sessions.values() if one.shard == shard and one.connection is None]
        for session in lost:
            del self._sessions[session.id]

    def _session_of(self, connection: Connection) -> Session | None:
        return next((one for one in self._sessions.values() if one.connection is connection), None)

    # -- what clients are told

    def _on_event(self, event: Event) -> None:
        guild = guild_of(event)
        if guild is None or not self._is_in(guild, event):
            return
        for session in self._sessions.values():
            if session.covers(guild.id) and (told := dispatch(self._world, event, session.intents)):
                session.dispatch(*told)

    def _is_in(self, guild: Guild, event: Event) -> bool:
        """Without the bot user in it, a guild is heard of by interactions only."""
        if isinstance(event, GuildLeft):
            return True
        is_heard = self._world.has_bot(guild) or isinstance(event, InteractionCreated)
        return guild.id in self._world.guilds and is_heard

    def _notice_presence(self) -> None:
        if self.is_online is not self._was_online:
            self._was_online = self.is_online
            self._world.publish(AppPresenceChanged(self.is_online))
