"""Members who keep asking while something happens to the processes of the bot."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from standins.changes import ConditionNotMetError
from standins.fake_discord.model import Message
from standins.fake_discord.person import NoResponseError
from tests.journeys.fleet import Fleet
from tests.shown_pictures import job_ids_of

MEMBERS = ("ada", "ben", "mia", "otto")
#: Between the answer to a member and what they ask next.
PAUSE_SECONDS = 0.3
COUNT = 2


@dataclass(slots=True)
class Asked:
    """What the members have asked for, and what became of it."""

    #: Of what was taken.
    cards: list[Message] = field(default_factory=list)
    refused: list[Message] = field(default_factory=list)
    unanswered: int = 0
    #: Asked while no gateway was connected, so that Discord had nobody to send it to.
    undelivered: int = 0

    def has_cards(self, at_least: int) -> bool:
        return len(self.cards) >= at_least

    def is_delivered(self) -> bool:
        return all(len(card.attachments) == len(set(job_ids_of(card))) == COUNT for card in self.cards)

    def __str__(self) -> str:
        shown = Counter(len(card.attachments) for card in self.cards)
        unanswered = f"{self.unanswered} unanswered, {self.undelivered} undelivered"
        return f"{len(self.cards)} cards, by pictures {dict(shown)}; {unanswered}"


@asynccontextmanager
async def asking(fleet: Fleet) -> AsyncIterator[Asked]:
    """Within the block, members ask again and again; at its end, all have been answered or given up."""
    asked, ends = Asked(), asyncio.Event()
    members = [asyncio.create_task(_keep_asking(fleet, name, asked, ends)) for name in MEMBERS]
    try:
        yield asked
    finally:
        ends.set()
        await asyncio.gather(*members)


async def _keep_asking(fleet: Fleet, name: str, asked: Asked, ends: asyncio.Event) -> None:
    number = 0
    while not ends.is_set():
        number += 1
        was_connected = fleet.town.discord.is_connected
        ask = fleet.town.person(name).slash(
            "pictures", "imagine", prompt=f"number {number} of {name}", count=COUNT
        )
        try:
            message = await ask.message()
        except NoResponseError:
            if was_connected:
                asked.unanswered += 1
            else:
                asked.undelivered += 1
        else:
            (asked.refused if message.is_ephemeral else asked.cards).append(message)
        await asyncio.sleep(PAUSE_SECONDS)


async def until_delivered(fleet: Fleet, asked: Asked, within_seconds: float) -> None:
    """Wait until all cards show all their pictures, each paid once."""
    try:
        await fleet.town.until(asked.is_delivered, within_seconds)
    except ConditionNotMetError:
        raise AssertionError(f"not delivered in {within_seconds:.0f} s: {asked}") from None
    assert len(fleet.town.paid) == len(fleet.town.bills) == COUNT * len(asked.cards)
