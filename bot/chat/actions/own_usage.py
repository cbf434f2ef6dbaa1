"""/usage."""

import discord

from bot.chat.delivery.sender import tell_alone
from bot.chat.incoming.payload import roles_of
from bot.chat.presenter.own_usage import own_usage
from bot.chat.responses.context import Context, guild_of
from bot.domain.ids import MemberId


async def show_usage(context: Context, interaction: discord.Interaction) -> None:
    usage = await context.gallery.usages(
        guild_of(interaction), MemberId(interaction.user.id), roles_of(interaction.user)
    )
    await tell_alone(interaction, own_usage(usage))
