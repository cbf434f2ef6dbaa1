"""The person who acts, and the checks of what they may see and what they may delete.

The bot does not trust a click: a modified client can send any id from anywhere. So each check compares the
actor with the place where the picture itself is, never with the message that has the button.
"""

from dataclasses import dataclass

from bot.domain.card import Card
from bot.domain.errors import JobUnknown, NotYours
from bot.domain.ids import ChannelId, GuildId, MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """`is_moderator` follows Discord's permissions at this moment, in this channel only."""

    guild_id: GuildId
    channel_id: ChannelId
    member_id: MemberId
    is_moderator: bool

    def require_sight(self, card: Card) -> None:
        """Raise `JobUnknown` for a card of another server, and for others' cards elsewhere or in private.

        The bot cannot know whether the actor may see another channel.
        """
        is_here = card.channel_id == self.channel_id and not card.is_private
        if card.guild_id != self.guild_id or (card.member_id != self.member_id and not is_here):
            raise JobUnknown

    def require_may_delete(self, member_id: MemberId, channel_id: ChannelId) -> None:
        """Raise `NotYours` unless the actor may delete that member's picture in that channel."""
        if not self.may_delete(member_id, channel_id):
            raise NotYours

    def may_delete(self, member_id: MemberId, channel_id: ChannelId) -> bool:
        is_moderator_there = self.is_moderator and channel_id == self.channel_id
        return member_id == self.member_id or is_moderator_there
