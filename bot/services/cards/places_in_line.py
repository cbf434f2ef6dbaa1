"""Keeps the cards of waiting members up to date: the place in line, and why the line does not move."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.ids import JobId
from bot.domain.trouble import Trouble
from bot.services.cards.card_updater import CardUpdater
from bot.services.provider.account import ProviderAccount
from bot.services.runtime import Runtime
from bot.store.pictures import jobs

EVERY_SECONDS = 15.0
#: Members further back see the place in line at the card's last change.
PLACES_FOLLOWED = 25
#: The cards that say at once that the line is paused, or no longer is.
TOLD_OF_PAUSE = 200


@dataclass(slots=True, kw_only=True)
class PlacesInLine:
    runtime: Runtime
    account: ProviderAccount
    card_updater: CardUpdater
    _told_pause: Trouble | None = field(init=False, default=None)
    _places: Mapping[JobId, int] = field(init=False, default_factory=dict)

    async def run(self) -> None:
        while True:
            await self.runtime.clock.sleep(EVERY_SECONDS)
            with self.runtime.outages.survived("line"):
                await self._tell_of_pause()
                if places := self.account.pacer.places():
                    await self._follow(places)

    async def _tell_of_pause(self) -> None:
        trouble = self.account.breaker.trouble
        if trouble is not self._told_pause:
            await self._touch(await self.runtime.database.read(jobs.first_queued, limit=TOLD_OF_PAUSE))
            self._told_pause = trouble

    async def _follow(self, places: Mapping[JobId, int]) -> None:
        """Update the cards near the front that have moved up."""
        moved = [
            job_id
            for job_id, place in places.items()
            if place <= PLACES_FOLLOWED and self._places.get(job_id) not in (None, place)
        ]
        self._places = dict(places)
        await self._touch(moved)

    async def _touch(self, job_ids: Sequence[JobId]) -> None:
        for card_id in await self.runtime.database.write(jobs.touch_cards, job_ids):
            self.card_updater.card_changed(card_id, is_urgent=False)
