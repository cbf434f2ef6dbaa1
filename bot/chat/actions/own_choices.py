"""The choices that members make for themselves, below `/usage`."""

import discord

from bot.chat.delivery.sender import replace_own
from bot.chat.incoming.payload import guild_of, place_of, roles_of
from bot.chat.incoming.submitted_values import selected
from bot.chat.presenter.custom_ids import CustomId, as_choice
from bot.chat.presenter.own_usage import own_usage
from bot.chat.responses.context import Context
from bot.domain.ids import MemberId
from bot.domain.notice import Notify


async def notify_chosen(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    notify = as_choice(Notify, selected(interaction)[0])
    member_id = MemberId(interaction.user.id)
    await context.gallery.set_notify(member_id, notify)
    used = await context.gallery.usages(
        guild_of(interaction), member_id, roles_of(interaction.user), place_of(interaction)
    )
    await replace_own(interaction, own_usage(used))
