"""Post here, for a picture that was kept because no way led to its card; and Post again, for any other."""

import discord

from bot.chat.custom_ids import CustomId
from bot.chat.desk import Desk, actor_of, guild_of, shows
from bot.chat.first_answer import AnswerToInteraction
from bot.chat.mishaps import promise, tell_alone
from bot.chat.presenter.job_list import can_be_posted
from bot.chat.presenter.notes import being_posted, posted_again, pressed_twice
from bot.chat.rendering import to_edit
from bot.domain.errors import JobUnknown, NotPossibleNow, NotYours, Refusal
from bot.domain.ids import JobId
from bot.domain.job import Job, JobState


async def post(desk: Desk, interaction: discord.Interaction, pressed: CustomId) -> None:
    if desk.presses.is_repeated(interaction.user.id, interaction.custom_id or ""):
        await tell_alone(interaction, pressed_twice())
        return
    job, _ = await desk.job(interaction, pressed.number(0))
    if job.member_id != interaction.user.id:
        raise JobUnknown
    if not can_be_posted(job):
        raise NotPossibleNow
    first = AnswerToInteraction(interaction, is_private=False)
    first.require_permissions()
    if job.state is JobState.READY:
        await _move_here(desk, interaction, job, first)
    else:
        await _copy_here(desk, interaction, job, first)


async def remove_copy(desk: Desk, interaction: discord.Interaction, pressed: CustomId) -> None:
    """Delete the message with the button, as the picture's owner or a moderator; its card stays."""
    actor = actor_of(interaction)
    job = await desk.gallery.job(JobId(pressed.number(0)), actor.guild_id)
    if not shows(interaction.message, job.id):
        raise JobUnknown  # a forged press, on a message with another picture
    if job.member_id != actor.member_id and not actor.is_moderator:
        raise NotYours
    await promise(interaction, is_new=False)
    await interaction.delete_original_response()


async def _move_here(
    desk: Desk, interaction: discord.Interaction, job: Job, first: AnswerToInteraction
) -> None:
    """The kept picture's card is this new message from now on, and the worker delivers it here."""
    message = being_posted(job)
    place = await first.give(message, message)
    new_card = first.new_card(desk.sealer, desk.clock.now())
    try:
        await desk.gallery.repost(job.id, actor_of(interaction), new_card, place.message_id)
    except Refusal:
        await interaction.delete_original_response()
        raise


async def _copy_here(
    desk: Desk, interaction: discord.Interaction, job: Job, first: AnswerToInteraction
) -> None:
    await first.promise()
    limit = first.new_card(desk.sealer, desk.clock.now()).upload_limit
    picture = await desk.gallery.picture(job.id, guild_of(interaction), limit)
    await interaction.edit_original_response(**to_edit(posted_again(job), {job.id: picture}))
