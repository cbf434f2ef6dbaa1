"""/config: saves settings, from the options of a command or from the panel's buttons, lists and modals."""

from collections.abc import Mapping

import discord

from bot.chat.access.bot_permissions import missing_for_notices
from bot.chat.actions.settings_views import (
    open_panel,
    open_subject,
    refresh,
    refresh_subject,
    subject_named,
)
from bot.chat.delivery.renderer import POST_CHANNEL_TYPES
from bot.chat.delivery.sender import open_form, tell_alone
from bot.chat.incoming.number_input import read_count, read_microusd
from bot.chat.incoming.payload import chosen_channels, guild_of, kind_of_chosen_channel
from bot.chat.incoming.submitted_values import SubmittedModal, selected
from bot.chat.presenter.cards.notes import one_subject
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.presenter.settings.language_settings import AS_DISCORD_SAYS
from bot.chat.presenter.settings.limits_panel import allowances_of
from bot.chat.presenter.settings.notice_settings import NOTICE_CHOICES, notices_saved
from bot.chat.presenter.settings.panel_views import View
from bot.chat.presenter.settings.rule_effects import rule_warnings
from bot.chat.presenter.settings.settings_forms import (
    BUDGET,
    age_saved,
    budget_form,
    budget_saved,
    channels_saved,
    language_saved,
    limits_form,
    limits_saved,
    saved,
)
from bot.chat.presenter.settings.settings_panel import Named
from bot.chat.responses.context import Context
from bot.chat.servers.server_names import names_in
from bot.domain.administration import RuleSubject
from bot.domain.errors import CourierUnavailable, JobUnknown, NumberUnreadable
from bot.domain.ids import ChannelId, GuildId, MemberId
from bot.domain.limits import FIELDS, Allowances, LimitField
from bot.words.language import LANGUAGES

#: The answer has to leave within three seconds.
HINT_PATIENCE_SECONDS = 1.5


# --- limits -------------------------------------------------------------------------------------------


async def change_limits(
    context: Context,
    interaction: discord.Interaction,
    subject: RuleSubject,
    given: Allowances,
    *,
    is_cleared: bool,
) -> None:
    """Save the given limits and keep the others, unless they are cleared. Without any, show the limits."""
    if not (given.are_set or is_cleared):
        await open_subject(context, interaction, subject)
        return
    changes = {limit: given.of(limit) for limit in FIELDS if is_cleared or given.of(limit) is not None}
    note = await _save_limits(context, interaction, subject, changes)
    await tell_alone(interaction, saved(note))


async def refuse_several(interaction: discord.Interaction) -> None:
    await tell_alone(interaction, one_subject())


