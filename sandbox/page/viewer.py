"""One browser's connection: a snapshot, then every event that its person may see, and answers to acts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress

from aiohttp import WSMsgType, web

from sandbox.page import acts
from sandbox.page.view import people
from standins.fake_discord import events
from standins.fake_discord.model import Json

StageAct = Callable[[Json], Awaitable[Json]]
_MESSAGE_EVENTS = {
    events.MessageCreated: "message_created",
    events.MessageUpdated: "message_updated",
    events.MessageDeleted: "message_deleted",
}
_STRUCTURE = (
    events.CommandsChanged,
    events.GuildJoined,
    events.GuildUpdated,
    events.GuildLeft,
    events.ChannelCreated,
    events.ChannelUpdated,
    events.ChannelDeleted,
    events.RoleCreated,
    events.MemberUpdated,
)


class Viewer:
    def __init__(self, seat: acts.Seat, stage_acts: dict[str, StageAct]) -> None:
        self._seat = seat
        self._view = seat.view
        self._stage_acts = stage_acts
        self._outbox: asyncio.Queue[Json] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, socket: web.WebSocketResponse, *, is_online: bool, backstage: Json) -> None:
        """Serve the browser until it leaves."""
        unsubscribe = self._view.world.subscribe(self._hear)
        self.send(self._snapshot(is_online) | backstage)
        self._begin(self._deliver(socket))
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._begin(self._act(json.loads(message.data)))
        finally:
            unsubscribe()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def send(self, event: Json) -> None:
        self._outbox.put_nowait(event)

    async def _deliver(self, socket: web.WebSocketResponse) -> None:
        with suppress(ConnectionError):
            while True:
                await socket.send_json(await self._outbox.get())

    def _snapshot(self, is_online: bool) -> Json:  # noqa: FBT001  (private, and named at the call)
        view = self._view
        return {
            "type": "snapshot",
            "me": view.me(),
            "people": people(view.world),
            "users": view.users(),
            "guilds": view.guilds_json(),
            "messages": view.newest(),
            "is_online": is_online,
        }

    # -- what happens in the world

    def _hear(self, event: events.Event) -> None:
        if events.concerns(event, self._view.user):
            shown = self._shown(event)
            if shown is not None:
                self.send(shown)

    def _shown(self, event: events.Event) -> Json | None:
        view = self._view
        match event:
            case (
                events.MessageCreated(message)
                | events.MessageUpdated(message)
                | events.MessageDeleted(message)
            ) if view.can_open(message.channel):
                return {"type": _MESSAGE_EVENTS[type(event)], "message": view.message(message)}
            case events.TypingStarted(channel, user) if view.can_open(channel) and user is not view.user:
                return {"type": "typing", "user_id": str(user.id), "channel_id": str(channel.id)}
            case events.AppPresenceChanged(is_online):
                return {"type": "online", "is_online": is_online}
            case _ if isinstance(event, _STRUCTURE):
                return {"type": "guilds", "users": view.users(), "guilds": view.guilds_json()}
            case _:
                return None

    # -- what the person does

    def _begin(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _act(self, sent: Json) -> None:
        answer: Json = {"type": "answer", "id": sent["id"]}
        try:
            answer["result"] = await self._carry_out(sent)
        except acts.REFUSALS as refusal:
            answer["refused"] = acts.words_of(refusal)
        self.send(answer)

    async def _carry_out(self, sent: Json) -> Json:
        if (stage_act := self._stage_acts.get(sent["action"])) is not None:
            return await stage_act(sent)
        return await acts.ACTS[sent["action"]](self._seat, sent)
