"""The views of cards: what each shows now, by its rows, the line and the clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.domain.card import Card, CardView
from bot.domain.failure import FailureKind
from bot.domain.ids import CardId
from bot.domain.job import Job, JobState
from bot.domain.limits import Usage
from bot.domain.request import PictureLocation
from bot.domain.strikes import Standing, StrikeCause
from bot.services.limits import allowance
from bot.services.limits.strikes import standing
from bot.services.provider.account import ProviderAccount
from bot.services.runtime import Runtime
from bot.store.driver.database import Connection
from bot.store.moderation import strikes
from bot.store.pictures import cards, places
from bot.store.servers import server_settings


@dataclass(slots=True, kw_only=True)
class Views:
    runtime: Runtime
    account: ProviderAccount

    async def of(self, card_id: CardId) -> CardView | None:
        """Return the view, or None if there is no such card."""
        rows = await self.runtime.database.read(self._read, card_id)
        return None if rows is None else self.around(*rows)

    def around(
        self,
        card: Card,
        on_it: Sequence[Job],
        usage: Usage | None,
        before: PictureLocation | None,
        standing: Standing | None = None,
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
            standing=standing,
        )

    def _read(
        self, connection: Connection, card_id: CardId
    ) -> tuple[Card, Sequence[Job], Usage | None, PictureLocation | None, Standing | None] | None:
        found = cards.with_jobs(connection, card_id)
        if found is None:
            return None
        card, on_it = found
        before = places.of_source(connection, on_it[0].source)
        return card, on_it, self.usage(connection, on_it), before, self._standing(connection, card, on_it)

    def _standing(self, connection: Connection, card: Card, on_it: Sequence[Job]) -> Standing | None:
        """Return the member's strikes if the content filter has made one of this request."""
        is_blocked = any(job.failure and job.failure.kind is FailureKind.BLOCKED for job in on_it)
        if not is_blocked or not strikes.has_one(connection, card.id, StrikeCause.FILTER):
            return None
        rules = server_settings.get(connection, card.guild_id).strikes
        at = self.runtime.clock.now()
        return standing(
            connection, rules, card.guild_id, self.runtime.pseudonyms.ids_of(card.member_id), at=at
        )

    def usage(self, connection: Connection, on_it: Sequence[Job]) -> Usage | None:
        """Return the limit over time with the least left, by the rules with which the jobs were admitted."""
        first = on_it[0]
        member_ids = self.runtime.pseudonyms.ids_of(first.member_id)
        guild_id, at = first.guild_id, self.runtime.clock.now()
        found = allowance.usages(connection, first.rules, member_ids=member_ids, guild_id=guild_id, at=at)
        return allowance.tightest(found)


def as_delivered(view: CardView, job: Job) -> CardView:
    """Return the view as it will be after `job` is delivered."""
    delivered = replace(job, state=JobState.DELIVERED)
    return replace(view, jobs=[delivered if other.id == job.id else other for other in view.jobs])


def as_shown(view: CardView, job: Job) -> CardView:
    """Return the view as it will be after `job` is no longer hidden."""
    shown = replace(job, hiding=None)
    return replace(view, jobs=[shown if other.id == job.id else other for other in view.jobs])
