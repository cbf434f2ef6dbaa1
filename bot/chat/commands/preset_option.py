"""The option `preset`: suggests the server's style presets, and finds the one that was typed."""

import asyncio

import discord
from discord import app_commands

from bot.chat.incoming.payload import guild_of
from bot.chat.presenter.cards.forms import preset_label
from bot.chat.presenter.elements.message import MOST_OPTIONS
from bot.chat.responses.context import Context
from bot.domain.presets import SavedPreset, name_key

#: Discord shows "Loading options failed" after three.
PATIENCE_SECONDS = 2.0


async def suggest_presets(
    context: Context, interaction: discord.Interaction, typed: str
) -> list[app_commands.Choice[str]]:
    """Never raises: a list of suggestions cannot show an error."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            presets = await context.presets.all_of(guild_of(interaction))
    except Exception as error:  # noqa: BLE001  logged there; the member sees an empty list
        context.error_handler.report(error)
        return []
    wanted = name_key(typed)
    found = [preset for preset in presets if wanted in name_key(preset_label(preset))][:MOST_OPTIONS]
    return [app_commands.Choice(name=preset_label(preset), value=preset.name) for preset in found]


async def chosen_preset(
    context: Context, interaction: discord.Interaction, typed: str | None
) -> SavedPreset | None:
    """Return the server's preset with that name, in upper or lower case. Raises `PresetUnknown`.

    Discord sends at times the label of a choice in place of its value.
    """
    if typed is None or not typed.strip():
        return None
    guild_id = guild_of(interaction)
    for preset in await context.presets.all_of(guild_id):
        if name_key(typed) in (name_key(preset.name), name_key(preset_label(preset))):
            return preset
    return await context.presets.named(guild_id, typed)
