"""The settings that admins make for their server, and the audit of their changes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from bot.domain.age import AgeOfPlace, AgeRefused, AgeUnknown
from bot.domain.approval import ApprovalRules
from bot.domain.block import MemberBlock
from bot.domain.card import NewCard
from bot.domain.ids import ChannelId, GuildId, MemberId, RoleId
from bot.domain.limits import Allowances, OperatorLimits, Usage
from bot.domain.money import Spending
from bot.domain.presets import SavedPreset
from bot.domain.strikes import StrikeRules

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
    #: The channel in which moderators learn of reports, and of what else they decide on.
    moderation_channel_id: ChannelId | None = None
    #: Where each delivered picture is shown, too.
    feed_channel_id: ChannelId | None = None
    #: A picture with so many reports is hidden until a moderator decides; None: none is.
    hide_after_reports: int | None = None
    #: The channels for requests; threads follow their parent. Empty: every channel.
    allowed_channels: frozenset[ChannelId] = frozenset()
    #: Pictures are made only in age-restricted channels and their threads.
    only_age_restricted: bool = False
    #: The roles whose members may choose `Quality.MAX`, of which @everyone may be one. None: everyone may,
    #: if the operator offers it.
    max_roles: frozenset[RoleId] | None = None
    #: How many pictures one of this quality counts as in the limits.
    max_counts_as: int = 1
    #: Of what everybody reads, by its code. None: the one that the server has at Discord.
    language: str | None = None
    #: Seconds of waiting after which members are mentioned; 0: only if they always want it. None: not set.
    notify_after_seconds: int | None = None
    #: A digest of the server's word list; 0: it has none.
    words_version: int = 0
    #: Whether a refusal says which word of the list it is about.
    names_words: bool = False
    #: Each week is summarized in the log channel.
    has_summary: bool = False
    #: Days after which prompts of this server are deleted; None: as the operator says.
    retention_days: int | None = None

    strikes: StrikeRules = field(default_factory=StrikeRules)
    approval: ApprovalRules = field(default_factory=ApprovalRules)

    def allows(self, channel_id: ChannelId, parent_id: ChannelId | None) -> bool:
        return not self.allowed_channels or not self.allowed_channels.isdisjoint({channel_id, parent_id})

    def require_age(self, place: AgeOfPlace | None) -> None:
        """Raises `AgeRefused`, or `AgeUnknown` if it matters and `place` is None: it was not looked up."""
        if not self.only_age_restricted:
            return
        if place is None:
            raise AgeUnknown
        if not place.is_restricted:
            raise AgeRefused([other for other in place.others if self.allows(other, None)])

    def prompt_days(self, operator_days: int) -> int:
        """Return the days after which prompts are deleted: never more than the operator's."""
        return operator_days if self.retention_days is None else min(self.retention_days, operator_days)

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
    #: The number of entries in the word list.
    listed_words: int = 0
    #: By name.
    presets: Sequence[SavedPreset] = ()
    #: Days after which the operator has prompts deleted.
    operator_days: int = 90

    @property
    def prompt_days(self) -> int:
        """Return the days after which prompts of this server are deleted."""
        return self.choices.prompt_days(self.operator_days)

    @property
    def is_budget_used_up(self) -> bool:
        """Return whether the server's budget has no room for one more picture this month."""
        budget = self.choices.budget_microusd
        return budget is not None and self.spending.used_microusd + self.price_microusd > budget


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """All that decides what a member can make in a channel of a server."""

    member_id: MemberId
    channel_id: ChannelId
    settings: GuildSettings
    #: Blocked by the operator.
    is_server_blocked: bool
    is_member_blocked: bool
    #: Blocked by the server's moderators.
    block: MemberBlock | None
    usages: Sequence[Usage]
    #: The member's roles that allow the highest quality, if the server allows it by role.
    max_roles: frozenset[RoleId]


class AuditTopic(StrEnum):
    LIMITS = "limits"
    BUDGET = "budget"
    CHANNELS = "channels"
    LOG_CHANNEL = "log_channel"
    SUMMARY = "summary"
    LANGUAGE = "language"
    QUALITY = "quality"
    NOTICES = "notices"
    PRESETS = "presets"
    MODERATION = "moderation"
    WORDS = "words"
    FEED = "feed"
    HIDING = "hiding"
    RETENTION = "retention"
    AGE = "age"
    #: A moderator has deleted a member's picture.
    REMOVED = "removed"
    #: A moderator has given a picture back: it no longer counts toward its member's limits.
    GIVEN_BACK = "given_back"
    APPROVAL = "approval"
    #: A moderator has approved a picture, or has not.
    APPROVED = "approved"
    REJECTED = "rejected"
    #: A moderator has dismissed the reports of a picture.
    DISMISSED = "dismissed"
    STRIKES = "strikes"
    #: A moderator has given a member a strike, or has forgiven some.
    STRUCK = "struck"
    FORGIVEN = "forgiven"
    BLOCKED = "blocked"
    UNBLOCKED = "unblocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """One change: who made it, when, and the values before and after it, under the same keys.

    The keys by topic are: limits: those of `FIELDS`; budget: budget_microusd; channels: channel_ids;
    log_channel: channel_id; summary: is_on (1 or 0);
    hiding: reports; retention: days; age: is_on; language: language; quality: role_ids, counts_as;
    notices: seconds; presets: name and words, of which neither is set before it is added or after it is
    removed; moderation and feed: channel_id; words: count, names_words, texts (some of those added
    or removed); removed, given_back, dismissed, approved and rejected: picture (its number), member_id, and
    reason if there is one; blocked: member_id, until (seconds since 1970), reason; unblocked: member_id;
    strikes: is_on, causes, steps; struck: member_id, reason; forgiven: member_id, count;
    approval: is_for_everyone (1 or 0), role_ids, channel_ids.
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
    #: False if the values are lost with the key that encrypted them.
    is_readable: bool = True
