"""A request once more, in other words: the dialogue with everything filled in, and what it sends."""

import discord

from bot.chat.actions.card_buttons import require_open, require_readable
from bot.chat.actions.edit_modals import quality_named
from bot.chat.actions.preset_choices import OF_CARD, chosen_in, offered
from bot.chat.delivery.sender import open_form
from bot.chat.incoming.mentions import InteractionMentions
from bot.chat.incoming.submitted_values import SubmittedModal
from bot.chat.presenter.cards.card import can_be_used_again
from bot.chat.presenter.cards.forms import PROMPTS, QUALITY, RATIO, STYLE, reword_form, upload_form
from bot.chat.presenter.elements.custom_ids import CustomId, as_choice
from bot.chat.responses.context import Context
from bot.domain.errors import PromptForgotten
from bot.domain.job import Job
from bot.domain.luma import DEFAULT_RATIO, AspectRatio, Style
from bot.domain.quality import Quality
from bot.domain.request import Door, ImageRequest


async def open_reword(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    """Open the dialogue; for an uploaded source, which is gone, the one that asks for a file."""
    view = await context.view(interaction, pressed.number(0))
    job = view.jobs[0]
    if not job.prompt:
        raise PromptForgotten
    require_readable(interaction, view)
    if job.source is not None:
        await require_open(context, interaction, job.source)
    if job.source is None or can_be_used_again(job.source):
        quality = job.quality if await context.may_use_max(interaction) else None
        presets = await offered(context, interaction, job.preset)
        form = reword_form(view.card.id, job, interaction.id, quality, presets)
    else:
        form = upload_form(
            job.prompt,
            job.style,
            len(view.jobs),
            interaction.id,
            is_private=view.card.is_private,
            is_spoiler=job.is_spoiler,
            quality=await _quality_kept(context, interaction, job),
            preset=f"{OF_CARD}{view.card.id}" if job.preset else "",
        )
    await open_form(interaction, form)


async def reword_sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    filled = SubmittedModal.of(interaction)
    view = await context.view(interaction, sent.number(0))
    job, source = view.jobs[0], view.jobs[0].source
    if source is not None:
        await require_open(context, interaction, source)
    prompt = "".join(map(filled.text, PROMPTS))
    chosen = filled.choice(QUALITY)
    request = ImageRequest.checked(
        prompt=prompt,
        sent_prompt=_sent_before(job, prompt),
        names=InteractionMentions(interaction),
        aspect_ratio=_ratio(job, filled),
        style=as_choice(Style, filled.choice(STYLE) or job.style),
        quality=quality_named(chosen) if chosen else await _quality_kept(context, interaction, job),
        preset=await chosen_in(context, interaction, filled, job.preset),
        count=len(view.jobs),
        source=source,
        is_spoiler=job.is_spoiler,
    )
    await context.ask(interaction, request, Door.AGAIN, is_private=view.card.is_private)


async def _quality_kept(context: Context, interaction: discord.Interaction, job: Job) -> Quality:
    """Return the quality as it was, or the standard one if the member may not choose it any more."""
    return job.quality if await context.may_use_max(interaction) else Quality.STANDARD


def _sent_before(job: Job, prompt: str) -> str | None:
    """Return the words with names in place of mentions, if the prompt is unchanged."""
    return job.sent_before_preset if prompt == job.prompt and not job.is_variation else None


def _ratio(job: Job, filled: SubmittedModal) -> AspectRatio | None:
    """Return the chosen ratio. The default that was never chosen stays unchosen: manga has another one.

    Raises `JobUnknown` for a value that only a forged modal can have.
    """
    name = filled.choice(RATIO)
    if name is None or (name == DEFAULT_RATIO and job.aspect_ratio is None):
        return job.aspect_ratio
    return as_choice(AspectRatio, name)
