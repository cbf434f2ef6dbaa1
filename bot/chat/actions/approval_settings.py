"""/config approval: saves whose images a moderator looks at before anyone sees them."""

from collections.abc import Callable
from dataclasses import replace

import discord

from bot.chat.actions.settings_changes import channels_here
from bot.chat.actions.settings_views import refresh
from bot.chat.incoming.payload import chosen_roles, guild_of
from bot.chat.incoming.submitted_values import selected
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.presenter.settings.approval_panel import approval_saved
from bot.chat.presenter.settings.panel_views import View
from bot.chat.responses.context import Context
from bot.domain.approval import ApprovalRules
from bot.domain.errors import JobUnknown
from bot.domain.ids import MemberId, RoleId


async def everyone_switched(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    is_on = pressed.flag(0)
    await _save(context, interaction, lambda rules: replace(rules, is_for_everyone=is_on))


async def roles_chosen(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    roles = frozenset() if pressed.clears else _roles(interaction)
    await _save(context, interaction, lambda rules: replace(rules, roles=roles))


async def channels_chosen(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    channels = frozenset(() if pressed.clears else channels_here(interaction))
    await _save(context, interaction, lambda rules: replace(rules, channels=channels))


def _roles(interaction: discord.Interaction) -> frozenset[RoleId]:
    """Return the chosen roles. Raises `JobUnknown` for another server's, as in a forged list."""
    ids = [as_number(value) for value in selected(interaction)]
    if not chosen_roles(interaction).issuperset(ids):
        raise JobUnknown
    return frozenset(map(RoleId, ids))


async def _save(
    context: Context, interaction: discord.Interaction, changed: Callable[[ApprovalRules], ApprovalRules]
) -> None:
    by = guild_of(interaction), MemberId(interaction.user.id)
    await context.administration.set_approval(*by, changed)
    await refresh(context, interaction, View.APPROVAL, approval_saved())
