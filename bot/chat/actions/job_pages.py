"""/jobs: pages of a member's own pictures, and a panel for each picture."""

import asyncio

import discord

from bot.chat.delivery.sender import (
    keep_promise,
    promise,
    promise_to_replace_own,
    replace_own,
)
from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.submitted_values import selected
from bot.chat.incoming.thumbnails import PATIENCE_SECONDS
from bot.chat.presenter.cards.job_list import favourite_panel, job_list, job_panel, thumbnail_name
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.presenter.elements.list_position import ListPosition
from bot.chat.presenter.elements.message import Message
from bot.chat.responses.context import Context, actor_of
from bot.chat.responses.seen_channels import seen_channels
from bot.domain.ids import ChannelId, JobId, MemberId
from bot.domain.own_pictures import PictureFilter


async def show_list(context: Context, interaction: discord.Interaction, narrowed: PictureFilter) -> None:
    await promise(interaction, is_new=True)
    await give_list(context, interaction, ListPosition(0, narrowed))


async def turn_page(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    position = ListPosition.read(pressed, 0, 2)
    await promise_to_replace_own(interaction)
    await give_list(context, interaction, position)


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
    await replace_own(interaction, await draw_panel(context, interaction, job_id, position))


async def draw_panel(
    context: Context, interaction: discord.Interaction, job_id: int, position: ListPosition
) -> Message:
    """Draw an own picture, or a favourite that the member may still see. Raises `JobUnknown`."""
    guild_id, member_id = guild_of(interaction), MemberId(interaction.user.id)
    job = await context.gallery.job(JobId(job_id), guild_id)
    card = await context.gallery.card_of(job)
    before = await context.gallery.before(job)
    if job.member_id != member_id:
        seen = await seen_channels(context, interaction, [card.channel_id])
        await context.own_pictures.require_favourite(job, member_id, seen)
        return favourite_panel(job, card, position, before)
    late = await context.gallery.late_pictures([job])
    is_favourite = await context.own_pictures.is_favourite(job, member_id)
    return job_panel(job, card, position, before, len(late.get(job.id, ())), is_favourite=is_favourite)


async def give_list(context: Context, interaction: discord.Interaction, position: ListPosition) -> None:
    """Send the list, which was promised, with the thumbnails that it can have."""
    guild_id, member_id = guild_of(interaction), MemberId(interaction.user.id)
    seen = frozenset[ChannelId]()
    if position.narrowed.only_favourites:
        channels = await context.own_pictures.favourite_channels(guild_id, member_id)
        seen = await seen_channels(context, interaction, channels)
    listed = await context.own_pictures.page(guild_id, member_id, position.narrowed, position.page, seen)
    usage = await context.usage(interaction)
    own = [picture.job for picture in listed.pictures if picture.job.member_id == member_id]
    late = await context.gallery.late_pictures(own)
    numbers = {job_id: len(urls) for job_id, urls in late.items()}
    hidden = [picture.job for picture in listed.pictures if picture.has_small_copy_for(member_id)]
    urls, copies = await asyncio.gather(
        context.thumbnails.of(listed.pictures), context.small_copies.of(hidden, PATIENCE_SECONDS)
    )
    for job in hidden:
        if job.id in copies:
            urls[job.id] = f"attachment://{thumbnail_name(job)}.{copies[job.id].extension}"
    message = job_list(listed, position.narrowed, usage, urls, numbers)
    await keep_promise(interaction, message, copies)
