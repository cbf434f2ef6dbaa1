"""Handles every press of a button, choice in a select and submitted modal, by its custom id.

discord.py's own stores of views and modals are not used: they are in memory, and lost at a restart.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

import discord

from bot.chat.access.permission_checks import RestrictedCommand
from bot.chat.actions import (
    approval_pages,
    approval_settings,
    block_pages,
    card_buttons,
    complaint_pages,
    complaints,
    delete_buttons,
    edit_modals,
    entitlements,
    favourites,
    job_pages,
    log_settings,
    moderation_settings,
    own_choices,
    own_data,
    picture_decisions,
    preset_settings,
    quality_settings,
    repost_buttons,
    retention_settings,
    review_pages,
    rewording,
    settings_changes,
    settings_views,
    strike_pages,
    strike_settings,
    variations,
    word_list,
)
from bot.chat.incoming.languages import language_of_member
from bot.chat.presenter.elements.custom_ids import Action, CustomId
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
    Action.PRIVACY_DELETE: Component(own_data.delete_pressed),
    Action.SETTINGS: _config(settings_views.turn),
    Action.SETTINGS_PICK: _config(settings_views.pick),
    Action.SETTINGS_KNOWN: _config(settings_views.pick_known),
    Action.SETTINGS_MEMBER: _config(entitlements.entitlement_chosen),
    Action.SETTINGS_LIMITS: _config(settings_changes.open_limits),
    Action.SETTINGS_CLEAR: _config(settings_changes.clear_limits),
    Action.SETTINGS_BUDGET: _config(settings_changes.open_budget),
    Action.SETTINGS_NO_BUDGET: _config(settings_changes.clear_budget),
    Action.SETTINGS_CHANNELS: _config(settings_changes.channels_chosen),
    Action.SETTINGS_REMOVE: _config(settings_changes.channels_removed),
    Action.SETTINGS_AGE: _config(settings_changes.age_switched),
    Action.SETTINGS_LOG: _config(log_settings.log_chosen),
    Action.SETTINGS_SUMMARY: _config(log_settings.summary_switched),
    Action.SETTINGS_LANGUAGE: _config(settings_changes.language_chosen),
    Action.SETTINGS_QUALITY: _config(quality_settings.roles_chosen),
    Action.SETTINGS_COUNTS_AS: _config(quality_settings.count_chosen),
    Action.SETTINGS_MODERATORS: _config(moderation_settings.moderators_chosen),
    Action.SETTINGS_FEED: _config(moderation_settings.feed_chosen),
    Action.SETTINGS_HIDING: _config(moderation_settings.hiding_chosen),
    Action.SETTINGS_RETENTION: _config(retention_settings.retention_chosen),
    Action.SETTINGS_NOTICES: _config(settings_changes.notices_chosen),
    Action.REPORT_FORM: Component(complaints.report_sent),
    Action.WORDS: _config(word_list.turn),
    Action.WORDS_ADD: _config(word_list.open_add),
    Action.WORDS_ADD_FORM: _config(word_list.add_sent),
    Action.WORDS_REMOVE: _config(word_list.words_removed),
    Action.WORDS_SEARCH: _config(word_list.open_search),
    Action.WORDS_FIND_FORM: _config(word_list.search_sent),
    Action.WORDS_TRY: _config(word_list.open_try),
    Action.WORDS_TRY_FORM: _config(word_list.try_sent),
    Action.WORDS_EXPORT: _config(word_list.export),
    Action.WORDS_NAMED: _config(word_list.names_chosen),
    Action.SETTINGS_PRESET: _config(preset_settings.pick),
    Action.PRESET_OPEN: _config(preset_settings.open_dialogue),
    Action.PRESET_REMOVE: _config(preset_settings.remove),
    Action.PRESET_FORM: _config(preset_settings.sent),
    Action.LIMITS_FORM: _config(settings_changes.limits_sent),
    Action.BUDGET_FORM: _config(settings_changes.budget_sent),
    Action.REVIEW: _review(review_pages.turn_report),
    Action.REVIEW_EXPORT: _review(review_pages.export),
    Action.REVIEW_PERIOD: _review(review_pages.period_chosen),
    Action.REVIEW_OF_MEMBER: _review(review_pages.member_chosen),
    Action.REVIEW_IN_CHANNEL: _review(review_pages.channel_chosen),
    Action.REVIEW_MEMBER: _review(review_pages.turn_member),
    Action.REVIEW_PICK: _review(picture_decisions.pick),
    Action.REVIEW_REMOVE: _review(picture_decisions.open_remove),
    Action.REVIEW_GIVE_BACK: _review(picture_decisions.open_give_back),
    Action.REMOVE_FORM: _review(picture_decisions.remove_sent),
    Action.GIVE_BACK_FORM: _review(picture_decisions.give_back_sent),
    Action.REVIEW_DISMISS: _review(complaint_pages.dismiss),
    Action.REVIEW_REASONS: _review(complaint_pages.show_reasons),
    Action.REVIEW_REPORTS: _review(complaint_pages.turn_list),
    Action.REVIEW_REPORTS_PICK: _review(complaint_pages.pick),
    Action.REVIEW_BLOCK: _review(block_pages.open_block),
    Action.REVIEW_BLOCK_FORM: _review(block_pages.block_sent),
    Action.REVIEW_UNBLOCK: _review(block_pages.unblock_pressed),
    Action.REVIEW_BLOCKED: _review(block_pages.turn_blocked),
    Action.REVIEW_STRIKES: _review(strike_pages.turn),
    Action.REVIEW_FORGIVE: _review(strike_pages.forgive_one),
    Action.REVIEW_FORGIVE_ALL: _review(strike_pages.forgive_all),
    Action.REVIEW_STRIKE: _review(strike_pages.open_strike),
    Action.REVIEW_STRIKE_FORM: _review(strike_pages.strike_sent),
    Action.STRIKES: _config(strike_settings.show),
    Action.STRIKES_ON: _config(strike_settings.switched),
    Action.STRIKES_CAUSES: _config(strike_settings.causes_chosen),
    Action.STRIKES_STEPS: _config(strike_settings.open_steps),
    Action.STRIKES_FORM: _config(strike_settings.steps_sent),
    Action.REVIEW_UNBLOCK_ONE: _review(block_pages.unblock_one),
    Action.REVIEW_IMAGE: _review(picture_decisions.show_one),
    Action.REVIEW_APPROVALS: _review(approval_pages.turn_list),
    Action.APPROVALS_PICK: _review(approval_pages.pick),
    Action.REVIEW_APPROVE: _review(approval_pages.approve),
    Action.REVIEW_REJECT: _review(approval_pages.open_reject),
    Action.REVIEW_REJECT_BLOCK: _review(approval_pages.open_reject_block),
    Action.REJECT_FORM: _review(approval_pages.reject_sent),
    Action.REJECT_BLOCK_FORM: _review(approval_pages.reject_block_sent),
    Action.APPROVAL_ALL: _config(approval_settings.everyone_switched),
    Action.APPROVAL_ROLES: _config(approval_settings.roles_chosen),
    Action.APPROVAL_CHANNELS: _config(approval_settings.channels_chosen),
    Action.FEED_PICK: _review(picture_decisions.pick_from_feed),
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
        context.error_handler.require_patience(interaction.user.id)
        pressed = CustomId.read(interaction.custom_id or "")
        component = COMPONENTS[pressed.action]
        if component.needs is not None:
            await context.permission_checks.require(interaction, component.needs)
        await component.handle(context, interaction, pressed)
    except Exception as error:  # noqa: BLE001  the last place to handle it: answered and logged there
        await context.error_handler.handle(interaction, error)
