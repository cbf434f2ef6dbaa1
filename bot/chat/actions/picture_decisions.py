"""Remove and Give back: a moderator decides on one picture of a member, and may say why.

The buttons are on the pages of `/review member` and `/review reports`, and in the moderators' channel. On a
page, the page is drawn again; elsewhere, the answer says what is done.
"""

from collections.abc import Callable

import discord

from bot.chat.actions import complaint_pages
from bot.chat.delivery.sender import keep_promise, open_form, promise_to_replace_own
from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.submitted_values import SubmittedModal, selected
from bot.chat.incoming.text import tidy
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.presenter.elements.message import Form, Message
from bot.chat.presenter.moderation import complaints as complaint_words
from bot.chat.presenter.moderation import member_review as member_words
from bot.chat.presenter.moderation.decision_forms import REASON, give_back_form, remove_form
from bot.chat.responses.context import Context
from bot.domain.errors import NotPossibleNow
from bot.domain.ids import JobId, MemberId
from bot.domain.job import Job
from bot.domain.moderation import REASON_MOST_CHARACTERS, can_be_given_back, can_be_removed


async def pick(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    job_id, page = JobId(as_number(selected(interaction)[0])), pressed.number(0)
    await promise_to_replace_own(interaction)
    await _show_picture(context, interaction, job_id, page)


async def pick_from_feed(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    job_id = JobId(as_number(selected(interaction)[0]))
    await promise_to_replace_own(interaction)
    await _show_picture(context, interaction, job_id, 0)


async def show_one(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    job_id, page = JobId(pressed.number(0)), pressed.number(1)
    await promise_to_replace_own(interaction)
    await _show_picture(context, interaction, job_id, page)


async def open_remove(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    await _open(context, interaction, pressed, remove_form)


async def open_give_back(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    await _open(context, interaction, pressed, give_back_form)


async def _open(
    context: Context,
    interaction: discord.Interaction,
    pressed: CustomId,
    form: Callable[[Job, CustomId, int], Form],
) -> None:
    """Raises `JobUnknown` before anything is typed."""
    job = await context.gallery.job(JobId(pressed.number(0)), guild_of(interaction))
    if form is give_back_form and not can_be_given_back(job):
        raise NotPossibleNow
    await open_form(interaction, form(job, pressed, interaction.id))


async def remove_sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    job_id, by, reason = JobId(sent.number(0)), MemberId(interaction.user.id), _reason(interaction)
    await promise_to_replace_own(interaction)
    only_open = complaint_words.FROM_POST in sent.args or complaint_pages.is_from_list(sent)
    await context.moderation.remove(job_id, guild_of(interaction), by, reason, only_open=only_open)
    await _show_again(context, interaction, sent, complaint_words.removed)


async def give_back_sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    job_id, by, reason = JobId(sent.number(0)), MemberId(interaction.user.id), _reason(interaction)
    await promise_to_replace_own(interaction)
    await context.moderation.give_back(job_id, guild_of(interaction), by, reason)
    await _show_again(context, interaction, sent, complaint_words.given_back)


def _reason(interaction: discord.Interaction) -> str:
    return tidy(SubmittedModal.of(interaction).text(REASON)).strip()[:REASON_MOST_CHARACTERS]


async def _show_again(
    context: Context, interaction: discord.Interaction, sent: CustomId, done: Callable[[Job], Message]
) -> None:
    """Draw the page again on which the button was; elsewhere, only say what is done."""
    job_id, page = JobId(sent.number(0)), sent.text(1)
    if not page or complaint_words.FROM_POST in sent.args:
        job = await context.gallery.job(job_id, guild_of(interaction))
        await keep_promise(interaction, done(job))
    elif complaint_pages.is_from_list(sent):
        await complaint_pages.show_review(context, interaction, job_id, as_number(page))
    else:
        await _show_picture(context, interaction, job_id, as_number(page))


async def _show_picture(context: Context, interaction: discord.Interaction, job_id: JobId, page: int) -> None:
    job = await context.gallery.job(job_id, guild_of(interaction))
    card = await context.gallery.card_of(job)
    is_private = card.is_private and await context.gallery.copy_of(job) is None
    shown = member_words.picture_review(
        job,
        card,
        page,
        can_be_removed=can_be_removed(job, is_private=is_private),
        can_be_given_back=can_be_given_back(job),
    )
    await keep_promise(interaction, shown)
