"""The settings that admins make for their server, and the audit of their changes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.card import NewCard
from bot.domain.ids import ChannelId, GuildId, MemberId, RoleId
from bot.domain.limits import Allowances, OperatorLimits
from bot.domain.money import Spending

AuditId = NewType("AuditId", int)

#: The values of one audit entry, by field, before or after the change. None = not set. Ids are numbers.
Values = Mapping[str, int | str | Sequence[int] | None]


#: The most pictures that one of the highest quality may count as.
COUNTS_AS_MOST = 10


class RuleScope(StrEnum):
    GUILD = "guild"
    ROLE = "role"
    MEMBER = "member"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class RuleSubject:
    """The subject of a server's rule: everyone, a role, a member or a channel. Use the class methods."""

    scope: RuleScope
    #: The id of the role, the member or the channel; the id of the server for its default.
    id: int

    @classmethod
    def everyone(cls, guild_id: GuildId) -> "RuleSubject":
        return cls(RuleScope.GUILD, guild_id)

    @classmethod
    def role(cls, guild_id: GuildId, role_id: RoleId) -> "RuleSubject":
        """Return the subject for a role. @everyone, whose id is the server's, is the server's default."""
        return cls.everyone(guild_id) if int(role_id) == guild_id else cls(RuleScope.ROLE, role_id)

    @classmethod
    def member(cls, member_id: MemberId) -> "RuleSubject":
        return cls(RuleScope.MEMBER, member_id)

    @classmethod
    def channel(cls, channel_id: ChannelId) -> "RuleSubject":
        """Return the subject for each member in the channel and its threads."""
        return cls(RuleScope.CHANNEL, channel_id)


@dataclass(frozen=True, slots=True)
class SetRule:
    subject: RuleSubject
    allowances: Allowances


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildChoices:
    """The settings of a server other than its rules."""

    #: The budget of each calendar month; None = the server has set none.
    budget_microusd: int | None = None
    log_channel_id: ChannelId | None = None
    #: The channels for requests; threads follow their parent. Empty: every channel.
    allowed_channels: frozenset[ChannelId] = frozenset()
    #: The roles whose members may choose `Quality.MAX`, of which @everyone may be one. None: everyone may,
    #: if the operator offers it.
    max_roles: frozenset[RoleId] | None = None
    #: How many pictures one of this quality counts as in the limits.
    max_counts_as: int = 1
    #: Of what everybody reads, by its code. None: the one that the server has at Discord.
    language: str | None = None
    #: Seconds of waiting after which members are mentioned; 0: only if they always want it. None: not set.
    notify_after_seconds: int | None = None

    def allows(self, channel_id: ChannelId, parent_id: ChannelId | None) -> bool:
        return not self.allowed_channels or not self.allowed_channels.isdisjoint({channel_id, parent_id})

    def allows_max(self, guild_id: GuildId, role_ids: Collection[RoleId]) -> bool:
        return self.max_roles is None or not self.max_roles.isdisjoint({guild_id, *role_ids})

    def spoken_on(self, card: NewCard) -> NewCard:
        """The card in the server's language, if everybody reads it."""
        if card.is_private or self.language is None:
            return card
        return replace(card, language=self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSettings:
    """All settings that apply in a server, for those who may change them."""

    guild_id: GuildId
    choices: GuildChoices
    #: The server's default first, then roles, members and channels, each by id.
    rules: Sequence[SetRule]
    #: The defaults for what the server has not set, and the ceiling.
    operator: OperatorLimits
    #: The spending of this month.
    spending: Spending
    #: The expected cost of one picture now.
    price_microusd: int
    #: The same for the highest quality; None: the operator does not offer it.
    max_price_microusd: int | None = None


class AuditTopic(StrEnum):
    LIMITS = "limits"
    BUDGET = "budget"
    CHANNELS = "channels"
    LOG_CHANNEL = "log_channel"
    LANGUAGE = "language"
    QUALITY = "quality"
    NOTICES = "notices"
    #: A moderator has deleted a member's picture.
    REMOVED = "removed"
    #: A moderator has given a picture back: it no longer counts toward its member's limits.
    GIVEN_BACK = "given_back"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One change: who made it, when, and the values before and after it, under the same keys.

    The keys by topic are: limits: those of `FIELDS`; budget: budget_microusd; channels: channel_ids;
    log_channel: channel_id; language: language; quality: role_ids, counts_as; notices: seconds; removed and
    given_back: picture (its number), member_id.
    """

    id: AuditId
    guild_id: GuildId
    actor_id: MemberId
    at: datetime
    topic: AuditTopic
    #: The subject of changed limits; None for other topics.
    subject: RuleSubject | None = None
    before: Values = field(default_factory=dict)
    after: Values = field(default_factory=dict)
