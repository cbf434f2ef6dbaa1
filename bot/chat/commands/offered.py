"""What the commands have in common: their types, and the options that several of them share."""

from typing import Any

import discord
from discord import app_commands

from bot.chat import periods
from bot.chat.presenter.command_words import RATIO_CHOICES, STYLE_CHOICES

Slash = app_commands.Command[Any, ..., Any]
#: Any channel in which members write, or in whose threads they do.
Place = discord.TextChannel | discord.ForumChannel | discord.VoiceChannel | discord.StageChannel

RATIOS = [app_commands.Choice(name=name, value=ratio.value) for ratio, name in RATIO_CHOICES.items()]
STYLES = [app_commands.Choice(name=name, value=style.value) for style, name in STYLE_CHOICES.items()]
PERIODS = [app_commands.Choice(name=name, value=name) for name in periods.PERIODS]
