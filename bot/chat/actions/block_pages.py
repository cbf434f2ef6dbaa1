"""/review block, unblock and blocked: who may not generate images here, and the buttons that change it."""

from datetime import timedelta

import discord
from discord import app_commands

from bot.chat.actions.ranks import require_may_block, require_may_unblock
from bot.chat.actions.review_pages import show_member_again
from bot.chat.delivery.sender import keep_promise, open_form, promise, promise_to_replace_own
from bot.chat.incoming.lengths import read_length
from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.submitted_values import SubmittedModal, selected
from bot.chat.presenter.elements.custom_ids import CustomId, as_member, as_number
from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.moderation.block_pages import (
    LENGTH,
    OTHER_LENGTH,
    REASON,
    block_form,
    blocked,
    blocks_page,
    unblocked,
    unblocked_note,
)
from bot.chat.presenter.settings.settings_panel import Named
from bot.chat.presenter.wording.block_words import LENGTHS, length_words
from bot.chat.responses.context import Context
from bot.chat.servers.server_names import names_in
from bot.domain.block import BlockOutcome, BlockRefused
from bot.domain.errors import JobUnknown
from bot.domain.ids import MemberId

# --- the commands ---------------------------------------------------------------------------------------


async def block(
    context: Context, interaction: discord.Interaction, who: MemberId, duration: str, reason: str
) -> None:
    length = read_length(duration)
    await promise(interaction, is_new=True)
    await keep_promise(interaction, blocked(await _block(context, interaction, who, length, reason)))


async def unblock(context: Context, interaction: discord.Interaction, who: MemberId) -> None:
    await promise(interaction, is_new=True)
    await _unblock(context, interaction, who)
    await keep_promise(interaction, unblocked(who))


async def show_blocked(context: Context, interaction: discord.Interaction) -> None:
    await promise(interaction, is_new=True)
    await keep_promise(interaction, await _page(context, interaction, 0))


def suggest_lengths(typed: str) -> list[app_commands.Choice[str]]:
    """Return what was typed first, if it can be read, then the usual lengths."""
    usual = [length_words(length) for length in LENGTHS]
    try:
        read = [length_words(read_length(typed))]
    except BlockRefused:
        read = []
    wanted = typed.casefold().strip()
    offered = dict.fromkeys([*read, *(words for words in usual if wanted in words.casefold())])
    return [app_commands.Choice(name=words, value=words) for words in offered]


# --- buttons, lists and the dialogue -----------------------------------------------------------------


async def open_block(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:  # noqa: ARG001  as every handler
    who, page = MemberId(pressed.number(0)), pressed.number(1)
    await open_form(interaction, block_form(who, page, interaction.id))


async def block_sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    who, page, filled = MemberId(sent.number(0)), sent.number(1), SubmittedModal.of(interaction)
    length = chosen_length(filled)
    await promise_to_replace_own(interaction)
    await _block(context, interaction, who, length, filled.text(REASON))
    await show_member_again(context, interaction, who, page)


async def unblock_pressed(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    who, page = MemberId(pressed.number(0)), pressed.number(1)
    await promise_to_replace_own(interaction)
    await _unblock(context, interaction, who)
    await show_member_again(context, interaction, who, page)


async def turn_blocked(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    page = pressed.number(0)
    await promise_to_replace_own(interaction)
    await keep_promise(interaction, await _page(context, interaction, page))


async def unblock_one(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    who, page = as_member(selected(interaction)[0]), pressed.number(0)
    await promise_to_replace_own(interaction)
    await _unblock(context, interaction, who)
    await keep_promise(interaction, await _page(context, interaction, page, unblocked_note(who)))


def chosen_length(filled: SubmittedModal) -> timedelta | None:
    """Return what was typed, else what was chosen. Raises `BlockRefused`; `JobUnknown` if it is forged."""
    if typed := filled.text(OTHER_LENGTH).strip():
        return read_length(typed)
    chosen = as_number(filled.choice(LENGTH) or "")
    if chosen >= len(LENGTHS):
        raise JobUnknown
    return LENGTHS[chosen]


# --- what they do ---------------------------------------------------------------------------------------


async def _block(
    context: Context,
    interaction: discord.Interaction,
    who: MemberId,
    length: timedelta | None,
    reason: str,
) -> BlockOutcome:
    await require_may_block(context.servers, interaction, who)
    by = MemberId(interaction.user.id)
    return await context.block_list.block(guild_of(interaction), by, who, length, reason.strip())


async def _unblock(context: Context, interaction: discord.Interaction, who: MemberId) -> None:
    await require_may_unblock(context.servers, interaction, who)
    await context.block_list.unblock(guild_of(interaction), MemberId(interaction.user.id), who)


async def _page(context: Context, interaction: discord.Interaction, page: int, note: str = "") -> Message:
    guild_id = guild_of(interaction)
    shown = await context.block_list.page(guild_id, page)
    named = Named(members=[block.member_id for block in shown.blocks])
    return blocks_page(shown, await names_in(context.servers, guild_id, named), note)
