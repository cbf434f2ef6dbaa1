"""Approval: which pictures a moderator has to look at before anybody sees them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.errors import Refusal
from bot.domain.ids import ChannelId, RoleId

#: The roles, and the channels, that a server can name: as many as Discord's lists take.
NAMED_MOST = 25
#: What no one has looked at by then is rejected: the provider deletes its file a day later.
WAITS_FOR = timedelta(days=6)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRules:
    """The pictures that need it: those of everyone, of members with a role, or for a channel."""

    is_for_everyone: bool = False
    roles: frozenset[RoleId] = frozenset()
    #: Threads follow their channel.
    channels: frozenset[ChannelId] = frozenset()

    @property
    def is_on(self) -> bool:
        return self.is_for_everyone or bool(self.roles or self.channels)

    def need(self, role_ids: Collection[RoleId], channel_ids: Collection[ChannelId | None]) -> bool:
        """Return whether a request by a member with these roles needs it in one of the channels."""
        is_named = not (self.roles.isdisjoint(role_ids) and self.channels.isdisjoint(channel_ids))
        return self.is_for_everyone or is_named


class ApprovalMissing(Refusal):
    """Pictures need approval here, and no moderator has approved this one."""
