"""/review strikes: the strikes of a member, and the buttons that give and forgive them."""

import discord

from bot.chat.actions.ranks import require_may_block, require_may_forgive
from bot.chat.delivery.sender import keep_promise, open_form, promise, promise_to_replace_own
from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.submitted_values import SubmittedModal, selected
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.presenter.moderation.strike_pages import (
    REASON,
    forgiven_note,
    strike_form,
    strikes_page,
    struck_note,
)
from bot.chat.responses.context import Context
from bot.domain.ids import MemberId
from bot.domain.strikes import StrikeId


async def show_strikes(context: Context, interaction: discord.Interaction, who: MemberId) -> None:
    await promise(interaction, is_new=True)
    await _show(context, interaction, who, 0)


async def turn(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    who, page = MemberId(pressed.number(0)), pressed.number(1)
    await promise_to_replace_own(interaction)
    await _show(context, interaction, who, page)


async def open_strike(_context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    await open_form(interaction, strike_form(MemberId(pressed.number(0)), pressed.number(1), interaction.id))


async def strike_sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    who, page = MemberId(sent.number(0)), sent.number(1)
    reason = SubmittedModal.of(interaction).text(REASON).strip()
    await promise_to_replace_own(interaction)
    await require_may_block(context.servers, interaction, who)
    by = MemberId(interaction.user.id)
    struck = await context.strike_list.add(guild_of(interaction), by, who, reason)
    await _show(context, interaction, who, page, struck_note(is_blocked=struck.block is not None))


async def forgive_one(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    strike_id = StrikeId(as_number(selected(interaction)[0]))
    await _forgive(context, interaction, pressed, strike_id)


async def forgive_all(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    await _forgive(context, interaction, pressed, None)


async def _forgive(
    context: Context, interaction: discord.Interaction, pressed: CustomId, strike_id: StrikeId | None
) -> None:
    who, page = MemberId(pressed.number(0)), pressed.number(1)
    await promise_to_replace_own(interaction)
    await require_may_forgive(context.servers, interaction, who)
    by = MemberId(interaction.user.id)
    await context.strike_list.forgive(guild_of(interaction), by, who, strike_id)
    await _show(context, interaction, who, page, forgiven_note())


async def _show(
    context: Context, interaction: discord.Interaction, who: MemberId, page: int, note: str = ""
) -> None:
    shown = await context.strike_list.page(guild_of(interaction), who, page)
    await keep_promise(interaction, strikes_page(shown, note))
