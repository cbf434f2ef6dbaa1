"""The star below a picture's details and in /jobs: each member has their own favourites."""

import discord

from bot.chat.actions.card_buttons import details_of_job
from bot.chat.actions.job_pages import draw_panel, give_list
from bot.chat.delivery.sender import keep_promise, promise_to_replace_own
from bot.chat.incoming.payload import guild_of
from bot.chat.presenter.elements.custom_ids import CustomId
from bot.chat.presenter.elements.list_position import ListPosition
from bot.chat.responses.context import Context, actor_of
from bot.domain.ids import JobId, MemberId

#: A star in /jobs also has the place in the list.
_PAGE_AT, _FILTER_AT = 2, 3


async def change(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    """Mark the picture, or take the mark away, and show what was there with the other button."""
    job_id, marks = JobId(pressed.number(0)), pressed.flag(1)
    await promise_to_replace_own(interaction)
    if marks:
        await context.own_pictures.mark(job_id, actor_of(interaction))
    else:
        await context.own_pictures.unmark(job_id, MemberId(interaction.user.id))
    await _redraw(context, interaction, pressed, job_id)


async def _redraw(
    context: Context, interaction: discord.Interaction, pressed: CustomId, job_id: JobId
) -> None:
    if len(pressed.args) <= _PAGE_AT:
        await keep_promise(interaction, await details_of_job(context, interaction, job_id))
        return
    position = ListPosition.read(pressed, _PAGE_AT, _FILTER_AT)
    job = await context.gallery.job(job_id, guild_of(interaction))
    if job.member_id == interaction.user.id:
        await keep_promise(interaction, await draw_panel(context, interaction, job_id, position))
    else:
        await give_list(context, interaction, position)
