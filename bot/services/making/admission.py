"""The only way in: each request is admitted here, in one transaction, or refused with a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from bot.domain.age import AgeOfPlace
from bot.domain.card import Card, CardView, NewCard
from bot.domain.errors import Blocked, ChannelNotAllowed, Refusal, ServerNotServed
from bot.domain.ids import CardId, ChannelId, GuildId, MemberId, MessageId, RoleId
from bot.domain.job import Job
from bot.domain.limits import OperatorLimits, Usage
from bot.domain.moderation import ModerationTopic
from bot.domain.money import Month
from bot.domain.request import Door, ImageRequest, PictureLocation
from bot.domain.strikes import StrikeCause
from bot.domain.word_list import WordRefused
from bot.services.cards.cancelled_jobs import CancelledJobs
from bot.services.cards.views import Views
from bot.services.limits import allowance, budgets
from bot.services.limits.budgets import Prices
from bot.services.limits.member_blocks import require_unblocked
from bot.services.limits.qualities import Qualities
from bot.services.limits.strikes import strike
from bot.services.limits.word_checks import Judgement, WordChecks, WordListChanged
from bot.services.making.handover import Handed, Handover
from bot.services.making.unconfirmed_cards import UnconfirmedCards, withdraw
from bot.services.provider.circuit_breaker import CircuitBreaker
from bot.services.runtime import Runtime
from bot.store.admission import admissions, blocks
from bot.store.admission.facts import Facts, of_request
from bot.store.driver.database import Connection
from bot.store.driver.errors import ConstraintViolated
from bot.store.moderation import moderation_posts
from bot.store.pictures import cards, places

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
    #: None: it was not looked up, since it matters in few servers.
    age: AgeOfPlace | None = None


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
    #: Whether moderators are owed a post about it.
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class _Refused:
    """A refusal that is a strike in some servers."""

    refused: WordRefused
    #: What waited, and is cancelled by a block that the strike has led to.
    cancelled: Sequence[Job] = ()


@dataclass(slots=True, kw_only=True)
class Admission:
    runtime: Runtime
    limits: OperatorLimits
    prices: Prices
    operator_budget_microusd: int | None
    #: Empty: all servers.
    served_guilds: frozenset[GuildId]
    qualities: Qualities
    word_checks: WordChecks
    breaker: CircuitBreaker
    views: Views
    cancelled_jobs: CancelledJobs
    handover: Handover
    unanswered: UnconfirmedCards

    async def admit(self, ask: Ask) -> Admitted:
        """Queue the pictures and hold their money, or raise the `Refusal` that says why not.

        Raises `AgeUnknown` if `ask.age` is None and matters here.
        """
        try:
            self._require_served(ask.card.guild_id)
            self.breaker.check()
            rows = await self._written(ask)
        except Refusal as refusal:
            self.runtime.metrics.refused.labels(reason=type(refusal).__name__).inc()
            raise
        if rows.is_new:
            self.runtime.metrics.admitted.labels(door=ask.door).inc(len(rows.on_it))
            if rows.is_told:
                self.runtime.posts_owed.send()
            log.info("admitted", **_ids_and_numbers(rows), door=ask.door)
        return Admitted(
            view=self.views.around(rows.card, rows.on_it, rows.usage, rows.before), is_new=rows.is_new
        )

    async def _written(self, ask: Ask) -> _Rows:
        """Run the transaction again whenever the server's word list is not at hand, or has changed."""
        while True:
            judged = self.word_checks.judge(ask.card.guild_id, ask.request)
            try:
                written = await self._rows(ask, judged)
            except WordListChanged:
                await self.word_checks.load(ask.card.guild_id)
                continue
            if isinstance(written, _Rows):
                return written
            self.cancelled_jobs.drop(written.cancelled)
            raise written.refused

    async def answered(self, card_id: CardId, *, message_id: MessageId, channel_id: ChannelId) -> None:
        """The first answer has reached Discord. From here on, a restart loses nothing."""
        handed = await self.runtime.outages.retried(
            lambda: self.runtime.database.write(
                self._answer, card_id, message_id=message_id, channel_id=channel_id
            )
        )
        self.handover.handed_over(handed)

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

    async def _rows(self, ask: Ask, judged: Judgement) -> _Rows | _Refused:
        at = self.runtime.clock.now()
        try:
            return await self.runtime.database.write(self._admit, ask, judged, at)
        except ConstraintViolated:  # the interaction has just been admitted elsewhere
            return await self.runtime.database.write(self._admit, ask, judged, at)

    def _answer(
        self, connection: Connection, card_id: CardId, *, message_id: MessageId, channel_id: ChannelId
    ) -> Handed:
        cards.answered(connection, card_id, message_id=message_id, channel_id=channel_id, revision=0)
        return self.handover.hand_over(connection, card_id)

    def _admit(self, connection: Connection, ask: Ask, judged: Judgement, at: datetime) -> _Rows | _Refused:
        """Ask everything, refuse or go on, and write.

        A refusal is raised, which writes nothing; only one that may be a strike is returned.
        """
        new, request, month = ask.card, ask.request, Month.of(at)
        channel_id = ask.parent_channel_id or new.channel_id
        member_ids = self.runtime.pseudonyms.ids_of(new.member_id)
        facts = of_request(
            connection,
            new,
            member_ids=member_ids,
            role_ids=ask.role_ids,
            channel_id=channel_id,
            month=month,
            count=request.count,
            at=at,
        )
        if facts.card_id is not None:
            return _known(connection, facts.card_id)
        try:
            _require_allowed(connection, ask, judged, facts, member_ids, at)
        except WordRefused as refused:
            return _struck(connection, new.guild_id, member_ids, refused, at=at)
        chosen = facts.chosen
        model = self.qualities.model_for(request.quality, chosen, new.guild_id, ask.role_ids)
        weight, price_microusd = self.qualities.weight(model, chosen), self.prices.of(model)
        rules = allowance.rules_by(self.limits, facts.rules)
        usage = allowance.require_left(
            connection,
            rules,
            member_ids=member_ids,
            guild_id=new.guild_id,
            asked=request.count * weight,
            at=at,
        )
        amount = price_microusd * request.count
        budgets.require_left(facts, amount=amount, month=month, operator_cap=self.operator_budget_microusd)
        before = places.of_source(connection, request.source)

        card, queued = admissions.insert(
            connection,
            facts,
            chosen.spoken_on(new),
            request,
            door=ask.door,
            model=model,
            at=at,
            channel_id=channel_id,
            price_microusd=price_microusd,
            rules=rules,
            weight=weight,
            needs_approval=judged.needs_approval
            or chosen.approval.need(ask.role_ids, (new.channel_id, channel_id)),
            listed_word=judged.word,
        )
        is_told = judged.is_told and _tell(connection, queued[0])
        return _Rows(card, queued, is_new=True, usage=usage, before=before, is_told=is_told)


