"""`/usage`, and the choices that members make for themselves below it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import discord

from bot.chat.access import bot_permissions
from bot.chat.delivery.sender import replace_own, tell_alone
from bot.chat.incoming.payload import channel_of, guild_of, is_in_thread, parent_of, roles_of
from bot.chat.incoming.submitted_values import selected
from bot.chat.presenter.elements.custom_ids import CustomId, as_choice
from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.members.own_usage import own_usage
from bot.chat.responses.context import Context
from bot.domain.errors import CommandDenied, PermissionsMissing, Refusal
from bot.domain.ids import MemberId
from bot.domain.notice import Notify
from bot.services.making.previews import Asker

#: The commands for members that ask for pictures; a server can allow each on its own.
_COMMANDS = ("imagine", "edit")


async def show_usage(context: Context, interaction: discord.Interaction) -> None:
    await tell_alone(interaction, await _usage(context, interaction))


async def notify_chosen(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    notify = as_choice(Notify, selected(interaction)[0])
    await context.gallery.set_notify(MemberId(interaction.user.id), notify)
    await replace_own(interaction, await _usage(context, interaction))


async def _usage(context: Context, interaction: discord.Interaction) -> Message:
    asker, usages = _asker(interaction), await context.usages(interaction)
    preview = await context.with_age(
        interaction, lambda age: context.previews.of(replace(asker, age=age), usages)
    )
    stops, hints = _by_permissions(interaction)
    denied = await _denied(context, interaction)
    (stops if len(denied) == len(_COMMANDS) else hints).extend(denied[:1])
    return own_usage(preview, stops, hints)


def _asker(interaction: discord.Interaction) -> Asker:
    return Asker(
        guild_id=guild_of(interaction),
        member_id=MemberId(interaction.user.id),
        role_ids=roles_of(interaction.user),
        channel_id=channel_of(interaction),
        parent_channel_id=parent_of(interaction),
    )


def _by_permissions(interaction: discord.Interaction) -> tuple[list[Refusal], list[Refusal]]:
    """Return a refusal of all pictures, or of public ones only, if the bot lacks permissions."""
    lacking = _missing(interaction, is_private=True)
    if lacking:
        return [PermissionsMissing(lacking)], []
    in_public = _missing(interaction, is_private=False)
    return [], [PermissionsMissing(in_public)] if in_public else []


def _missing(interaction: discord.Interaction, *, is_private: bool) -> Sequence[str]:
    is_thread = is_in_thread(interaction)
    return bot_permissions.missing(interaction.app_permissions, is_thread=is_thread, is_private=is_private)


async def _denied(context: Context, interaction: discord.Interaction) -> list[Refusal]:
    """Return a refusal for each command that the server denies the member here."""
    return [
        refusal
        for refusal in await asyncio.gather(
            *(_denial(context, interaction, command) for command in _COMMANDS)
        )
        if refusal
    ]


async def _denial(context: Context, interaction: discord.Interaction, command: str) -> Refusal | None:
    try:
        await context.permission_checks.require_use(interaction, command)
    except CommandDenied as refusal:
        return refusal
    return None