async def open_limits(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    subject = _subject(interaction, pressed)
    form = limits_form(subject, await _allowances(context, interaction, subject), interaction.id)
    await open_form(interaction, form)


async def limits_sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    subject, filled = _subject(interaction, sent), SubmittedModal.of(interaction)
    changes = {limit: read_count(filled.text(limit.value)) for limit in FIELDS if filled.has(limit.value)}
    note = await _save_limits(context, interaction, subject, changes)
    await refresh_subject(context, interaction, subject, note)


async def clear_limits(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    subject = _subject(interaction, pressed)
    note = await _save_limits(context, interaction, subject, dict.fromkeys(FIELDS))
    await refresh_subject(context, interaction, subject, note)


def _subject(interaction: discord.Interaction, pressed: CustomId) -> RuleSubject:
    return subject_named(guild_of(interaction), pressed.text(0), pressed.text(1))


async def _allowances(context: Context, interaction: discord.Interaction, subject: RuleSubject) -> Allowances:
    return allowances_of(await context.administration.settings(guild_of(interaction)), subject)


async def _save_limits(
    context: Context,
    interaction: discord.Interaction,
    subject: RuleSubject,
    changes: Mapping[LimitField, int | None],
) -> str:
    """Save the limits, and return what holds now, in words, with warnings about what may surprise."""
    settings = await context.administration.set_limits(*_by(interaction), subject, changes)
    names = await names_in(context.servers, settings.guild_id, Named.of(subject))
    note = limits_saved(names, subject, allowances_of(settings, subject))
    return "\n".join([note, *rule_warnings(settings, subject)])


# --- the budget ---------------------------------------------------------------------------------------


async def change_budget(
    context: Context, interaction: discord.Interaction, usd: str | None, *, is_cleared: bool
) -> None:
    if usd is None and not is_cleared:
        await open_panel(context, interaction, View.BUDGET)
        return
    budget = None if is_cleared else _amount(usd or "")
    await context.administration.set_budget(*_by(interaction), budget)
    await open_panel(context, interaction, View.BUDGET, budget_saved(budget))


def _amount(usd: str) -> int:
    """Refuse blanks: only the option `clear` removes the budget."""
    budget = read_microusd(usd)
    if budget is None:
        raise NumberUnreadable(usd, is_money=True)
    return budget


async def open_budget(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    settings = await context.administration.settings(guild_of(interaction))
    form = budget_form(settings.choices.budget_microusd, interaction.id)
    await open_form(interaction, form)


async def budget_sent(context: Context, interaction: discord.Interaction, _sent: CustomId) -> None:
    await _save_budget(context, interaction, read_microusd(SubmittedModal.of(interaction).text(BUDGET)))


async def clear_budget(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    await _save_budget(context, interaction, None)


async def _save_budget(context: Context, interaction: discord.Interaction, budget: int | None) -> None:
    await context.administration.set_budget(*_by(interaction), budget)
    await refresh(context, interaction, View.BUDGET, budget_saved(budget))


# --- channels -----------------------------------------------------------------------------------------


async def channels_chosen(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    if pressed.clears:
        saved_now = await context.administration.set_channels(*_by(interaction), ())
    else:
        saved_now = await context.administration.add_channels(*_by(interaction), channels_here(interaction))
    note = channels_saved(len(saved_now.choices.allowed_channels))
    await refresh(context, interaction, View.CHANNELS, note)


async def channels_removed(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    """Remove channels from the list, also deleted ones."""
    chosen = [ChannelId(as_number(value)) for value in selected(interaction)]
    saved_now = await context.administration.remove_channels(*_by(interaction), chosen)
    note = channels_saved(len(saved_now.choices.allowed_channels))
    await refresh(context, interaction, View.CHANNELS, note, pressed.number(0))


async def change_channels(context: Context, interaction: discord.Interaction, *, is_on: bool | None) -> None:
    """Save whether only age-restricted channels are allowed. Without a choice, show the panel."""
    note = "" if is_on is None else await _save_age(context, interaction, is_on=is_on)
    await open_panel(context, interaction, View.CHANNELS, note)


async def age_switched(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    note = await _save_age(context, interaction, is_on=pressed.flag(0))
    await refresh(context, interaction, View.CHANNELS, note)


async def _save_age(context: Context, interaction: discord.Interaction, *, is_on: bool) -> str:
    await context.administration.set_age(*_by(interaction), is_on=is_on)
    return age_saved(is_on=is_on)


def channels_here(interaction: discord.Interaction) -> list[ChannelId]:
    """Return the chosen channels. Raises `JobUnknown` for another server's, as in a forged list."""
    ids = [as_number(value) for value in selected(interaction)]
    if not chosen_channels(interaction).issuperset(ids):
        raise JobUnknown
    return [ChannelId(id_) for id_ in ids]


def post_channel_here(interaction: discord.Interaction) -> ChannelId:
    """Return the chosen channel for posts. Raises `JobUnknown` as well for a forum, in a forged list."""
    channel_id = channels_here(interaction)[0]
    kinds = {kind.value for kind in POST_CHANNEL_TYPES}
    if kind_of_chosen_channel(interaction, channel_id) not in kinds:
        raise JobUnknown
    return channel_id


async def may_post_notices(context: Context, guild_id: GuildId, channel_id: ChannelId | None) -> bool:
    """Return True if Discord does not answer in time: only a hint depends on this."""
    if channel_id is None:
        return True
    try:
        server = await context.servers.get(guild_id, HINT_PATIENCE_SECONDS)
    except CourierUnavailable:
        return True
    channel = server.channels.get(channel_id)
    return channel is None or not missing_for_notices(server.own_permissions(channel))


# --- the language -------------------------------------------------------------------------------------


async def change_language(context: Context, interaction: discord.Interaction, chosen: str | None) -> None:
    """Save the chosen language. Without one, show the panel."""
    note = "" if chosen is None else await _save_language(context, interaction, chosen)
    await open_panel(context, interaction, View.LANGUAGE, note)


async def language_chosen(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    note = await _save_language(context, interaction, selected(interaction)[0])
    await refresh(context, interaction, View.LANGUAGE, note)


async def _save_language(context: Context, interaction: discord.Interaction, chosen: str) -> str:
    """Raises `JobUnknown` for what only a forged list can hold."""
    if chosen not in (AS_DISCORD_SAYS, *LANGUAGES):
        raise JobUnknown
    language = None if chosen == AS_DISCORD_SAYS else chosen
    await context.administration.set_language(*_by(interaction), language)
    return language_saved(language)


# --- notices ------------------------------------------------------------------------------------------


async def notices_chosen(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    """Raises `JobUnknown` for what only a forged list can hold."""
    value = selected(interaction)[0]
    if value not in NOTICE_CHOICES:
        raise JobUnknown
    seconds = NOTICE_CHOICES[value]
    await context.administration.set_notices(*_by(interaction), seconds)
    await refresh(context, interaction, View.NOTICES, notices_saved(seconds))


# --- all of them --------------------------------------------------------------------------------------


def _by(interaction: discord.Interaction) -> tuple[GuildId, MemberId]:
    """Return whose settings are changed, and by which member."""
    return guild_of(interaction), MemberId(interaction.user.id)
