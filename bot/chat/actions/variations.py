"""Variations: other takes of a finished picture, made by editing it with words of the bot's own."""

import asyncio
from contextlib import suppress

import discord

from bot.chat.actions.edit_modals import LOOK_UP_SECONDS, chosen_on, quality_named, shown_on, source_of
from bot.chat.delivery.sender import open_form
from bot.chat.incoming.submitted_values import SubmittedModal
from bot.chat.presenter.cards.forms import COUNT, QUALITY, vary_form
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.responses.context import Context, own_message
from bot.domain.luma import VARIATION_PROMPT
from bot.domain.request import COUNT_MOST, Door, ImageRequest


async def open_vary(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    view = await context.view(interaction, pressed.number(0))
    shown, most = shown_on(view), await _most_now(context, interaction)
    quality = shown[0].quality if await context.may_use_max(interaction) else None
    await open_form(interaction, vary_form(view.card.id, shown, most, interaction.id, quality))


async def _most_now(context: Context, interaction: discord.Interaction) -> int:
    """Return how many the limits leave; all while that is unknown. Admission decides when it is sent."""
    most = COUNT_MOST
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_UP_SECONDS):
            most = min([most, *(usage.left for usage in await context.usage(interaction))])
    return most


async def vary_sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    """Ask for variations. The card shows the words of the picture; others are sent."""
    filled = SubmittedModal.of(interaction)
    view = await context.view(interaction, sent.number(0))
    job = chosen_on(view, filled)
    request = ImageRequest.checked(
        prompt=job.prompt or VARIATION_PROMPT,
        sent_prompt=VARIATION_PROMPT,
        quality=quality_named(filled.choice(QUALITY)),
        preset=job.preset,
        count=as_number(filled.choice(COUNT) or "1"),
        source=source_of(job, view.card, own_message(interaction)),
    )
    await context.ask(interaction, request, Door.VARIATIONS, is_private=view.card.is_private)
