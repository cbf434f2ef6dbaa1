"""/config quality: saves who may choose max quality, and how many pictures one counts as."""

import discord

from bot.chat.actions.settings_views import refresh
from bot.chat.incoming.payload import chosen_roles, guild_of
from bot.chat.incoming.submitted_values import selected
from bot.chat.presenter.elements.custom_ids import NONE_AT_ALL, CustomId, as_number
from bot.chat.presenter.settings.panel_views import View
from bot.chat.presenter.settings.quality_panel import quality_saved
from bot.chat.responses.context import Context
from bot.domain.errors import JobUnknown
from bot.domain.ids import MemberId, RoleId


async def roles_chosen(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    roles = None if pressed.clears else _roles(interaction, pressed)
    by = guild_of(interaction), MemberId(interaction.user.id)
    saved = await context.administration.set_max_roles(*by, roles)
    await refresh(context, interaction, View.QUALITY, quality_saved(saved))


def _roles(interaction: discord.Interaction, pressed: CustomId) -> list[RoleId]:
    """Raises `JobUnknown` for roles of another server, as in a forged list."""
    if NONE_AT_ALL in pressed.args:
        return []
    ids = [as_number(value) for value in selected(interaction)]
    if not chosen_roles(interaction).issuperset(ids):
        raise JobUnknown
    return [RoleId(id_) for id_ in ids]


async def count_chosen(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    by = guild_of(interaction), MemberId(interaction.user.id)
    saved = await context.administration.set_max_counts_as(*by, as_number(selected(interaction)[0]))
    await refresh(context, interaction, View.QUALITY, quality_saved(saved))
