"""Where every press of a button, choice in a select and sent dialogue arrives, by its custom id.

discord.py's own stores of views and modals are not used: they live in memory, and forget at a restart.
"""

from collections.abc import Awaitable, Callable, Mapping

import discord

from bot.chat.actions import (
    configuring,
    deleting,
    editing,
    listing,
    on_cards,
    posting,
    reviewing,
    settings_views,
)
from bot.chat.answering.desk import Desk, require_served
from bot.chat.incoming.languages import language_of_member
from bot.chat.presenter.custom_ids import Action, CustomId
from bot.words.language import speaking

Handler = Callable[[Desk, discord.Interaction, CustomId], Awaitable[None]]

HANDLERS: Mapping[Action, Handler] = {
    Action.CANCEL: on_cards.cancel,
    Action.AGAIN: on_cards.again,
    Action.PROMPT: on_cards.prompt,
    Action.DETAILS: on_cards.details_of_card,
    Action.DETAILS_OF: on_cards.details_of_one,
    Action.EDIT: editing.open_edit,
    Action.EDIT_FORM: editing.edit_sent,
    Action.MENU_FORM: editing.menu_sent,
    Action.UPLOAD_FORM: editing.upload_sent,
    Action.DELETE: deleting.delete_on_card,
    Action.DELETE_ONE: deleting.delete_one,
    Action.DELETE_THESE: deleting.delete_these,
    Action.JOBS: listing.turn_page,
    Action.JOBS_PICK: listing.pick,
    Action.JOBS_CANCEL: listing.cancel,
    Action.SHOW: posting.show,
    Action.POST: posting.ask_first,
    Action.POST_PUBLICLY: posting.post_publicly,
    Action.LATE: posting.show_late,
    Action.REMOVE_COPY: posting.remove_copy,
    Action.SETTINGS: settings_views.turn,
    Action.SETTINGS_PICK: settings_views.pick,
    Action.SETTINGS_KNOWN: settings_views.pick_known,
    Action.SETTINGS_LIMITS: configuring.open_limits,
    Action.SETTINGS_CLEAR: configuring.clear_limits,
    Action.SETTINGS_BUDGET: configuring.open_budget,
    Action.SETTINGS_NO_BUDGET: configuring.clear_budget,
    Action.SETTINGS_CHANNELS: configuring.channels_chosen,
    Action.SETTINGS_REMOVE: configuring.channels_removed,
    Action.SETTINGS_LOG: configuring.log_chosen,
    Action.LIMITS_FORM: configuring.limits_sent,
    Action.BUDGET_FORM: configuring.budget_sent,
    Action.REVIEW: reviewing.turn_report,
    Action.REVIEW_EXPORT: reviewing.export,
    Action.REVIEW_MEMBER: reviewing.turn_member,
    Action.REVIEW_AUDIT: reviewing.turn_audit,
}
_KINDS = (discord.InteractionType.component, discord.InteractionType.modal_submit)


async def handle(desk: Desk, interaction: discord.Interaction) -> None:
    """Commands go another way and are left alone here."""
    if interaction.type not in _KINDS:
        return
    with speaking(language_of_member(interaction)):
        await _handle(desk, interaction)


async def _handle(desk: Desk, interaction: discord.Interaction) -> None:
    try:
        require_served(interaction, desk.served_guild_ids)
        pressed = CustomId.read(interaction.custom_id or "")
        await HANDLERS[pressed.action](desk, interaction, pressed)
    except Exception as error:  # noqa: BLE001  nobody else hears of it: told and logged there
        await desk.mishaps.tell(interaction, error)
