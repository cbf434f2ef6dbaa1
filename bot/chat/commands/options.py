"""Types and options that several commands share."""

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import discord
from discord import app_commands

from bot.chat.delivery.renderer import CHANNEL_TYPES, POST_CHANNEL_TYPES
from bot.chat.incoming import periods
from bot.chat.presenter.settings.language_settings import AS_DISCORD_SAYS
from bot.chat.presenter.wording.command_words import (
    AS_SET_IN_DISCORD,
    PERIOD_CHOICES,
    QUALITY_CHOICES,
    RATIO_CHOICES,
    STYLE_CHOICES,
)
from bot.domain.errors import ChoiceUnknown
from bot.domain.ids import ChannelId
from bot.domain.luma import AspectRatio, Style
from bot.domain.quality import Quality
from bot.words.catalogs import gettext
from bot.words.language import LANGUAGES, speaking

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


#: Any channel in which, or in whose threads, members write.
Place = Annotated[ChannelId, _Place(*CHANNEL_TYPES)]
#: Where notices are posted.
LogPlace = Annotated[ChannelId, _Place(*POST_CHANNEL_TYPES)]

RATIOS = [app_commands.Choice(name=name, value=ratio.value) for ratio, name in RATIO_CHOICES.items()]
QUALITIES = [app_commands.Choice(name=name, value=quality.value) for quality, name in QUALITY_CHOICES.items()]
STYLES = [app_commands.Choice(name=name, value=style.value) for style, name in STYLE_CHOICES.items()]
LANGUAGE_CHOICES = [
    app_commands.Choice(name=AS_SET_IN_DISCORD, value=AS_DISCORD_SAYS),
    *(app_commands.Choice(name=name, value=code) for code, name in LANGUAGES.items()),
]
PERIODS = [app_commands.Choice(name=PERIOD_CHOICES[period], value=period) for period in periods.PERIODS]


def chosen_ratio(sent: str | None) -> AspectRatio | None:
    return None if sent is None else AspectRatio(_value("aspect_ratio", RATIOS, sent))


def chosen_style(sent: str) -> Style:
    return Style(_value("style", STYLES, sent))


def chosen_quality(sent: str) -> Quality:
    return Quality(_value("quality", QUALITIES, sent))


def image_command(
    callback: Callable[..., Any],
    description: str,
    texts: Mapping[str, str],
    choices: Mapping[str, list[app_commands.Choice[str]]],
    *,
    has_quality: bool,
) -> Slash:
    """Build a command that asks for pictures. An option that is not offered keeps its default."""
    left_out = set() if has_quality else {"quality"}
    shown = inspect.signature(callback)
    kept = [parameter for name, parameter in shown.parameters.items() if name not in left_out]
    callback.__signature__ = shown.replace(parameters=kept)  # type: ignore[attr-defined]  # PEP 362 allows it
    described = app_commands.describe(**{name: texts[name] for name in texts if name not in left_out})
    listed = app_commands.choices(**{name: choices[name] for name in choices if name not in left_out})
    command = app_commands.command(name=callback.__name__, description=description)
    return command(described(listed(callback)))


def chosen_period_name(sent: str | None) -> str | None:
    return None if sent is None else _value("period", PERIODS, sent)


def chosen_language(sent: str | None) -> str | None:
    return None if sent is None else _value("language", LANGUAGE_CHOICES, sent)


def _value(option: str, choices: Sequence[app_commands.Choice[str]], sent: str) -> str:
    """Return the value of the choice with this value, or with this name in any language.

    Discord sometimes sends the name instead.

    Raises `ChoiceUnknown`.
    """
    wanted = _folded(sent)
    for choice in choices:
        if wanted in map(_folded, (choice.value, *_names(choice))):
            return choice.value
    raise ChoiceUnknown(option, sent)


def _names(choice: app_commands.Choice[str]) -> Iterator[str]:
    """Yield the choice's name in each language."""
    for language in LANGUAGES:
        with speaking(language):
            yield gettext(choice.name)


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())
