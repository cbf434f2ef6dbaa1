"""Delete: the bot asks for confirmation, since a paid picture is deleted for everyone.

The rule who may delete is `Actor.require_may_delete`, in `bot/domain/access.py`. It is checked here for the
question, in `Gallery.delete` for the deletion, and in `repost_buttons.py` for copies.
"""

import discord

from bot.chat.delivery.sender import keep_promise, promise_to_replace_own, tell_alone
from bot.chat.incoming.submitted_values import selected
from bot.chat.presenter.cards.notes import delete_question, deleted
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.responses.context import Context, actor_of
from bot.domain.errors import JobUnknown
from bot.domain.ids import JobId


async def delete_on_card(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    view = await context.view(interaction, pressed.number(0))
    actor_of(interaction).require_may_delete(view.card.member_id, view.card.channel_id)
    there = [job for job in view.jobs if job.can_be_deleted]
    if not there:
        raise JobUnknown
    await tell_alone(interaction, delete_question(there))


async def delete_one(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    await _delete(context, interaction, [pressed.number(0)])


async def delete_these(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    await _delete(context, interaction, [as_number(value) for value in selected(interaction)])


async def _delete(context: Context, interaction: discord.Interaction, job_ids: list[int]) -> None:
    """The answer replaces the question, which only its member sees."""
    await promise_to_replace_own(interaction)
    for job_id in job_ids:
        await context.job(interaction, job_id)
    await context.gallery.delete([JobId(job_id) for job_id in job_ids], actor_of(interaction))
    await keep_promise(interaction, deleted(len(job_ids)))
