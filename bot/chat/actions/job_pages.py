"""/jobs: pages of a member's own pictures, and a panel for each picture."""

import discord

from bot.chat.delivery.sender import (
    keep_promise,
    promise,
    promise_to_replace_own,
    replace_own,
)
from bot.chat.incoming.payload import guild_of, roles_of
from bot.chat.incoming.submitted_values import selected
from bot.chat.presenter.custom_ids import CustomId, as_number
from bot.chat.presenter.job_list import job_list, job_panel
from bot.chat.presenter.list_position import ListPosition
from bot.chat.presenter.message import Message
from bot.chat.responses.context import Context, actor_of
from bot.domain.errors import JobUnknown
from bot.domain.ids import MemberId
from bot.domain.own_pictures import PictureFilter


async def show_list(context: Context, interaction: discord.Interaction, narrowed: PictureFilter) -> None:
    await promise(interaction, is_new=True)
    await keep_promise(interaction, await _list(context, interaction, ListPosition(0, narrowed)))


async def turn_page(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    position = ListPosition.read(pressed, 0, 2)
    await promise_to_replace_own(interaction)
    await keep_promise(interaction, await _list(context, interaction, position))


async def pick(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    job_id = as_number(selected(interaction)[0])
    await _show_panel(context, interaction, job_id, ListPosition.read(pressed, 0, 1))


async def cancel(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    position = ListPosition.read(pressed, 1, 2)
    job, _ = await context.job(interaction, pressed.number(0))
    await context.gallery.cancel(job.card_id, actor_of(interaction))
    await _show_panel(context, interaction, job.id, position)


async def _show_panel(
    context: Context, interaction: discord.Interaction, job_id: int, position: ListPosition
) -> None:
    job, card = await context.job(interaction, job_id)
    if job.member_id != interaction.user.id:
        raise JobUnknown
    late = await context.gallery.late_pictures([job])
    before = await context.gallery.before(job)
    await replace_own(interaction, job_panel(job, card, position, before, late=len(late.get(job.id, ()))))


async def _list(context: Context, interaction: discord.Interaction, position: ListPosition) -> Message:
    guild_id, member_id = guild_of(interaction), MemberId(interaction.user.id)
    listed = await context.own_pictures.page(guild_id, member_id, position.narrowed, position.page)
    usage = await context.gallery.usage(guild_id, member_id, roles_of(interaction.user))
    late = await context.gallery.late_pictures([entry.job for entry in listed.pictures])
    thumbnails = await context.thumbnails.of(listed.pictures)
    return job_list(
        listed, position.narrowed, usage, thumbnails, {job_id: len(urls) for job_id, urls in late.items()}
    )
