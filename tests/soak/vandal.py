"""A member who does only harm, one thing after the other, as soon as the last was answered."""

import asyncio
import random
from collections import Counter
from contextlib import suppress

from bot.chat.presenter.elements.custom_ids import Action
from standins.changes import ConditionNotMetError
from standins.fake_discord.asks import (
    Ask,
    ClientRefusedError,
    NoResponseError,
    UnexpectedAnswerError,
    Upload,
)
from standins.fake_discord.interactions import open_interaction
from standins.fake_discord.model import Channel, InteractionKind, Message
from standins.fake_discord.person import Person
from tests.imaging import files
from tests.services.outsides import png
from tests.soak.deliveries import Tag

#: What comes of each is told, and nothing is left behind.
FOUL_FILES = {
    "empty.png": b"",
    "page.png": b"<!doctype html><title>no picture</title>",
    "cut.png": png()[:60],
    "strips.tif": files.many_strips(),
    "tiles.tif": files.tiny_tiles(),
    "scans.jpg": files.many_scans(),
}
NONSENSE = (
    "",
    " ",
    "<@1>",
    "https://discord.com/channels/1/2/3",
    "=1+1",
    "\u202e" * 50,
    "\0",
    "a" * 6001,
    "%s{0}",
)
#: Between two harms, so that the player of this world has time for the others.
PAUSE_SECONDS = 0.2
HARMS = ("presses_what_is_not_there", "sends_a_foul_file", "takes_back", "rambles")
NO_ANSWER = (NoResponseError, UnexpectedAnswerError, ConditionNotMetError, ClientRefusedError)


class Vandal:
    """`number` is in the tags of what it asks for, so that its pictures are told from those of others."""

    def __init__(self, number: int, person: Person, channel: Channel, rng: random.Random) -> None:
        self.number, self.person, self.channel, self.rng = number, person, channel, rng
        self.done: Counter[str] = Counter()
        self._requests = 0

    async def live(self) -> None:
        """Until it is cancelled."""
        while True:
            harm = self.rng.choice(HARMS)
            with suppress(*NO_ANSWER):
                await getattr(self, harm)()
            self.done[harm] += 1
            await asyncio.sleep(PAUSE_SECONDS)

    async def presses_what_is_not_there(self) -> None:
        """On the messages of others, with the ids of their pictures, and of any."""
        shown = self.person.messages(self.channel)
        if not shown:
            return
        custom_id = f"{self.rng.choice(list(Action))}:{self.rng.randint(1, 400)}"
        await self._forged(self.rng.choice(shown), custom_id).answer()

    def _forged(self, message: Message, custom_id: str) -> Ask:
        data = {"component_type": 2, "custom_id": custom_id, "id": 99}
        world, user = self.person.world, self.person.user
        kind = InteractionKind.COMPONENT
        return Ask(world, open_interaction(world, kind, message.channel, user, data, message=message))

    async def sends_a_foul_file(self) -> None:
        name = self.rng.choice(list(FOUL_FILES))
        upload = Upload(name, FOUL_FILES[name])
        await self.person.slash(self.channel, "edit", prompt=self._prompt(), image=upload).answer()

    async def takes_back(self) -> None:
        card = await self.person.slash(self.channel, "imagine", prompt=self._prompt(), count=4).message()
        await self.person.press(card, "Cancel").answer()

    async def rambles(self) -> None:
        words = self.rng.choice(NONSENSE)
        await self.person.slash(self.channel, "edit", prompt=self._prompt(), source=words).answer()

    def _prompt(self) -> str:
        self._requests += 1
        return f"{Tag(self.number, 0, self._requests)} {self.rng.choice(NONSENSE)}"[:6000]
