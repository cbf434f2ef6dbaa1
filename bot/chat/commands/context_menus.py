"""The entries under Apps in a message's menu."""

import discord
from discord import app_commands

from bot.chat.actions.card_buttons import details_of_message
from bot.chat.actions.complaints import open_report
from bot.chat.actions.edit_modals import open_menu
from bot.chat.presenter.wording import command_words as words
from bot.chat.responses.context import Context


def edit_menu(context: Context) -> app_commands.ContextMenu:
    async def edit_image(interaction: discord.Interaction, message: discord.Message) -> None:
        await open_menu(context, interaction, message)

    return app_commands.ContextMenu(name=words.EDIT_MENU, callback=edit_image)


def details_menu(context: Context) -> app_commands.ContextMenu:
    async def image_details(interaction: discord.Interaction, message: discord.Message) -> None:
        await details_of_message(context, interaction, message)

    return app_commands.ContextMenu(name=words.DETAILS_MENU, callback=image_details)


def report_menu(context: Context) -> app_commands.ContextMenu:
    async def report_image(interaction: discord.Interaction, message: discord.Message) -> None:
        await open_report(context, interaction, message)

    return app_commands.ContextMenu(name=words.REPORT_MENU, callback=report_image)
