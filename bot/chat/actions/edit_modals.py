"""Edit: the buttons and the message menu open a modal, and the submitted modal becomes a request."""

import asyncio
from contextlib import suppress
from dataclasses import replace

import discord

from bot.chat.actions.preset_choices import chosen_in, named_in, offered
from bot.chat.delivery.card_update import is_picture_of
from bot.chat.delivery.sender import open_form
from bot.chat.incoming.attachments import FoundPicture, named, only_one, pictures_in
from bot.chat.incoming.mentions import InteractionMentions
from bot.chat.incoming.payload import channel_of
from bot.chat.incoming.submitted_values import SubmittedModal
from bot.chat.presenter.cards.details import location_of
from bot.chat.presenter.cards.forms import (
    FILE,
    PICTURES,
    PROMPT,
    PROMPTS,
    QUALITY,
    STYLE,
    edit_form,
    menu_form,
    picture_label,
)
from bot.chat.presenter.cards.phases import in_order
from bot.chat.presenter.elements.custom_ids import CustomId, as_choice, as_number
from bot.chat.responses.context import Context, own_message, shows_to_all
from bot.chat.rest.error_codes import DISCORD_ERRORS, is_final
from bot.domain.card import Card, CardView
from bot.domain.errors import CourierUnavailable, JobUnknown, NoPicture, NotPossibleNow, TooManyPictures
from bot.domain.ids import ChannelId, MessageId
from bot.domain.job import Job, JobState
from bot.domain.luma import Style
from bot.domain.quality import Quality
from bot.domain.request import COUNT_MOST, Door, ImageRequest, Source

#: A modal has to open within Discord's 3 s. Its picture is looked up again when it is submitted.
LOOK_UP_SECONDS = 1.0
#: The part of an upload modal's custom id that marks spoilers; modals from before do not have it.
IS_SPOILER_AT = 4
QUALITY_AT = 5
PRESET_AT = 6


