"""Age-restricted channels, which Discord shows only to adults: a server may allow pictures only there."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.errors import Refusal
from bot.domain.ids import ChannelId


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeOfPlace:
    """The age restriction of a channel, or of the channel of a thread."""

    is_restricted: bool
    #: The age-restricted channels where the member could ask instead.
    others: Sequence[ChannelId] = ()


class AgeUnknown(Exception):
    """It matters here whether the channel is age-restricted, and it was not looked up."""


class AgeRefused(Refusal):
    """Pictures are made only in age-restricted channels, and this is not one. `others` are."""

    def __init__(self, others: Sequence[ChannelId] = ()) -> None:
        super().__init__(others)
        self.others = others
