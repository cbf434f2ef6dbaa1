"""The buttons of a card about the whole request: Cancel, Rerun, Full prompt, Details."""

from collections.abc import Sequence

import discord

from bot.chat.delivery.sender import promise, replace_card, tell_alone
from bot.chat.incoming.mentions import InteractionMentions
from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.submitted_values import selected
from bot.chat.presenter.cards.card import card as draw
from bot.chat.presenter.cards.details import details, full_prompt, which_details
from bot.chat.presenter.cards.notes import pressed_twice
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.presenter.elements.list_position import star_button
from bot.chat.presenter.elements.message import Message
from bot.chat.responses.context import Context, actor_of
from bot.domain.card import Card, CardView
from bot.domain.errors import JobUnknown, NotPossibleNow, NotYours, PictureRefused, PromptForgotten
from bot.domain.failure import SourceProblem
from bot.domain.ids import CardId, ChannelId, MemberId, MessageId
from bot.domain.job import Job
from bot.domain.request import Door, ImageRequest, Source


async def cancel(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    card_id = CardId(pressed.number(0))
    _require_on_its_card(interaction, (await context.view(interaction, card_id)).card)
    view = await context.gallery.cancel(card_id, actor_of(interaction))
    await replace_card(interaction, draw(view, context.clock.now()))


def _require_on_its_card(interaction: discord.Interaction, card: Card) -> None:
    """Raises `JobUnknown` for a forged press, whose response would replace another card."""
    message = interaction.message
    if message is None or card.message_id not in (None, message.id):
        raise JobUnknown


async def again(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    if context.cooldown.is_repeated(interaction.user.id, interaction.custom_id or ""):
        await tell_alone(interaction, pressed_twice())
        return
    view = await context.view(interaction, pressed.number(0))
    job = view.jobs[0]
    require_readable(interaction, view)
    if not job.prompt:
        raise PromptForgotten
    if job.source == Source():
        raise PictureRefused(SourceProblem.GONE)  # it was an upload, whose address expired with the request
    if job.source is not None:
        await require_open(context, interaction, job.source)
    request = ImageRequest.checked(
        prompt=job.prompt,
        sent_prompt=job.sent_before_preset,
        names=InteractionMentions(interaction),
        aspect_ratio=job.aspect_ratio,
        style=job.style,
        quality=job.quality,
        preset=job.preset,
        count=len(view.jobs),
        source=job.source,
        is_spoiler=job.is_spoiler,
    )
    await context.ask(interaction, request, Door.AGAIN, is_private=view.card.is_private)


async def require_open(context: Context, interaction: discord.Interaction, source: Source) -> None:
    """Raises `NotYours` for a public edit of a private picture: only its owner may use that again."""
    if source.job_id is None:
        return
    made = await context.gallery.job(source.job_id, guild_of(interaction))
    card = await context.gallery.card_of(made)
    is_elsewhere = source.location is not None and source.location.message_id != card.message_id
    if card.is_private and not is_elsewhere and card.member_id != interaction.user.id:
        raise NotYours


async def dismiss(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    """Delete a card of which no picture came, as who requested it or as a moderator."""
    view = await context.view(interaction, pressed.number(0))
    card = view.card
    _require_on_its_card(interaction, card)
    actor_of(interaction).require_may_delete(card.member_id, card.channel_id)
    if not view.is_without_pictures:
        raise NotPossibleNow
    await promise(interaction, is_new=False)
    await interaction.delete_original_response()
    await context.gallery.dismissed(card)


def require_readable(interaction: discord.Interaction, view: CardView) -> None:
    """Raises `NotYours` for a prompt that a filter blocked, and that this member may not read."""
    if _is_hidden_from(interaction, view):
        raise NotYours


def _is_hidden_from(interaction: discord.Interaction, view: CardView) -> bool:
    """Return whether a filter blocked the prompt: only its member and moderators may read it then."""
    actor = actor_of(interaction)
    return view.hides_prompt and not actor.may_delete(view.card.member_id, view.card.channel_id)


async def prompt(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    view = await context.view(interaction, pressed.number(0))
    require_readable(interaction, view)
    await tell_alone(interaction, full_prompt(view.jobs[0]))


async def details_of_card(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    view = await context.view(interaction, pressed.number(0))
    await _tell_about(context, interaction, view.jobs)


async def details_of_one(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    await _tell_details(context, interaction, as_number(selected(interaction)[0]))


async def _tell_about(context: Context, interaction: discord.Interaction, jobs: Sequence[Job]) -> None:
    if len(jobs) > 1:
        await tell_alone(interaction, which_details(jobs))
    else:
        await _tell_details(context, interaction, jobs[0].id)


async def _tell_details(context: Context, interaction: discord.Interaction, job_id: int) -> None:
    await tell_alone(interaction, await details_of_job(context, interaction, job_id))


async def details_of_job(context: Context, interaction: discord.Interaction, job_id: int) -> Message:
    job, card = await context.job(interaction, job_id)
    view = await context.view(interaction, card.id)
    history = await context.gallery.history(job.id, guild_of(interaction))
    is_theirs = job.member_id == interaction.user.id
    late = await context.gallery.late_pictures([job]) if is_theirs else {}
    before = await context.gallery.before(job)
    is_favourite = await context.own_pictures.is_favourite(job, MemberId(interaction.user.id))
    star = star_button(job, is_favourite=is_favourite)
    is_hidden = _is_hidden_from(interaction, view)
    return details(
        job, card, history, before, len(late.get(job.id, ())), view.jobs, star, is_hidden=is_hidden
    )


async def details_of_message(
    context: Context, interaction: discord.Interaction, message: discord.Message
) -> None:
    """Show the details from the message menu. Raises `JobUnknown` if the message is not a card."""
    place = ChannelId(message.channel.id), MessageId(message.id)
    found = await context.gallery.jobs_of_message(*place, guild_of(interaction))
    if not found:
        raise JobUnknown
    await context.view(interaction, found[0].card_id)
    await _tell_about(context, interaction, found)
