"""What members do, each by chance but with a seed: ask, edit, ask again, cancel; until nothing is left."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum, auto

from standins.changes import ConditionNotMetError
from standins.fake_discord.asks import Ask, ClientRefusedError, NoResponseError, UnexpectedAnswerError
from standins.fake_discord.model import Channel, Message
from standins.fake_discord.person import Person
from tests.journeys.town import text_of
from tests.soak.deliveries import Deliveries, Tag, is_open

SUBJECTS = ("a lighthouse at dawn", "two foxes in the snow", "a harbour, seen from above", "an old tram")
RATIOS = ("1:1", "3:2", "16:9", "2:3")
#: How often one looks whether one's last cards are through, once the allowance is used up.
LOOK_SECONDS = 1.0
OVER_ALL_SERVERS = "across all servers"


class Came(Enum):
    """What came of a request."""

    CARD = auto()
    FULL = auto()  # the allowance is used up
    REFUSED = auto()  # for any other reason, such as too many at a time
    NOTHING = auto()  # "The application did not respond"


@dataclass(slots=True)
class Tally:
    """What came of all requests of all members."""

    cards: int = 0
    refusals: int = 0
    unanswered: int = 0
    other_refusals: list[str] = field(default_factory=list)


class Member:
    """One of many; `channels` are where they may ask, one in each of their servers."""

    def __init__(
        self,
        number: int,
        person: Person,
        channels: list[Channel],
        *,
        allowance: int,
        deliveries: Deliveries,
        tally: Tally,
        rng: random.Random,
    ) -> None:
        self.number, self.person, self.channels = number, person, channels
        self.allowance, self.deliveries, self.tally, self.rng = allowance, deliveries, tally, rng
        self.cards: list[Message] = []
        self.is_done = False
        self._requests = 0

    @property
    def delivered(self) -> int:
        return self.deliveries.by_member[self.number]

    async def live(self, think_seconds: Callable[[], float]) -> None:
        """Ask until it is refused with nothing open, having got what is allowed: not less, not more."""
        while not self.is_done:
            await asyncio.sleep(think_seconds())
            came = await self._act()
            while came is Came.FULL and any(map(is_open, self.cards)):
                await asyncio.sleep(LOOK_SECONDS)
                self.is_done = self.delivered >= self.allowance
            self.is_done = came is Came.FULL and self.delivered >= self.allowance

    async def _act(self) -> Came:
        chance = self.rng.random()
        shown = [card for card in self.cards if card.attachments and not card.is_deleted]
        if self.allowance - self.delivered <= 1 or not shown or chance < 0.75:
            return await self._imagine()
        card = self.rng.choice(shown)
        try:
            return await (self._edit(card) if chance < 0.9 else self._again(card))
        except ClientRefusedError:  # the message or its button went away meanwhile
            return Came.REFUSED

    async def _imagine(self) -> Came:
        place = self.rng.choice(self.channels)
        left = self.allowance - self.delivered
        count = 1 if left <= 1 else self.rng.choice((1, 1, 1, 2, 2, 4))
        ask = self.person.slash(
            place, "imagine", prompt=self._prompt(place), aspect_ratio=self.rng.choice(RATIOS), count=count
        )
        return await self._came_of(ask)

    async def _edit(self, card: Message) -> Came:
        try:
            modal = await self.person.press(card, _first_edit(card)).modal()
        except (NoResponseError, UnexpectedAnswerError, ConditionNotMetError):
            return Came.NOTHING
        prompt = self._prompt(card.channel) + ", at night"
        return await self._came_of(self.person.submit(modal, {modal.fields()[0].custom_id: prompt}))

    async def _again(self, card: Message) -> Came:
        return await self._came_of(self.person.press(card, "Rerun"))

    def _prompt(self, place: Channel) -> str:
        self._requests += 1
        words = " ".join(self.rng.choice(SUBJECTS) for _ in range(self.rng.choice((1, 1, 2, 8))))
        return f"{Tag(self.number, self.channels.index(place), self._requests)} {words}"

    async def _came_of(self, ask: Ask) -> Came:
        try:
            message = await ask.message()
        except (NoResponseError, ConditionNotMetError, UnexpectedAnswerError):
            self.tally.unanswered += 1
            return Came.NOTHING
        if Tag.found_in(text_of(message)) is not None:
            self.tally.cards += 1
            self.cards.append(message)
            return Came.CARD
        self.tally.refusals += 1
        return self._refused(text_of(message))

    def _refused(self, text: str) -> Came:
        if OVER_ALL_SERVERS in text and "requested: " not in text:
            return Came.FULL
        if OVER_ALL_SERVERS not in text and " at once**" not in text:
            self.tally.other_refusals.append(text)
        return Came.REFUSED


def _first_edit(card: Message) -> str:
    labels = [str(part.get("label")) for part in card.parts()]
    return next((label for label in labels if label.startswith("Edit")), "Edit")
