"""The choices that members make for themselves, below `/usage`."""

import discord

from bot.chat.delivery.sender import replace_own
from bot.chat.incoming.submitted_values import selected
from bot.chat.presenter.custom_ids import CustomId, as_choice
from bot.chat.presenter.own_usage import own_usage
from bot.chat.responses.context import Context
from bot.domain.ids import MemberId
from bot.domain.notice import Notify


async def notify_chosen(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    notify = as_choice(Notify, selected(interaction)[0])
    await context.gallery.set_notify(MemberId(interaction.user.id), notify)
    await replace_own(interaction, own_usage(await context.usages(interaction)))
