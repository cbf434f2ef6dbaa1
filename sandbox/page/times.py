"""The times of messages and edits by the reader's own clock: the stand-in's may run faster."""

from __future__ import annotations

from datetime import UTC, datetime

from standins.fake_discord.events import Event, MessageCreated, MessageDeleted, MessageUpdated
from standins.fake_discord.model import Message
from standins.fake_discord.world import World


class Times:
    """Listens from its creation on; what happened before keeps the stand-in's times."""

    def __init__(self, world: World) -> None:
        self._created_at: dict[int, datetime] = {}
        self._edited_at: dict[int, datetime] = {}
        world.subscribe(self._hear)

    def created_at(self, message: Message) -> datetime:
        return self._created_at.get(message.id, message.created_at)

    def edited_at(self, message: Message) -> datetime | None:
        return self._edited_at.get(message.id, message.edited_at) if message.edited_at else None

    def _hear(self, event: Event) -> None:
        match event:
            case MessageCreated(message):
                self._created_at[message.id] = datetime.now(UTC)
            case MessageUpdated(message):
                self._edited_at[message.id] = datetime.now(UTC)
            case MessageDeleted(message):
                self._created_at.pop(message.id, None)
                self._edited_at.pop(message.id, None)
            case _:
                pass
