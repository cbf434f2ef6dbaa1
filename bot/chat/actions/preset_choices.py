"""The style presets that a dialogue offers, and the one that a member has chosen there or typed."""

import asyncio
from contextlib import suppress

import discord

from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.submitted_values import SubmittedModal
from bot.chat.presenter.cards.forms import NO_PRESETS, PRESET, OfferedPresets
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.responses.context import Context
from bot.domain.presets import Preset, PresetId

#: A dialogue has to open within three seconds, with or without the list.
LOOK_UP_SECONDS = 1.0
#: Before a card's id: the preset of that card, as it was then.
OF_CARD = "card-"


async def offered(
    context: Context, interaction: discord.Interaction, like: Preset | None = None
) -> OfferedPresets:
    """Return the server's presets; the one with the name of `like` is chosen at first."""
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_UP_SECONDS):
            return OfferedPresets.like(await context.presets.all_of(guild_of(interaction)), like)
    return NO_PRESETS


async def chosen_in(
    context: Context, interaction: discord.Interaction, filled: SubmittedModal, before: Preset | None = None
) -> Preset | None:
    """Return the chosen preset; where the dialogue had no list, the one of `before`.

    Raises `PresetUnknown` if it was removed meanwhile.
    """
    if not filled.has(PRESET):
        return before
    chosen = filled.choice(PRESET)
    if chosen is None:
        return None
    return await context.presets.get(guild_of(interaction), PresetId(as_number(chosen)))


async def named_in(
    context: Context, interaction: discord.Interaction, sent: CustomId, at: int
) -> Preset | None:
    """Return the preset that a part of a dialogue's custom id names; dialogues from before have none.

    Raises `PresetUnknown` if it was removed meanwhile.
    """
    part = sent.text(at) if len(sent.args) > at else ""
    if not part:
        return None
    if part.startswith(OF_CARD):
        view = await context.view(interaction, as_number(part.removeprefix(OF_CARD)))
        return view.jobs[0].preset
    return await context.presets.get(guild_of(interaction), PresetId(as_number(part)))
