"""What may happen in a random story about limits and money: requests, steps, admins, clocks that jump."""

from dataclasses import dataclass

from hypothesis import strategies as st

from bot.domain.administration import RuleScope, RuleSubject
from bot.domain.failure import FailureKind
from bot.domain.ids import ChannelId, GuildId, MemberId, RoleId
from bot.domain.limits import FIELDS, Allowances, LimitField, OperatorLimits
from bot.domain.quality import Quality
from tests.builders import CHANNEL, GUILD, MEMBER

GUILDS = [GuildId(GUILD + number) for number in range(2)]
MEMBERS = [MemberId(MEMBER + number) for number in range(2)]
ROLES = [RoleId(77), RoleId(78)]
#: Of each server.
CHANNELS = [[ChannelId(CHANNEL + 2 * guild + number) for number in range(2)] for guild in range(2)]
#: So tight that most stories meet each of them.
HOURLY_CEILING, CEILING, MONTHLY_CEILING, ATTEMPTS = 4, 6, 12, 7
LIMITS = OperatorLimits(
    per_hour=3,
    per_day=5,
    per_week=7,
    per_month=9,
    running=4,
    attempts_per_hour=ATTEMPTS,
    ceilings=Allowances(per_hour=HOURLY_CEILING, per_day=CEILING, per_month=MONTHLY_CEILING),
)
#: Micro-USD: of the first server, and of the operator over both.
MAX_PRICE = 90_000
#: How many pictures one of max quality counts as, in each server.
MAX_COUNTS_AS = [2, 1]
GUILD_CAP, OPERATOR_CAP = 200_000, 330_000
KINDS = [FailureKind.BLOCKED, FailureKind.UNKNOWN, FailureKind.EXPIRED, FailureKind.DISCORD]


@dataclass(frozen=True)
class Admit:
    guild: int
    member: int
    count: int
    roles: frozenset[RoleId]
    channel: int
    is_in_thread: bool
    quality: Quality


@dataclass(frozen=True)
class Step:
    """Of the `job`-th job, by one of the ways there are; `cost` is told if it becomes ready."""

    job: int
    way: int
    kind: FailureKind
    cost: int | None


@dataclass(frozen=True)
class Cancel:
    job: int


@dataclass(frozen=True)
class Withdraw:
    """The answer to the request of this job never reached Discord."""

    job: int


@dataclass(frozen=True)
class Settle:
    job: int
    cost: int | None


@dataclass(frozen=True)
class Jump:
    """Somebody sets the machine's clock."""

    minutes: int


@dataclass(frozen=True)
class Price:
    microusd: int


@dataclass(frozen=True)
class SetRule:
    """An admin sets or clears a limit of everyone, a role, a member or a channel."""

    guild: int
    whose: RuleScope
    number: int
    field: LimitField
    limit: int | None

    @property
    def subject(self) -> RuleSubject:
        match self.whose:
            case RuleScope.GUILD:
                return RuleSubject.everyone(GUILDS[self.guild])
            case RuleScope.ROLE:
                return RuleSubject.role(GUILDS[self.guild], ROLES[self.number])
            case RuleScope.MEMBER:
                return RuleSubject.member(MEMBERS[self.number])
            case RuleScope.CHANNEL:
                return RuleSubject.channel(CHANNELS[self.guild][self.number])


@dataclass(frozen=True)
class Warn:
    """A process that has just started looks after the budgets."""


Action = Admit | Step | Cancel | Withdraw | Settle | Jump | Price | SetRule | Warn

few = st.integers(0, 30)
either = st.integers(0, 1)
qualities = st.sampled_from([Quality.STANDARD, Quality.STANDARD, Quality.MAX])
costs = st.none() | st.integers(1, 120_000)
admissions = st.builds(
    Admit,
    either,
    either,
    st.integers(1, 2),
    st.frozensets(st.sampled_from(ROLES)),
    either,
    st.booleans(),
    qualities,
)
others = (
    st.builds(Step, few, few, st.sampled_from(KINDS), costs)
    | st.builds(Step, few, few, st.sampled_from(KINDS), costs)
    | st.builds(Step, few, few, st.sampled_from(KINDS), costs)
    | st.builds(Cancel, few)
    | st.builds(Withdraw, few)
    | st.builds(Settle, few, costs)
    | st.builds(
        Jump, st.sampled_from([-60, -7, 5, 57, 57, 60, 60, 700, 1400, 1440, 1440, 8000, 10080, 33000, 43200])
    )
    | st.builds(
        SetRule,
        either,
        st.sampled_from(RuleScope),
        either,
        st.sampled_from(FIELDS),
        st.none() | st.integers(0, 8),
    )
    | st.just(Warn())
    | st.builds(Price, st.sampled_from([1, 20_000, 60_000, 90_000]))
)
#: Every other action is a request: only so do many stories come as far as their limits.
stories: st.SearchStrategy[list[Action]] = st.lists(
    st.tuples(admissions, others), min_size=8, max_size=20
).map(lambda turns: [action for turn in turns for action in turn])
