"""Translates the descriptions of commands into each language that Discord and the bot both have."""

import discord
from discord import app_commands
from discord.app_commands import TranslationContextLocation, TranslationContextTypes

from bot.words.catalogs import gettext
from bot.words.language import language_of, speaking

#: Names are left in English: they are what people tell each other to type.
TRANSLATED = (
    TranslationContextLocation.command_description,
    TranslationContextLocation.group_description,
    TranslationContextLocation.parameter_description,
    TranslationContextLocation.choice_name,
)


class Translator(app_commands.Translator):
    """discord.py asks it for each text of each command in each locale, once at a start."""

    async def translate(
        self, string: app_commands.locale_str, locale: discord.Locale, context: TranslationContextTypes
    ) -> str | None:
        """Return None for a text that is the same in English: Discord shows the English one by itself."""
        if context.location not in TRANSLATED:
            return None
        with speaking(language_of(str(locale))):
            translated = gettext(string.message)
        return None if translated == string.message else translated
