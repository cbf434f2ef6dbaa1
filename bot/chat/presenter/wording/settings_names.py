"""The names of a server's roles, members and channels in its settings, and words for those that are gone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from bot.chat.incoming.text import one_line
from bot.chat.presenter.elements.message import MOST_OPTION
from bot.chat.presenter.elements.people import erased, mention
from bot.domain.administration import RuleScope, RuleSubject
from bot.domain.pseudonyms import is_pseudonym
from bot.words.catalogs import gettext as _


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The current names of a server's roles, channels and members. If known, a missing one is gone."""

    roles: Mapping[int, str] = field(default_factory=dict)
    #: Only the members that the message names.
    members: Mapping[int, str] = field(default_factory=dict)
    #: All channels, but only those threads that the message names.
    channels: Mapping[int, str] = field(default_factory=dict)
    #: If False, Discord could not give the names, and nothing counts as gone.
    are_known: bool = True

    @classmethod
    def unknown(cls) -> Self:
        return cls(are_known=False)

    def mention(self, subject: RuleSubject) -> str:
        match subject.scope:
            case RuleScope.GUILD:
                return _("Everyone")
            case RuleScope.ROLE if subject.id in self.roles or not self.are_known:
                return f"<@&{subject.id}>"
            case RuleScope.MEMBER if subject.id in self.members or not self.are_known or _is_erased(subject):
                return mention(subject.id)
            case RuleScope.CHANNEL:
                return self.channel(subject.id)
        return _gone(subject, f"`{subject.id}`")

    def plain(self, subject: RuleSubject) -> str:
        """Return the name for lists of choices, which do not turn mentions into names."""
        if subject.scope is RuleScope.CHANNEL:
            return self.plain_channel(subject.id)
        names = self.roles if subject.scope is RuleScope.ROLE else self.members
        if known := one_line(names.get(subject.id, ""), MOST_OPTION):
            return known
        if _is_erased(subject):
            return erased()
        if self.are_known:
            return _gone(subject, str(subject.id))
        if subject.scope is RuleScope.ROLE:
            return _("Role {id}", id=subject.id)
        return _("Member {id}", id=subject.id)

    def channel(self, channel_id: int) -> str:
        if channel_id in self.channels or not self.are_known:
            return f"<#{channel_id}>"
        return _("deleted channel (`{id}`)", id=channel_id)

    def plain_channel(self, channel_id: int) -> str:
        if known := one_line(self.channels.get(channel_id, ""), MOST_OPTION):
            return known
        if self.are_known:
            return _("deleted channel ({id})", id=channel_id)
        return _("Channel {id}", id=channel_id)


def _is_erased(subject: RuleSubject) -> bool:
    return subject.scope is RuleScope.MEMBER and is_pseudonym(subject.id)


def _gone(subject: RuleSubject, id_: str) -> str:
    if subject.scope is RuleScope.ROLE:
        return _("Deleted role ({id})", id=id_)
    return _("Former member ({id})", id=id_)
