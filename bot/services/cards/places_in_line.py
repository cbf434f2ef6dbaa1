"""Keeps the place in line up to date on the cards of waiting members."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.domain.ids import JobId
from bot.services.cards.card_updater import CardUpdater
from bot.services.provider.pacer import Pacer
from bot.services.runtime import Runtime
from bot.store import jobs

EVERY_SECONDS = 15.0
#: Members further back see the place in line at the card's last change.
PLACES_FOLLOWED = 25


@dataclass(slots=True, kw_only=True)
class PlacesInLine:
    runtime: Runtime
    pacer: Pacer
    card_updater: CardUpdater
    _places: Mapping[JobId, int] = field(init=False, default_factory=dict)

    async def run(self) -> None:
        while True:
            await self.runtime.clock.sleep(EVERY_SECONDS)
            with self.runtime.outages.survived("line"):
                if places := self.pacer.places():
                    await self._follow(places)

    async def _follow(self, places: Mapping[JobId, int]) -> None:
        """Update the cards near the front that have moved up."""
        moved = [
            job_id
            for job_id, place in places.items()
            if place <= PLACES_FOLLOWED and self._places.get(job_id) not in (None, place)
        ]
        self._places = dict(places)
        for card_id in await self.runtime.database.write(jobs.touch_cards, moved):
            self.card_updater.card_changed(card_id)
