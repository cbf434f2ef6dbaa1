"""Finding the one thing that a name means."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from standins.fake_discord.model import Channel

T = TypeVar("T")


class NameNotFoundError(LookupError):
    """No thing of that name exists, or several do."""

    def __init__(self, name: str, matches: int) -> None:
        super().__init__(name, matches)
        self.name = name
        self.matches = matches


def only(found: list[T], name: str) -> T:
    """The single one found. Raises NameNotFoundError."""
    if len(found) != 1:
        raise NameNotFoundError(name, len(found))
    return found[0]


def channels_named(name: str, channels: Iterable[Channel]) -> list[Channel]:
    """Those of a name with or without `#`, or of "Guild name/channel"."""
    guild_name, _, channel_name = name.rpartition("/")
    wanted = channel_name.removeprefix("#")
    return [one for one in channels if one.name == wanted and guild_name in ("", one.guild.name)]
