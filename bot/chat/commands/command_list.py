"""Every command that the bot registers."""

from typing import Any

from discord import app_commands

from bot.chat.commands.config import config_commands
from bot.chat.commands.context_menus import details_menu, edit_menu, report_menu
from bot.chat.commands.edit import edit_command
from bot.chat.commands.help import help_command
from bot.chat.commands.imagine import imagine_command
from bot.chat.commands.jobs import jobs_command
from bot.chat.commands.privacy import privacy_commands
from bot.chat.commands.review import review_commands
from bot.chat.commands.usage import usage_command
from bot.chat.responses.context import Context


def add_commands(tree: app_commands.CommandTree[Any], context: Context, *, offers_max: bool) -> None:
    """Add all commands; `offers_max` decides whether they have a choice of quality."""
    for image_command in (imagine_command, edit_command):
        tree.add_command(image_command(context, offers_max=offers_max))
    for command in (jobs_command, usage_command, help_command):
        tree.add_command(command(context))
    for commands in (privacy_commands, review_commands):
        tree.add_command(commands(context))
    tree.add_command(config_commands(context, offers_max=offers_max))
    for menu in (edit_menu, details_menu, report_menu):
        tree.add_command(menu(context))
