"""/config strikes: shows and changes what is a strike, and what strikes lead to."""

from collections.abc import Callable
from dataclasses import replace

import discord

from bot.chat.delivery.sender import open_form, replace_own, tell_alone
from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.strike_steps import read_step
from bot.chat.incoming.submitted_values import SubmittedModal, selected_if_any
from bot.chat.presenter.elements.custom_ids import CustomId, as_choice
from bot.chat.presenter.settings.panel_views import View, back_to
from bot.chat.presenter.settings.strikes_panel import STEPS, steps_form, strikes_panel, strikes_saved
from bot.chat.responses.context import Context
from bot.domain.errors import JobUnknown
from bot.domain.ids import MemberId
from bot.domain.strikes import SWITCHED, StrikeCause, StrikeRules


async def open_strikes(context: Context, interaction: discord.Interaction) -> None:
    await tell_alone(interaction, strikes_panel(await _rules(context, interaction), back_to(View.ALL)))


async def show(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    await replace_own(interaction, strikes_panel(await _rules(context, interaction), back_to(View.ALL)))


async def switched(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    is_on = pressed.flag(0)
    await _save(context, interaction, lambda rules: replace(rules, is_on=is_on))


async def causes_chosen(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    """Raises `JobUnknown` for what only a forged list can hold."""
    causes = frozenset(as_choice(StrikeCause, value) for value in selected_if_any(interaction))
    if not causes.issubset(SWITCHED):
        raise JobUnknown
    await _save(context, interaction, lambda rules: replace(rules, causes=causes))


async def open_steps(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    await open_form(interaction, steps_form(await _rules(context, interaction), interaction.id))


async def steps_sent(context: Context, interaction: discord.Interaction, _sent: CustomId) -> None:
    filled = SubmittedModal.of(interaction)
    read = [read_step(filled.text(field)) for field in STEPS]
    steps = tuple(step for step in read if step is not None)
    await _save(context, interaction, lambda rules: replace(rules, steps=steps))


async def _rules(context: Context, interaction: discord.Interaction) -> StrikeRules:
    return (await context.administration.settings(guild_of(interaction))).choices.strikes


async def _save(
    context: Context, interaction: discord.Interaction, changed: Callable[[StrikeRules], StrikeRules]
) -> None:
    by = guild_of(interaction), MemberId(interaction.user.id)
    settings = await context.administration.set_strikes(*by, changed)
    await replace_own(
        interaction, strikes_panel(settings.choices.strikes, back_to(View.ALL), strikes_saved())
    )
