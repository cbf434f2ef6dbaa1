"""Sends every message of the bot, if necessary in a simpler form.

Discord may refuse a message for a part of it. Then it is sent without that part: without the member's text if
AutoMod blocks it; not as a reply if the message replied to cannot be read; as plain text where embeds are not
allowed. This holds for all messages, so that no caller needs to think of it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar, cast

import discord
import structlog

from bot.chat.delivery import renderer
from bot.chat.delivery.clickable_commands import clickable
from bot.chat.gateway.client import GatewayClient
from bot.chat.presenter.elements.message import Form, Message
from bot.chat.rest.error_codes import (
    ALREADY_ANSWERED,
    DISCORD_ERRORS,
    Verdict,
    is_final,
    is_refusal,
    reason,
    verdict,
)
from bot.domain.ids import JobId
from bot.domain.provider import Picture

#: A key in an interaction's extras: it was deferred, although discord.py does not know.
PROMISED = "promised"
#: The pauses before a refused call is repeated: all within the three seconds of an interaction.
PAUSES_SECONDS = (0.3, 0.9)
#: Discord's name for the answer to an interaction, where a message's id is expected.
ORIGINAL = cast("int", "@original")
#: The reaction to a member's message where the bot may not write.
SIGN = "⚠️"

T = TypeVar("T")
Pictures = Mapping[JobId, Picture]

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class MessageForm:
    """The parts that a message is sent with."""

    has_words: bool = True
    has_reference: bool = False
    has_embeds: bool = True
    #: The ids of the bot's slash commands by name, so that a text can link to them.
    command_ids: Mapping[str, int] = field(default_factory=dict)

    def of(self, message: Message) -> Message:
        return clickable(message if self.has_words else message.without_words(), self.command_ids)

    def to_send(self, message: Message, pictures: Pictures | None = None) -> renderer.Sending:
        sending = renderer.to_send(self.of(message), pictures)
        return sending if self.has_embeds else renderer.without_embeds(sending)

    def to_edit(
        self,
        message: Message,
        pictures: Pictures | None = None,
        kept: Sequence[discord.Attachment] = (),
    ) -> renderer.Sending:
        sending = renderer.to_edit(self.of(message), pictures, kept)
        return sending if self.has_embeds else renderer.without_embeds(sending)

    def to_replace(self, message: Message, pictures: Pictures | None = None) -> renderer.Sending:
        sending = renderer.to_replace(self.of(message), pictures)
        return sending if self.has_embeds else renderer.without_embeds(sending)

    def to_edit_beside_files(self, message: Message) -> renderer.Sending:
        sending = renderer.to_edit_beside_files(self.of(message))
        return sending if self.has_embeds else renderer.without_embeds(sending)


FULL = MessageForm()
REPLY = MessageForm(has_reference=True)


def simpler(form: MessageForm, error: Exception) -> MessageForm | None:
    """Return the form without the part that was refused; None if the refusal is not about a part."""
    match verdict(error):
        case Verdict.WORDS_REFUSED if form.has_words:
            return replace(form, has_words=False)
        case Verdict.NO_REFERENCE | Verdict.MESSAGE_GONE | Verdict.INVALID if form.has_reference:
            return replace(form, has_reference=False)
        case Verdict.NOT_PERMITTED if form.has_embeds:
            return replace(form, has_embeds=False)
    return None


async def in_some_form(send: Callable[[MessageForm], Awaitable[T]], form: MessageForm = FULL) -> T:
    """Send it in the fullest form that Discord accepts. Raises one of `DISCORD_ERRORS`."""
    pauses = list(PAUSES_SECONDS)
    while True:
        try:
            return await send(form)
        except discord.HTTPException as error:
            if (next_form := simpler(form, error)) is not None:
                log.info("sent in a simpler form", why=reason(error))
                form = next_form
            elif is_refusal(error) and not is_final(error) and pauses:
                await asyncio.sleep(pauses.pop(0))
            else:
                raise


# --- into a channel ---


async def to_channel(
    channel: discord.abc.Messageable,
    message: Message,
    nonce: str,
    reply_to: discord.Message | None = None,
    pictures: Pictures | None = None,
) -> discord.Message:
    """Post it. If it is repeated with its nonce within minutes, Discord posts it once."""

    async def send(form: MessageForm) -> discord.Message:
        replying: dict[str, Any] = {}
        if reply_to is not None and form.has_reference:
            reference = reply_to.to_reference(fail_if_not_exists=False)
            replying = {"reference": reference, "mention_author": False}
        return await channel.send(**form.to_send(message, pictures), **replying, nonce=nonce)

    return await in_some_form(send, FULL if reply_to is None else REPLY)


async def sign(message: discord.Message) -> None:
    """React to a message where the bot may not write. Raises one of `DISCORD_ERRORS`."""
    await message.add_reaction(SIGN)


# --- to an interaction ---


def form_for(interaction: discord.Interaction) -> MessageForm:
    client = interaction.client
    return MessageForm(command_ids=client.command_ids) if isinstance(client, GatewayClient) else FULL


async def first_answer(interaction: discord.Interaction, message: Message, *, is_private: bool) -> int:
    """Send the response, and return the id of its message."""
    answered = await in_some_form(
        lambda form: interaction.response.send_message(**form.to_send(message), ephemeral=is_private),
        form_for(interaction),
    )
    return answered.message_id or (await interaction.original_response()).id


async def edit_answer(interaction: discord.Interaction, message: Message) -> int:
    """Edit the response, keep its files, and return the id of its message."""
    edited = await in_some_form(
        lambda form: interaction.edit_original_response(**form.to_edit_beside_files(message)),
        form_for(interaction),
    )
    return edited.id


async def edit_later(webhook: discord.Webhook, message: Message) -> None:
    """Edit the response long after the interaction, by its token."""
    await in_some_form(lambda form: webhook.edit_message(ORIGINAL, **form.to_replace(message)))


async def keep_promise(
    interaction: discord.Interaction, message: Message, pictures: Pictures | None = None
) -> None:
    """Send what was deferred. If the deferred response is gone, send it to the member alone."""
    try:
        await in_some_form(
            lambda form: interaction.edit_original_response(**form.to_replace(message, pictures)),
            form_for(interaction),
        )
    except discord.HTTPException as error:
        if verdict(error) is not Verdict.MESSAGE_GONE:
            raise
        await _follow_up(interaction, message, pictures)


async def promise(interaction: discord.Interaction, *, is_new: bool) -> None:
    """Defer a private response: a new one, or one that replaces the member's own message.

    Discord may accept this and still answer with an error; discord.py then sends it again.
    """
    try:
        await in_some_form(lambda _: interaction.response.defer(ephemeral=is_new, thinking=is_new))
    except discord.HTTPException as error:
        if error.code != ALREADY_ANSWERED:
            raise
        interaction.extras[PROMISED] = True


async def take_back(interaction: discord.Interaction) -> None:
    """Delete the response. If that fails, the caller still goes on."""
    try:
        await in_some_form(lambda _: interaction.delete_original_response())
    except DISCORD_ERRORS as error:
        log.info("response not deleted", why=reason(error))


async def tell_alone(interaction: discord.Interaction, message: Message) -> None:
    """Send a message to the member alone. A deferred public response is deleted first."""
    response = interaction.response
    if not response.is_done() and PROMISED not in interaction.extras:
        await first_answer(interaction, message, is_private=True)
        return
    if response.is_done() and response.type is discord.InteractionResponseType.deferred_channel_message:
        await take_back(interaction)
    await _follow_up(interaction, message)


async def open_form(interaction: discord.Interaction, form: Form) -> None:
    await in_some_form(lambda _: interaction.response.send_modal(renderer.modal(form)))


async def _follow_up(
    interaction: discord.Interaction, message: Message, pictures: Pictures | None = None
) -> None:
    await in_some_form(
        lambda form: interaction.followup.send(**form.to_send(message, pictures), ephemeral=True),
        form_for(interaction),
    )


# --- in place of the message under a button ---


async def replace_own(interaction: discord.Interaction, message: Message) -> None:
    """Replace the member's own message. In others' messages, only a tampered client presses such a button."""
    if _is_own(interaction):
        await _replace(interaction, message, lambda form: form.to_replace(message))
    else:
        await tell_alone(interaction, message)


async def replace_card(interaction: discord.Interaction, message: Message) -> None:
    """Replace the card with the pressed button, and keep its files."""
    await _replace(interaction, message, lambda form: form.to_edit_beside_files(message))


async def _replace(
    interaction: discord.Interaction, message: Message, draw: Callable[[MessageForm], renderer.Sending]
) -> None:
    """Replace the message. Where that is not possible, send it to the member alone."""
    try:
        await in_some_form(
            lambda form: interaction.response.edit_message(**draw(form)), form_for(interaction)
        )
    except discord.HTTPException as error:
        if not is_final(error) or interaction.response.is_done():
            raise
        await tell_alone(interaction, message)


async def promise_to_replace_own(interaction: discord.Interaction) -> None:
    """Defer the replacement; `keep_promise` sends it."""
    await promise(interaction, is_new=not _is_own(interaction))


def _is_own(interaction: discord.Interaction) -> bool:
    return interaction.message is not None and interaction.message.flags.ephemeral
