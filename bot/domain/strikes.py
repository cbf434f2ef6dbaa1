"""Strikes of members in a server, and the ladder that leads from them to blocks."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, StrEnum, auto
from itertools import pairwise
from typing import NewType

from bot.domain.block import MemberBlock
from bot.domain.errors import Refusal
from bot.domain.ids import CardId, GuildId, MemberId

StrikeId = NewType("StrikeId", int)

STEPS_MOST = 5
COUNT_MOST = 100
LEAST_WINDOW, LONGEST_WINDOW = timedelta(hours=1), timedelta(days=90)


class StrikeCause(StrEnum):
    #: The provider's content filter has refused a request.
    FILTER = "filter"
    #: The server's word list has refused a request.
    WORDS = "words"
    #: A moderator has removed a picture.
    REMOVAL = "removal"
    #: A moderator has added it.
    MODERATOR = "moderator"


#: Those that a server switches on and off.
SWITCHED = (StrikeCause.FILTER, StrikeCause.WORDS, StrikeCause.REMOVAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeStep:
    """The number of strikes within a time that block a member, and for how long."""

    count: int
    within: timedelta
    #: None: without an end.
    block: timedelta | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikeRules:
    """A server's rules: what is a strike, and the steps of the ladder, by their counts."""

    is_on: bool = False
    causes: frozenset[StrikeCause] = frozenset(SWITCHED)
    steps: Sequence[StrikeStep] = (
        StrikeStep(count=3, within=timedelta(days=1), block=timedelta(hours=1)),
        StrikeStep(count=5, within=timedelta(days=1), block=timedelta(days=1)),
        StrikeStep(count=8, within=timedelta(weeks=1), block=timedelta(weeks=1)),
    )

    def takes(self, cause: StrikeCause) -> bool:
        """Return whether this is a strike. What a moderator adds is one if strikes are on at all."""
        return self.is_on and (cause is StrikeCause.MODERATOR or cause in self.causes)

    @property
    def window(self) -> timedelta:
        """Return how long a strike counts: the longest time of a step."""
        return max(step.within for step in self.steps)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strike:
    id: StrikeId
    guild_id: GuildId
    member_id: MemberId
    at: datetime
    cause: StrikeCause
    #: The moderator who has added it or removed the picture; else `block.THE_BOT`.
    actor_id: MemberId
    #: The request that it is about, if there is one and it is still known.
    card_id: CardId | None
    #: A moderator's words, which the member reads; they may be empty.
    reason: str
    forgiven_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The strikes of a member that count now, newest first, under the rules of the server."""

    rules: StrikeRules
    at: datetime
    strikes: Sequence[Strike] = field(default=())

    @property
    def count(self) -> int:
        return len(self.strikes)

    def within(self, time: timedelta) -> int:
        """Count the strikes of the time before now."""
        return sum(strike.at > self.at - time for strike in self.strikes)

    @property
    def reached(self) -> StrikeStep | None:
        """Return the step with the longest block whose count is reached."""
        reached = [step for step in self.rules.steps if self.within(step.within) >= step.count]
        return max(reached, key=lambda step: step.block or timedelta.max, default=None)

    @property
    def next_steps(self) -> list[StrikeStep]:
        """Return the steps that are not reached yet, the lowest first."""
        return [step for step in self.rules.steps if self.within(step.within) < step.count]

    @property
    def fades_at(self) -> datetime | None:
        """Return when the newest strike no longer counts."""
        return self.strikes[0].at + self.rules.window if self.strikes else None


@dataclass(frozen=True, slots=True, kw_only=True)
class StrikePage:
    """One page of all strikes of a member that are kept, newest first. Pages count from 0."""

    member_id: MemberId
    standing: Standing
    block: MemberBlock | None
    strikes: Sequence[Strike]
    page: int
    pages: int


class StrikeProblem(Enum):
    #: The server has not switched strikes on.
    OFF = auto()
    FORGIVE_ONESELF = auto()
    NOTHING_TO_FORGIVE = auto()
    STEP_UNREADABLE = auto()
    COUNT_OUT_OF_RANGE = auto()
    WINDOW_OUT_OF_RANGE = auto()
    NO_STEP = auto()
    #: Two steps have the same count.
    SAME_COUNT = auto()
    #: A step with more strikes blocks for a shorter time.
    SHORTER_BLOCK = auto()


class StrikeRefused(Refusal):
    """Strikes cannot be given, forgiven or set up like this. `text` is what was typed."""

    def __init__(self, problem: StrikeProblem, text: str = "") -> None:
        super().__init__(problem)
        self.problem, self.text = problem, text


def checked_steps(steps: Collection[StrikeStep]) -> tuple[StrikeStep, ...]:
    """Return the steps by their counts. Raises `StrikeRefused`."""
    if not steps:
        raise StrikeRefused(StrikeProblem.NO_STEP)
    ordered = sorted(steps, key=lambda step: step.count)
    for step in ordered:
        if not 1 <= step.count <= COUNT_MOST:
            raise StrikeRefused(StrikeProblem.COUNT_OUT_OF_RANGE)
        if not LEAST_WINDOW <= step.within <= LONGEST_WINDOW:
            raise StrikeRefused(StrikeProblem.WINDOW_OUT_OF_RANGE)
    for lower, higher in pairwise(ordered):
        if lower.count == higher.count:
            raise StrikeRefused(StrikeProblem.SAME_COUNT)
        if (lower.block or timedelta.max) > (higher.block or timedelta.max):
            raise StrikeRefused(StrikeProblem.SHORTER_BLOCK)
    return tuple(ordered)
