"""Who acts, and where: what they may see, and what they may take down.

A press is not believed: a tampered client sends any id from anywhere. So what it acts on is held against the
place where that stands itself, never against the message with the button.
"""

from dataclasses import dataclass

from bot.domain.card import Card
from bot.domain.errors import JobUnknown, NotYours
from bot.domain.ids import ChannelId, GuildId, MemberId


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """`is_moderator` is by Discord's permissions at this moment, in this channel alone."""

    guild_id: GuildId
    channel_id: ChannelId
    member_id: MemberId
    is_moderator: bool

    def require_sight(self, card: Card) -> None:
        """Raises `JobUnknown`: for another server's card, another member's private one or in another channel.

        Nothing tells that the member may look into another channel.
        """
        is_here = card.channel_id == self.channel_id and not card.is_private
        if card.guild_id != self.guild_id or (card.member_id != self.member_id and not is_here):
            raise JobUnknown

    def require_may_take_down(self, member_id: MemberId, channel_id: ChannelId) -> None:
        """Of a picture of that member's which stands in that channel. Raises `NotYours`."""
        is_moderator_there = self.is_moderator and channel_id == self.channel_id
        if member_id != self.member_id and not is_moderator_there:
            raise NotYours
