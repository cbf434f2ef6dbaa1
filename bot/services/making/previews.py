"""Answers what admission would say to a member's next picture, and why. Nothing is held or changed for it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.domain.administration import GuildChoices
from bot.domain.admission_preview import AdmissionPreview, BudgetState, MaxQuality, ServerBudget
from bot.domain.age import AgeOfPlace, AgeRefused
from bot.domain.block import Block, BlockedHere
from bot.domain.errors import Blocked, BudgetSpent, ChannelNotAllowed, Refusal, ServicePaused
from bot.domain.ids import ChannelId, GuildId, MemberId, RoleId
from bot.domain.luma import MAX_MODEL
from bot.domain.money import Month, Spending
from bot.domain.reports import MemberUsage
from bot.services.limits import allowance
from bot.services.making.admission import Admission
from bot.services.provider.account import ProviderAccount
from bot.services.runtime import Runtime
from bot.store.admission import blocks
from bot.store.driver.database import Connection
from bot.store.pictures import accounts
from bot.store.servers import server_settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """The member who would ask, and the place."""

    guild_id: GuildId
    member_id: MemberId
    role_ids: Collection[RoleId] = field(default=frozenset())
    channel_id: ChannelId
    #: For a thread, its channel.
    parent_channel_id: ChannelId | None = None
    #: None: it was not looked up.
    age: AgeOfPlace | None = None


@dataclass(frozen=True, slots=True)
class _Rows:
    chosen: GuildChoices
    block: Block | None
    spending: Spending
    #: Micro-USD over all servers.
    used_everywhere: int


@dataclass(slots=True, kw_only=True)
class Previews:
    runtime: Runtime
    admission: Admission
    account: ProviderAccount

    async def of(self, asker: Asker, usage: MemberUsage) -> AdmissionPreview:
        """Return what the member could make now. `usage` is what they have used of their limits there.

        Raises `AgeUnknown` if `asker.age` is None and matters there.
        """
        now = self.runtime.clock.now()
        month = Month.of(now)
        rows = await self.runtime.database.read(
            _read, asker, self.runtime.pseudonyms.ids_of(asker.member_id), month, at=now
        )
        budget = self._budget(rows)
        operators = self._operators_budget(rows)
        stops = [*self._stops_of_operator(), *_stops_of_place(rows, asker, usage)]
        stops += allowance.refusals(usage.usages)
        stops += self._stops_of_money(rows, month, budget, operators)
        return AdmissionPreview(
            month=month,
            usage=usage,
            refusals=stops,
            paused_by=self.account.breaker.failure,
            waits_until=self._waits_until(now),
            budget=budget,
            operators_budget=operators,
            max_quality=self._max_quality(rows.chosen, asker),
        )

    def _stops_of_operator(self) -> list[Refusal]:
        try:
            self.account.breaker.check()
        except ServicePaused as paused:
            return [paused]
        return []

    def _budget(self, rows: _Rows) -> ServerBudget | None:
        cap = rows.chosen.budget_microusd
        if cap is None:
            return None
        price = self.admission.prices.microusd
        return ServerBudget(cap_microusd=cap, spending=rows.spending, price_microusd=price)

    def _operators_budget(self, rows: _Rows) -> BudgetState | None:
        cap = self.admission.operator_budget_microusd
        if cap is None:
            return None
        price = self.admission.prices.microusd
        return BudgetState.of(cap_microusd=cap, used_microusd=rows.used_everywhere, price_microusd=price)

    def _stops_of_money(
        self, rows: _Rows, month: Month, budget: ServerBudget | None, operators: BudgetState | None
    ) -> list[BudgetSpent]:
        price, stops = self.admission.prices.microusd, []
        if operators is BudgetState.USED:
            cap = self.admission.operator_budget_microusd or 0
            stops.append(_spent(month, cap, rows.used_everywhere, price, is_operators=True))
        if budget is not None and not budget.pictures:
            used = rows.spending.used_microusd
            stops.append(_spent(month, budget.cap_microusd, used, price, is_operators=False))
        return stops

    def _max_quality(self, chosen: GuildChoices, asker: Asker) -> MaxQuality | None:
        if not self.admission.qualities.offers_max:
            return None
        return MaxQuality(
            is_allowed=chosen.allows_max(asker.guild_id, asker.role_ids),
            counts_as=chosen.max_counts_as,
            price_microusd=self.admission.prices.of(MAX_MODEL),
        )

    def _waits_until(self, now: datetime) -> datetime | None:
        seconds = self.account.pacer.pause_seconds
        return now + timedelta(seconds=seconds) if seconds else None


def _read(
    connection: Connection, asker: Asker, member_ids: Sequence[MemberId], month: Month, *, at: datetime
) -> _Rows:
    return _Rows(
        chosen=server_settings.get(connection, asker.guild_id),
        block=blocks.of(connection, [asker.guild_id, *member_ids], at=at),
        spending=accounts.spending(connection, guild_id=asker.guild_id, month=month),
        used_everywhere=accounts.used_everywhere(connection, month=month),
    )


def _stops_of_place(rows: _Rows, asker: Asker, usage: MemberUsage) -> list[Refusal]:
    stops: list[Refusal] = []
    if rows.block is not None:
        is_server = rows.block.subject_id == asker.guild_id
        stops.append(Blocked(rows.block.reason, is_server=is_server, until=rows.block.until))
    if usage.block is not None:
        stops.append(BlockedHere(usage.block))
    if not rows.chosen.allows(asker.channel_id, asker.parent_channel_id):
        stops.append(ChannelNotAllowed(rows.chosen.allowed_channels))
    try:
        rows.chosen.require_age(asker.age)
    except AgeRefused as refused:
        stops.append(refused)
    return stops


def _spent(month: Month, cap: int, used: int, price: int, *, is_operators: bool) -> BudgetSpent:
    return BudgetSpent(
        month=month, cap_microusd=cap, used_microusd=used, asked_microusd=price, is_operators=is_operators
    )
