"""/help."""

import discord
from discord import app_commands

from bot.chat.access import message_content
from bot.chat.access.permission_checks import RestrictedCommand
from bot.chat.commands.options import Slash
from bot.chat.delivery.sender import tell_alone
from bot.chat.presenter.members.help import help_message
from bot.chat.presenter.wording import command_words as words
from bot.chat.responses.context import Context


def help_command(context: Context) -> Slash:
    @app_commands.command(name="help", description=words.HELP)
    async def help_(interaction: discord.Interaction) -> None:
        me = interaction.client.user
        bot_id = me.id if me else interaction.application_id
        message = help_message(
            bot_id=bot_id,
            has_reply_edits=context.has_reply_edits,
            reads_messages=message_content.is_readable(interaction.client),
            may_review=context.permission_checks.probably_may_use(interaction, RestrictedCommand.REVIEW),
            may_configure=context.permission_checks.probably_may_use(interaction, RestrictedCommand.CONFIG),
        )
        await tell_alone(interaction, message)

    return help_
