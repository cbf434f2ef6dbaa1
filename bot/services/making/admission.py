"""The only way in: each request is admitted here, in one transaction, or refused with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.domain.card import Card, CardView, NewCard
from bot.domain.errors import Blocked, ChannelNotAllowed, Refusal, ServerNotServed
from bot.domain.ids import CardId, ChannelId, GuildId, MessageId, RoleId
from bot.domain.job import Job
from bot.domain.limits import OperatorLimits, Usage
from bot.domain.money import Month
from bot.domain.request import Door, ImageRequest, PictureLocation
from bot.services.cards.views import Views
from bot.services.limits import allowance, budgets
from bot.services.limits.budgets import Prices
from bot.services.limits.qualities import Qualities
from bot.services.making.engine import Engine
from bot.services.making.unconfirmed_cards import UnconfirmedCards, withdraw
from bot.services.provider.circuit_breaker import CircuitBreaker
from bot.services.runtime import Runtime
from bot.store import blocks, cards, jobs, places, server_settings
from bot.store.database import Connection
from bot.store.locks import lock_member

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request, and where its answer goes."""

    request: ImageRequest
    door: Door
    card: NewCard
    #: The member's roles in the server, by the interaction.
    role_ids: frozenset[RoleId] = frozenset()
    #: For a thread, its channel, whose rules apply to it.
    parent_channel_id: ChannelId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Admitted:
    view: CardView
    #: False if this interaction was admitted before. Then its card is answered already.
    is_new: bool


@dataclass(frozen=True, slots=True)
class _Rows:
    card: Card
    on_it: Sequence[Job]
    is_new: bool
    usage: Usage | None = field(default=None)
    before: PictureLocation | None = field(default=None)


@dataclass(slots=True, kw_only=True)
class Admission:
    runtime: Runtime
    limits: OperatorLimits
    prices: Prices
    operator_budget_microusd: int | None
    #: Empty: all servers.
    served_guilds: frozenset[GuildId]
    qualities: Qualities
    breaker: CircuitBreaker
    views: Views
    engine: Engine
    unanswered: UnconfirmedCards

    async def admit(self, ask: Ask) -> Admitted:
        """Queue the pictures and hold their money, or raise the `Refusal` that says why not."""
        try:
            self._require_served(ask.card.guild_id)
            self.breaker.check()
            rows = await self.runtime.database.write(self._admit, ask, self.runtime.clock.now())
        except Refusal as refusal:
            self.runtime.metrics.refused.labels(reason=type(refusal).__name__).inc()
            raise
        if rows.is_new:
            self.runtime.metrics.admitted.labels(door=ask.door).inc(len(rows.on_it))
            log.info("admitted", **_ids_and_numbers(rows), door=ask.door)
        return Admitted(
            view=self.views.around(rows.card, rows.on_it, rows.usage, rows.before), is_new=rows.is_new
        )

    async def answered(self, card_id: CardId, *, message_id: MessageId, channel_id: ChannelId) -> None:
        """The first answer has reached Discord. From here on, a restart loses nothing."""
        on_it = await self.runtime.outages.retried(
            lambda: self.runtime.database.write(
                _answer, card_id, message_id=message_id, channel_id=channel_id
            )
        )
        for job in on_it:
            self.engine.start(job.id)

    def doubted(self, card_id: CardId) -> None:
        """It is unknown if the first answer reached Discord. It is looked for before anything is sent."""
        self.unanswered.look_for(card_id)

    async def withdraw(self, card_id: CardId, why: str) -> None:
        """The first answer did not reach Discord: nothing is submitted or counted."""
        at = self.runtime.clock.now()
        await self.runtime.outages.retried(
            lambda: self.runtime.database.write(withdraw, card_id, at=at, why=why)
        )
        log.info("withdrawn", card=card_id, why=why)

    def _require_served(self, guild_id: GuildId) -> None:
        if self.served_guilds and guild_id not in self.served_guilds:
            raise ServerNotServed

    def _admit(self, connection: Connection, ask: Ask, at: datetime) -> _Rows:
        lock_member(connection, ask.card.member_id)
        chosen = server_settings.get(connection, ask.card.guild_id)
        new = chosen.spoken_on(ask.card)
        card, is_new = cards.insert_or_read(connection, new, prompt=ask.request.prompt, at=at)
        if not is_new:
            return _Rows(card, jobs.of_card(connection, card.id), is_new=False)
        _require_unblocked(connection, card)
        if not chosen.allows(card.channel_id, ask.parent_channel_id):
            raise ChannelNotAllowed(chosen.allowed_channels)
        channel_id = ask.parent_channel_id or card.channel_id
        model = self.qualities.model_for(ask.request.quality, chosen, card.guild_id, ask.role_ids)
        weight, price_microusd = self.qualities.weight(model, chosen), self.prices.of(model)
        rules = allowance.rules_for(
            connection,
            self.limits,
            guild_id=card.guild_id,
            member_id=card.member_id,
            role_ids=ask.role_ids,
            channel_id=channel_id,
        )
        usage = allowance.hold(
            connection,
            rules,
            member_id=card.member_id,
            guild_id=card.guild_id,
            asked=ask.request.count * weight,
            at=at,
        )
        queued = jobs.insert(
            connection,
            card,
            ask.request,
            door=ask.door,
            model=model,
            at=at,
            channel_id=channel_id,
            held_microusd=price_microusd,
            rules=rules,
            weight=weight,
        )
        # Last, since from here on all who count the same money wait for the end of the transaction.
        budgets.hold(
            connection,
            guild_id=card.guild_id,
            month=Month.of(at),
            amount=price_microusd * ask.request.count,
            guild_cap=chosen.budget_microusd,
            operator_cap=self.operator_budget_microusd,
        )
        before = places.of_source(connection, ask.request.source)
        return _Rows(card, queued, is_new=True, usage=usage, before=before)


def _ids_and_numbers(rows: _Rows) -> dict[str, object]:
    """Return both for the log: all other lines have the ids, but members know only the numbers."""
    ids, numbers = [job.id for job in rows.on_it], [job.number for job in rows.on_it]
    return {"card": rows.card.id, "jobs": ids, "guild": rows.card.guild_id, "numbers": numbers}


def _require_unblocked(connection: Connection, card: Card) -> None:
    block = blocks.of(connection, [card.guild_id, card.member_id])
    if block is not None:
        raise Blocked(block.reason, is_server=block.subject_id == card.guild_id)


def _answer(
    connection: Connection, card_id: CardId, *, message_id: MessageId, channel_id: ChannelId
) -> list[Job]:
    cards.answered(connection, card_id, message_id=message_id, channel_id=channel_id, revision=0)
    return jobs.of_card(connection, card_id)
