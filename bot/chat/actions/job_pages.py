"""/jobs: pages of a member's own pictures, and a panel for each picture."""

import discord

from bot.chat.delivery.sender import replace_own, tell_alone
from bot.chat.incoming.payload import guild_of, roles_of
from bot.chat.incoming.submitted_values import selected
from bot.chat.presenter.custom_ids import CustomId, as_number
from bot.chat.presenter.job_list import job_list, job_panel
from bot.chat.presenter.message import Message
from bot.chat.responses.context import Context, actor_of
from bot.domain.errors import JobUnknown
from bot.domain.ids import MemberId


async def show_list(context: Context, interaction: discord.Interaction) -> None:
    await tell_alone(interaction, await _list(context, interaction, 0))


async def turn_page(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    page = await _list(context, interaction, pressed.number(0))
    await replace_own(interaction, page)


async def pick(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    await _show_panel(context, interaction, as_number(selected(interaction)[0]), pressed.number(0))


async def cancel(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    job, _ = await context.job(interaction, pressed.number(0))
    await context.gallery.cancel(job.card_id, actor_of(interaction))
    await _show_panel(context, interaction, job.id, pressed.number(1))


async def _show_panel(context: Context, interaction: discord.Interaction, job_id: int, page: int) -> None:
    job, card = await context.job(interaction, job_id)
    if job.member_id != interaction.user.id:
        raise JobUnknown
    late = await context.gallery.late_pictures([job])
    before = await context.gallery.before(job)
    await replace_own(interaction, job_panel(job, card, page, before, late=len(late.get(job.id, ()))))


async def _list(context: Context, interaction: discord.Interaction, page: int) -> Message:
    guild_id, member_id = guild_of(interaction), MemberId(interaction.user.id)
    listed = await context.reports.member_jobs(guild_id, member_id, page)
    cards = {entry.job.id: await context.gallery.card_of(entry.job) for entry in listed.jobs}
    usage = await context.gallery.usage(guild_id, member_id, roles_of(interaction.user))
    late = await context.gallery.late_pictures([entry.job for entry in listed.jobs])
    return job_list(listed, cards, usage, {job_id: len(urls) for job_id, urls in late.items()})
