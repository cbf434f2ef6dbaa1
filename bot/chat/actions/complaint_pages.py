"""/review reports, and the buttons below a report: moderators decide on what members have reported.

The same buttons are in the moderators' channel and on the pages of the list. On a page, the page is drawn
again; in the channel, the service that posts there brings the message up to date.
"""

from collections.abc import Sequence

import discord

from bot.chat.delivery.sender import keep_promise, promise, promise_to_replace_own
from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.submitted_values import selected
from bot.chat.incoming.thumbnails import PATIENCE_SECONDS
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.moderation import complaints as words
from bot.chat.responses.context import Context
from bot.domain.ids import JobId, MemberId
from bot.domain.moderation import PostView
from bot.domain.reports import ReportedJob


async def show_list(context: Context, interaction: discord.Interaction) -> None:
    await promise(interaction, is_new=True)
    await keep_promise(interaction, await _list(context, interaction, 0))


async def turn_list(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    page = pressed.number(0)
    await promise_to_replace_own(interaction)
    await keep_promise(interaction, await _list(context, interaction, page))


async def pick(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    job_id, page = JobId(as_number(selected(interaction)[0])), pressed.number(0)
    await promise_to_replace_own(interaction)
    await show_review(context, interaction, job_id, page)


async def dismiss(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    job_id = JobId(pressed.number(0))
    await promise_to_replace_own(interaction)
    view = await context.complaints.dismiss(job_id, guild_of(interaction), MemberId(interaction.user.id))
    if is_from_list(pressed):
        await keep_promise(interaction, await _list(context, interaction, pressed.number(1)))
    elif view.job is not None:
        await keep_promise(interaction, words.dismissed(view.job))


async def show_reasons(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    job_id = JobId(pressed.number(0))
    await promise(interaction, is_new=True)
    view = await context.complaints.of(job_id, guild_of(interaction))
    await keep_promise(interaction, words.all_reasons(view))


def is_from_list(pressed: CustomId) -> bool:
    return words.FROM_LIST in pressed.args


async def show_review(context: Context, interaction: discord.Interaction, job_id: JobId, page: int) -> None:
    """Show the reports of one picture, on the way from the list and back; a hidden one, too."""
    view = await context.complaints.of(job_id, guild_of(interaction))
    thumbnails = await context.thumbnails.of(_listed([view]))
    hidden = [view.job] if view.job is not None and view.job.is_hidden else []
    copies = await context.small_copies.of(hidden, PATIENCE_SECONDS)
    await keep_promise(interaction, words.complaint_review(view, page, thumbnails.get(job_id)), copies)


async def _list(context: Context, interaction: discord.Interaction, number: int) -> Message:
    page = await context.complaints.page(guild_of(interaction), number)
    return words.complaint_list(page, await context.thumbnails.of(_listed(page.views)))


def _listed(views: Sequence[PostView]) -> list[ReportedJob]:
    return [
        ReportedJob(
            job=view.job,
            channel_id=view.card.channel_id,
            message_id=None if view.card.is_lost else view.card.message_id,
            is_private=view.card.is_private,
        )
        for view in views
        if view.job is not None and view.card is not None
    ]