async def open_edit(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    style, quality, preset = Style.AUTO, None, None
    job_ids = [pressed.number(at) for at in range(min(len(pressed.args), COUNT_MOST))] or [pressed.number(0)]
    with suppress(TimeoutError):
        async with asyncio.timeout(LOOK_UP_SECONDS):
            job, _ = await context.picture(interaction, job_ids[0])
            require_picture(job)
            style = job.style
            quality = job.quality if await context.may_use_max(interaction) else None
            preset = job.preset
    presets = await offered(context, interaction, preset)
    form = edit_form(job_ids, style, interaction.id, quality, presets)
    await open_form(interaction, form)


async def edit_sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    filled = SubmittedModal.of(interaction)
    chosen = filled.choice(PICTURES[0])
    job_id = sent.number(0) if chosen is None else as_number(chosen)
    job, card = await context.picture(interaction, job_id)
    source = source_of(job, card, own_message(interaction))
    request = await _request(context, interaction, filled, source)
    is_private = card.is_private and not shows_to_all(interaction, job)
    await context.ask(interaction, request, Door.BUTTON, is_private=is_private)


def shown_on(view: CardView) -> list[Job]:
    """Return the card's pictures that can be edited, as Discord shows them. Raises `JobUnknown` for none."""
    shown = [job for job in view.jobs if job.is_posted]
    if not shown:
        raise JobUnknown
    return in_order(shown)


def chosen_on(view: CardView, filled: SubmittedModal) -> Job:
    """Return the picture that was chosen in the dialogue. Raises `JobUnknown`."""
    shown, key = shown_on(view), filled.choice(PICTURES[0])
    if key is None and len(shown) == 1:
        return shown[0]
    for job in shown:
        if str(job.id) == key:
            return job
    raise JobUnknown


async def open_menu(context: Context, interaction: discord.Interaction, message: discord.Message) -> None:
    found = pictures_in(message)
    if not found:
        raise NoPicture
    context.modal_pictures.keep(interaction.id, interaction.user.id, found)
    form = menu_form(
        MessageId(message.id),
        [picture.key for picture in found],
        [picture_label(number, picture.name) for number, picture in enumerate(found, start=1)],
        interaction.id,
        is_first_meant=sum(not picture.claims_otherwise for picture in found) == 1,
        presets=await offered(context, interaction),
    )
    await open_form(interaction, form)


async def menu_sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    filled = SubmittedModal.of(interaction)
    channel_id, message_id = channel_of(interaction), MessageId(sent.number(0))
    opened = context.modal_pictures.of(sent.number(2), interaction.user.id)
    found = opened or await _fetched(interaction, channel_id, message_id)
    chosen = [key for key in map(filled.choice, PICTURES) if key]
    if len(chosen) > 1:
        raise TooManyPictures(len(found))
    key = chosen[0] if chosen else sent.text(1)
    picture = named(found, key) if key else only_one(found)
    source = picture.source_in(channel_id, message_id)
    request = await _request(context, interaction, filled, source)
    await context.ask(interaction, request, Door.MENU, is_private=False)


async def upload_sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    filled = SubmittedModal.of(interaction)
    request = ImageRequest.checked(
        prompt="".join(map(filled.text, PROMPTS)),
        names=InteractionMentions(interaction),
        style=as_choice(Style, sent.text(0)),
        count=min(sent.number(1), COUNT_MOST),
        source=filled.file(FILE).uploaded_source(),
        is_spoiler=len(sent.args) > IS_SPOILER_AT and sent.flag(IS_SPOILER_AT),
        quality=quality_named(sent.text(QUALITY_AT) if len(sent.args) > QUALITY_AT else None),
        preset=await named_in(context, interaction, sent, PRESET_AT),
    )
    await context.ask(interaction, request, Door.EDIT, is_private=sent.flag(2))


async def _request(
    context: Context, interaction: discord.Interaction, filled: SubmittedModal, source: Source
) -> ImageRequest:
    return ImageRequest.checked(
        prompt=filled.text(PROMPT),
        names=InteractionMentions(interaction),
        style=_style(filled),
        quality=quality_named(filled.choice(QUALITY)),
        preset=await chosen_in(context, interaction, filled),
        source=source,
    )


def source_of(job: Job, card: Card, message: discord.Message | None = None) -> Source:
    """Return one of the bot's own pictures as a source: in `message` if it is there, else on its card."""
    require_picture(job)
    for attachment in [] if message is None else message.attachments:
        if is_picture_of(attachment, job) and message is not None:
            place = ChannelId(message.channel.id), MessageId(message.id)
            source = FoundPicture.of_attachment(attachment).source_in(*place)
            source = replace(source, job_id=job.id, is_spoiler=source.is_spoiler or job.is_spoiler)
            # There is no link to a message that only one member sees, and it cannot be read again.
            return replace(source, location=None) if message.flags.ephemeral else source
    location = location_of(job, card) if job.attachment_id is not None else None
    return Source(location=location, job_id=job.id, is_spoiler=job.is_spoiler)


def require_picture(job: Job) -> None:
    """Raises `JobUnknown` for a deleted or hidden picture, `NotPossibleNow` while there is none."""
    if job.is_away:
        raise JobUnknown
    if job.state not in (JobState.DELIVERED, JobState.READY):
        raise NotPossibleNow


async def _fetched(
    interaction: discord.Interaction, channel_id: ChannelId, message_id: MessageId
) -> list[FoundPicture]:
    """Read the pictures of a message again after a restart, as far as the bot may read it."""
    message = interaction.client.get_partial_messageable(channel_id).get_partial_message(message_id)
    try:
        return pictures_in(await message.fetch())
    except DISCORD_ERRORS as error:
        if is_final(error):
            raise NoPicture from error
        raise CourierUnavailable from error


def _style(filled: SubmittedModal) -> Style:
    return as_choice(Style, filled.choice(STYLE) or Style.AUTO)


def quality_named(name: str | None) -> Quality:
    """Return the standard quality without a choice. Raises `JobUnknown`."""
    return as_choice(Quality, name or Quality.STANDARD)
