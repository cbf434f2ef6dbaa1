"""Shows a member's own picture again: Show me to the member alone, Post here and Post again to everyone.

Post here is for a picture that was kept because it could not be delivered to its card. Post again is for any
other picture.
"""

from functools import partial

import discord

from bot.chat.delivery.sender import keep_promise, promise, replace_own, take_back, tell_alone
from bot.chat.incoming.payload import channel_of, guild_of, roles_of
from bot.chat.presenter.cards.job_list import can_be_posted
from bot.chat.presenter.cards.notes import (
    being_posted,
    late_picture,
    post_question,
    posted_again,
    pressed_twice,
    shown_again,
)
from bot.chat.presenter.elements.custom_ids import CustomId
from bot.chat.presenter.elements.list_position import ListPosition
from bot.chat.presenter.elements.message import Message
from bot.chat.responses.context import Context, actor_of, shows_to_all
from bot.chat.responses.first_response import InteractionResponse, upload_limit_of
from bot.domain.card import Card
from bot.domain.errors import FileRefused, JobUnknown, NotPossibleNow, ProviderError, Refusal
from bot.domain.ids import JobId, MessageId
from bot.domain.job import Job, JobState
from bot.domain.request import PictureLocation
from bot.words.language import speaking


async def show(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    """Show it to its member alone. The card of a private picture that was kept moves to this message."""
    if context.cooldown.is_repeated(interaction.user.id, interaction.custom_id or ""):
        await tell_alone(interaction, pressed_twice())
        return
    job, card = await _own(context, interaction, pressed)
    first = InteractionResponse(interaction, is_private=True)
    first.require_permissions()
    if job.state is JobState.READY and card.is_private:
        await _move_here(context, interaction, job, first)
    else:
        await _copy_here(context, interaction, job, first, shown_again(job))


async def ask_first(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    """Ask whether everyone should see it: a single press publishes nothing."""
    job, card = await _own(context, interaction, pressed)
    on_it = (await context.gallery.view(card.id, guild_of(interaction))).jobs
    posted = [other for other in on_it if other.parked_at] if job.state is JobState.READY else [job]
    position = ListPosition.read(pressed, 1, 2)
    here = channel_of(interaction)
    await replace_own(interaction, post_question(posted, here, position, is_private=card.is_private))


async def post_publicly(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    if context.cooldown.is_repeated(interaction.user.id, interaction.custom_id or ""):
        await tell_alone(interaction, pressed_twice())
        return
    job, card = await _own(context, interaction, pressed)
    language = await context.language_of_all(interaction)
    first = InteractionResponse(interaction, is_private=False, language=language)
    first.require_permissions()
    actor = actor_of(interaction)
    was_for_here = job.state is JobState.READY and not card.is_private and card.channel_id == actor.channel_id
    # What needed approval has it, if it can be posted. What was kept has the rule of its request.
    hold = partial(
        context.gallery.hold_post,
        actor,
        first.parent_channel_id,
        role_ids=roles_of(interaction.user),
        is_approved=job.needs_approval or was_for_here,
    )
    post_id = await context.with_age(interaction, hold)
    try:
        with speaking(language):
            if job.state is JobState.READY:
                await _move_here(context, interaction, job, first)
            else:
                await _copy_for_all(context, interaction, job, first)
    except (Refusal, FileRefused, ProviderError):
        await context.gallery.release_post(post_id)
        raise


async def _own(context: Context, interaction: discord.Interaction, pressed: CustomId) -> tuple[Job, Card]:
    """Return the member's own picture. Raises `JobUnknown`; `NotPossibleNow` while there is none to show."""
    job, card = await context.job(interaction, pressed.number(0))
    if job.member_id != interaction.user.id:
        raise JobUnknown
    if not can_be_posted(job):
        raise NotPossibleNow
    return job, card


async def show_late(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    """Show a late picture to its member alone. It is not counted."""
    job, _ = await context.job(interaction, pressed.number(0))
    if job.member_id != interaction.user.id:
        raise JobUnknown
    await promise(interaction, is_new=True)
    limit = upload_limit_of(interaction)
    async with context.gallery.late_picture(job, pressed.number(1), limit) as picture:
        await keep_promise(interaction, late_picture(job), {job.id: picture})


async def remove_copy(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    """Delete the copy with the button, as the picture's owner or a moderator. The card stays."""
    actor = actor_of(interaction)
    job = await context.gallery.job(JobId(pressed.number(0)), actor.guild_id)
    card = await context.gallery.card_of(job)
    message = interaction.message
    if message is None or not shows_to_all(interaction, job) or message.id == card.message_id:
        raise JobUnknown  # a forged press, on a message with another picture or on the card itself
    actor.require_may_delete(job.member_id, actor.channel_id)
    await promise(interaction, is_new=False)
    await interaction.delete_original_response()
    place = PictureLocation(channel_of(interaction), MessageId(message.id))
    await context.moderation.copy_removed(job, place, actor.member_id)


async def _move_here(
    context: Context, interaction: discord.Interaction, job: Job, first: InteractionResponse
) -> None:
    """Move the card of the kept picture to this new message; the worker then delivers it here."""
    new_card = first.new_card(context.token_cipher, context.clock.now())
    with speaking(new_card.language):
        message = being_posted(job)
    place = await first.give(message)
    has_moved = False
    try:
        await context.gallery.repost(job.id, actor_of(interaction), new_card, place.message_id)
        has_moved = True
    finally:
        if not has_moved:  # the message promises a picture that will not come to it
            await take_back(interaction)


async def _copy_for_all(
    context: Context, interaction: discord.Interaction, job: Job, first: InteractionResponse
) -> None:
    """Show it in a new message, which is saved before: moderators can remove whatever members see."""
    await first.promise()
    there = first.new_card(context.token_cipher, context.clock.now())
    place = await first.promised()
    async with context.gallery.picture(job.id, guild_of(interaction), first.upload_limit) as picture:
        copy_id = await context.gallery.begin_copy(job.id, actor_of(interaction), there, place.message_id)
        await keep_promise(interaction, posted_again(job), {job.id: picture})
    await context.gallery.copy_shown(copy_id)


async def _copy_here(
    context: Context, interaction: discord.Interaction, job: Job, first: InteractionResponse, message: Message
) -> None:
    await first.promise()
    async with context.gallery.picture(job.id, guild_of(interaction), first.upload_limit) as picture:
        await keep_promise(interaction, message, {job.id: picture})
