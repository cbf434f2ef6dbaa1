"""The views of cards: what each shows now, by its rows, the line and the clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.card import Card, CardView
from bot.domain.ids import CardId
from bot.domain.job import Job, JobState
from bot.domain.limits import Usage
from bot.domain.request import PictureLocation
from bot.services.limits import allowance
from bot.services.provider.account import ProviderAccount
from bot.services.runtime import Runtime
from bot.store import cards, jobs, places
from bot.store.database import Connection


@dataclass(slots=True, kw_only=True)
class Views:
    runtime: Runtime
    account: ProviderAccount

    async def of(self, card_id: CardId) -> CardView | None:
        """Return the view, or None if there is no such card."""
        rows = await self.runtime.database.read(self._read, card_id)
        return None if rows is None else self.around(*rows)

    def around(
        self, card: Card, on_it: Sequence[Job], usage: Usage | None, before: PictureLocation | None
    ) -> CardView:
        """Return the view of rows that were already read."""
        waiting = [job for job in on_it if job.state is JobState.QUEUED]
        places = [self.account.pacer.place(job.id, job.member_id) for job in waiting]
        return CardView(
            card=card,
            jobs=on_it,
            place=min((place for place in places if place is not None), default=None),
            usual_seconds=self.account.timing.usual_seconds(model=on_it[0].model, is_edit=on_it[0].is_edit),
            paused_by=self.account.breaker.trouble if waiting else None,
            usage=usage,
            before=before,
        )

    def _read(
        self, connection: Connection, card_id: CardId
    ) -> tuple[Card, Sequence[Job], Usage | None, PictureLocation | None] | None:
        card = cards.get(connection, card_id)
        if card is None:
            return None
        on_it = jobs.of_card(connection, card_id)
        return card, on_it, self.usage(connection, on_it), places.of_source(connection, on_it[0].source)

    def usage(self, connection: Connection, on_it: Sequence[Job]) -> Usage | None:
        """Return the limit over time with the least left, by the rules with which the jobs were admitted."""
        first = on_it[0]
        member_id, guild_id, at = first.member_id, first.guild_id, self.runtime.clock.now()
        found = allowance.usages(connection, first.rules, member_id=member_id, guild_id=guild_id, at=at)
        least = allowance.tightest(found)
        if least is None:
            return None
        return allowance.with_reset(connection, least, member_id=member_id, guild_id=guild_id, at=at)


def as_delivered(view: CardView, job: Job) -> CardView:
    """Return the view as it will be after `job` is delivered."""
    delivered = replace(job, state=JobState.DELIVERED)
    return replace(view, jobs=[delivered if other.id == job.id else other for other in view.jobs])
