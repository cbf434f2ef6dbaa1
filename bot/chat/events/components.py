"""Handles every press of a button, choice in a select and submitted modal, by its custom id.

discord.py's own stores of views and modals are not used: they are in memory, and lost at a restart.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import discord

from bot.chat.access.permission_checks import RestrictedCommand
from bot.chat.actions import (
    card_buttons,
    delete_buttons,
    edit_modals,
    favourites,
    job_pages,
    own_choices,
    quality_settings,
    repost_buttons,
    review_pages,
    rewording,
    settings_changes,
    settings_views,
    variations,
)
from bot.chat.incoming.languages import language_of_member
from bot.chat.presenter.custom_ids import Action, CustomId
from bot.chat.responses.context import Context, require_served
from bot.words.language import speaking

Handler = Callable[[Context, discord.Interaction, CustomId], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Component:
    """A handler, and the command that a member must be allowed to use for it.

    Without such a command, it is for everyone: the handler looks up what this member may see and do.
    """

    handle: Handler
    needs: RestrictedCommand | None = None


def _config(handle: Handler) -> Component:
    return Component(handle, RestrictedCommand.CONFIG)


def _review(handle: Handler) -> Component:
    return Component(handle, RestrictedCommand.REVIEW)


COMPONENTS: Mapping[Action, Component] = {
    Action.CANCEL: Component(card_buttons.cancel),
    Action.AGAIN: Component(card_buttons.again),
    Action.REWORD: Component(rewording.open_reword),
    Action.REWORD_FORM: Component(rewording.reword_sent),
    Action.VARY: Component(variations.open_vary),
    Action.VARY_FORM: Component(variations.vary_sent),
    Action.PROMPT: Component(card_buttons.prompt),
    Action.DISMISS: Component(card_buttons.dismiss),
    Action.DETAILS: Component(card_buttons.details_of_card),
    Action.DETAILS_OF: Component(card_buttons.details_of_one),
    Action.EDIT: Component(edit_modals.open_edit),
    Action.EDIT_FORM: Component(edit_modals.edit_sent),
    Action.MENU_FORM: Component(edit_modals.menu_sent),
    Action.UPLOAD_FORM: Component(edit_modals.upload_sent),
    Action.DELETE: Component(delete_buttons.delete_on_card),
    Action.DELETE_ONE: Component(delete_buttons.delete_one),
    Action.DELETE_THESE: Component(delete_buttons.delete_these),
    Action.JOBS: Component(job_pages.turn_page),
    Action.JOBS_PICK: Component(job_pages.pick),
    Action.JOBS_CANCEL: Component(job_pages.cancel),
    Action.STAR: Component(favourites.change),
    Action.SHOW: Component(repost_buttons.show),
    Action.POST: Component(repost_buttons.ask_first),
    Action.POST_PUBLICLY: Component(repost_buttons.post_publicly),
    Action.LATE: Component(repost_buttons.show_late),
    Action.REMOVE_COPY: Component(repost_buttons.remove_copy),
    Action.NOTIFY: Component(own_choices.notify_chosen),
    Action.SETTINGS: _config(settings_views.turn),
    Action.SETTINGS_PICK: _config(settings_views.pick),
    Action.SETTINGS_KNOWN: _config(settings_views.pick_known),
    Action.SETTINGS_LIMITS: _config(settings_changes.open_limits),
    Action.SETTINGS_CLEAR: _config(settings_changes.clear_limits),
    Action.SETTINGS_BUDGET: _config(settings_changes.open_budget),
    Action.SETTINGS_NO_BUDGET: _config(settings_changes.clear_budget),
    Action.SETTINGS_CHANNELS: _config(settings_changes.channels_chosen),
    Action.SETTINGS_REMOVE: _config(settings_changes.channels_removed),
    Action.SETTINGS_LOG: _config(settings_changes.log_chosen),
    Action.SETTINGS_LANGUAGE: _config(settings_changes.language_chosen),
    Action.SETTINGS_QUALITY: _config(quality_settings.roles_chosen),
    Action.SETTINGS_COUNTS_AS: _config(quality_settings.count_chosen),
    Action.SETTINGS_NOTICES: _config(settings_changes.notices_chosen),
    Action.LIMITS_FORM: _config(settings_changes.limits_sent),
    Action.BUDGET_FORM: _config(settings_changes.budget_sent),
    Action.REVIEW: _review(review_pages.turn_report),
    Action.REVIEW_EXPORT: _review(review_pages.export),
    Action.REVIEW_PERIOD: _review(review_pages.period_chosen),
    Action.REVIEW_OF_MEMBER: _review(review_pages.member_chosen),
    Action.REVIEW_IN_CHANNEL: _review(review_pages.channel_chosen),
    Action.REVIEW_MEMBER: _review(review_pages.turn_member),
    Action.REVIEW_PICK: _review(review_pages.pick),
    Action.REVIEW_REMOVE: _review(review_pages.remove),
    Action.REVIEW_GIVE_BACK: _review(review_pages.give_back),
    Action.REVIEW_AUDIT: _review(review_pages.turn_audit),
}
_KINDS = (discord.InteractionType.component, discord.InteractionType.modal_submit)


async def handle(context: Context, interaction: discord.Interaction) -> None:
    """Handle components and modals. discord.py's command tree handles commands."""
    if interaction.type not in _KINDS:
        return
    with speaking(language_of_member(interaction)):
        await _handle(context, interaction)


async def _handle(context: Context, interaction: discord.Interaction) -> None:
    try:
        require_served(interaction, context.served_guild_ids)
        pressed = CustomId.read(interaction.custom_id or "")
        component = COMPONENTS[pressed.action]
        if component.needs is not None:
            await context.permission_checks.require(interaction, component.needs)
        await component.handle(context, interaction, pressed)
    except Exception as error:  # noqa: BLE001  the last place to handle it: answered and logged there
        await context.error_handler.handle(interaction, error)