def _ids_and_numbers(rows: _Rows) -> dict[str, object]:
    """Return both for the log: all other lines have the ids, but members know only the numbers."""
    ids, numbers = [job.id for job in rows.on_it], [job.number for job in rows.on_it]
    return {"card": rows.card.id, "jobs": ids, "guild": rows.card.guild_id, "numbers": numbers}


def _struck(
    connection: Connection,
    guild_id: GuildId,
    member_ids: Sequence[MemberId],
    refused: WordRefused,
    *,
    at: datetime,
) -> _Refused:
    """Give the strike, if it is one in the server, and have the refusal say so."""
    struck = strike(connection, guild_id=guild_id, member_ids=member_ids, cause=StrikeCause.WORDS, at=at)
    if struck is None:
        return _Refused(refused)
    return _Refused(WordRefused(refused.word, struck.standing, struck.block), struck.cancelled)


def _tell(connection: Connection, job: Job) -> bool:
    """Owe the moderators a post about the request, if they have a channel: nothing is to be decided.

    Return whether they have one.
    """
    if moderation_posts.channel_of(connection, job.guild_id, ModerationTopic.WORDS) is None:
        return False
    moderation_posts.owe(
        connection,
        guild_id=job.guild_id,
        topic=ModerationTopic.WORDS,
        member_id=job.member_id,
        job_id=job.id,
        at=job.created_at,
    )
    return True


def _known(connection: Connection, card_id: CardId) -> _Rows:
    found = cards.with_jobs(connection, card_id)
    assert found is not None, "read in this transaction"
    return _Rows(*found, is_new=False)


def _require_allowed(
    connection: Connection,
    ask: Ask,
    judged: Judgement,
    facts: Facts,
    member_ids: Sequence[MemberId],
    at: datetime,
) -> None:
    if facts.is_blocked and (block := blocks.of(connection, [ask.card.guild_id, *member_ids], at=at)):
        raise Blocked(block.reason, is_server=block.subject_id == ask.card.guild_id, until=block.until)
    if facts.is_blocked_here:
        require_unblocked(connection, ask.card.guild_id, member_ids, at=at)
    if not facts.chosen.allows(ask.card.channel_id, ask.parent_channel_id):
        raise ChannelNotAllowed(facts.chosen.allowed_channels)
    facts.chosen.require_age(ask.age)
    judged.require_allowed(facts.chosen)
