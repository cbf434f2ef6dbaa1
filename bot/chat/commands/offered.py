"""What the commands have in common: their types, and the options that several of them share."""

from typing import Annotated, Any

import discord
from discord import app_commands

from bot.chat import periods
from bot.chat.presenter.command_words import RATIO_CHOICES, STYLE_CHOICES
from bot.chat.rendering import CHANNEL_TYPES
from bot.domain.ids import ChannelId
from bot.domain.request import AspectRatio, Style

Slash = app_commands.Command[Any, ..., Any]


class _Place(app_commands.Transformer):
    """Written out: discord.py adds media channels to forums, which Discord does not describe here, and looks
    single kinds of channels up in its caches, which may be empty.
    """

    def __init__(self, *kinds: discord.ChannelType) -> None:
        self._kinds = kinds

    @property
    def type(self) -> discord.AppCommandOptionType:
        return discord.AppCommandOptionType.channel

    @property
    def channel_types(self) -> list[discord.ChannelType]:
        return list(self._kinds)

    async def transform(self, _: discord.Interaction, value: Any, /) -> ChannelId:
        return ChannelId(value.id)


#: Any channel in which members write, or in whose threads they do.
Place = Annotated[ChannelId, _Place(*CHANNEL_TYPES)]
#: Where notices are posted.
LogPlace = Annotated[ChannelId, _Place(discord.ChannelType.text, discord.ChannelType.news)]

#: An option's value that is none of the choices: the command was offered by another version of the bot.
NotOffered = app_commands.AppCommandError


def chosen_ratio(value: str | None) -> AspectRatio | None:
    """By its value, or by its name, which Discord sends at times instead. Raises `NotOffered`."""
    named = {name: ratio.value for ratio, name in RATIO_CHOICES.items()}
    try:
        return AspectRatio(named.get(value, value)) if value is not None else None
    except ValueError as error:
        raise NotOffered("an unheard-of ratio") from error


def chosen_style(value: str) -> Style:
    """Raises `NotOffered`."""
    try:
        return Style(value)
    except ValueError as error:
        raise NotOffered("an unheard-of style") from error


RATIOS = [app_commands.Choice(name=name, value=ratio.value) for ratio, name in RATIO_CHOICES.items()]
STYLES = [app_commands.Choice(name=name, value=style.value) for style, name in STYLE_CHOICES.items()]
PERIODS = [app_commands.Choice(name=name, value=name) for name in periods.PERIODS]
