"""Where every press of a button, choice in a select and sent dialogue arrives, by its custom id.

discord.py's own stores of views and modals are not used: they live in memory, and forget at a restart.
"""

from collections.abc import Awaitable, Callable, Mapping

import discord

from bot.chat.actions import (
    card_buttons,
    delete_buttons,
    edit_modals,
    job_pages,
    repost_buttons,
    review_pages,
    settings_changes,
    settings_views,
)
from bot.chat.incoming.languages import language_of_member
from bot.chat.presenter.custom_ids import Action, CustomId
from bot.chat.responses.context import Context, require_served
from bot.words.language import speaking

Handler = Callable[[Context, discord.Interaction, CustomId], Awaitable[None]]

HANDLERS: Mapping[Action, Handler] = {
    Action.CANCEL: card_buttons.cancel,
    Action.AGAIN: card_buttons.again,
    Action.PROMPT: card_buttons.prompt,
    Action.DETAILS: card_buttons.details_of_card,
    Action.DETAILS_OF: card_buttons.details_of_one,
    Action.EDIT: edit_modals.open_edit,
    Action.EDIT_FORM: edit_modals.edit_sent,
    Action.MENU_FORM: edit_modals.menu_sent,
    Action.UPLOAD_FORM: edit_modals.upload_sent,
    Action.DELETE: delete_buttons.delete_on_card,
    Action.DELETE_ONE: delete_buttons.delete_one,
    Action.DELETE_THESE: delete_buttons.delete_these,
    Action.JOBS: job_pages.turn_page,
    Action.JOBS_PICK: job_pages.pick,
    Action.JOBS_CANCEL: job_pages.cancel,
    Action.SHOW: repost_buttons.show,
    Action.POST: repost_buttons.ask_first,
    Action.POST_PUBLICLY: repost_buttons.post_publicly,
    Action.LATE: repost_buttons.show_late,
    Action.REMOVE_COPY: repost_buttons.remove_copy,
    Action.SETTINGS: settings_views.turn,
    Action.SETTINGS_PICK: settings_views.pick,
    Action.SETTINGS_KNOWN: settings_views.pick_known,
    Action.SETTINGS_LIMITS: settings_changes.open_limits,
    Action.SETTINGS_CLEAR: settings_changes.clear_limits,
    Action.SETTINGS_BUDGET: settings_changes.open_budget,
    Action.SETTINGS_NO_BUDGET: settings_changes.clear_budget,
    Action.SETTINGS_CHANNELS: settings_changes.channels_chosen,
    Action.SETTINGS_REMOVE: settings_changes.channels_removed,
    Action.SETTINGS_LOG: settings_changes.log_chosen,
    Action.SETTINGS_LANGUAGE: settings_changes.language_chosen,
    Action.LIMITS_FORM: settings_changes.limits_sent,
    Action.BUDGET_FORM: settings_changes.budget_sent,
    Action.REVIEW: review_pages.turn_report,
    Action.REVIEW_EXPORT: review_pages.export,
    Action.REVIEW_MEMBER: review_pages.turn_member,
    Action.REVIEW_AUDIT: review_pages.turn_audit,
}
_KINDS = (discord.InteractionType.component, discord.InteractionType.modal_submit)


async def handle(context: Context, interaction: discord.Interaction) -> None:
    """Commands go another way and are left alone here."""
    if interaction.type not in _KINDS:
        return
    with speaking(language_of_member(interaction)):
        await _handle(context, interaction)


async def _handle(context: Context, interaction: discord.Interaction) -> None:
    try:
        require_served(interaction, context.served_guild_ids)
        pressed = CustomId.read(interaction.custom_id or "")
        await HANDLERS[pressed.action](context, interaction, pressed)
    except Exception as error:  # noqa: BLE001  nobody else hears of it: told and logged there
        await context.error_handler.tell(interaction, error)
