"""Report image: a member tells the moderators what is wrong with a picture of the bot."""

from collections.abc import Sequence

import discord

from bot.chat.delivery.sender import open_form, tell_alone
from bot.chat.incoming.payload import channel_of, guild_of
from bot.chat.incoming.submitted_values import SubmittedModal
from bot.chat.incoming.text import tidy
from bot.chat.presenter.cards.forms import PICTURES
from bot.chat.presenter.cards.phases import in_order
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.presenter.moderation.complaints import REASON, report_form, reported
from bot.chat.presenter.wording.command_words import REPORT_MENU
from bot.chat.responses.context import Context
from bot.domain.errors import JobUnknown
from bot.domain.ids import ChannelId, MemberId, MessageId
from bot.domain.job import Job
from bot.domain.moderation import REASON_MOST_CHARACTERS, NothingToReport, OwnPicture, ReasonMissing
from bot.domain.plain_words import is_visible


async def open_report(context: Context, interaction: discord.Interaction, message: discord.Message) -> None:
    """Open the dialogue, or say at once why there is nothing to report."""
    shown = await _shown_by(context, interaction, MessageId(message.id))
    member_id = MemberId(interaction.user.id)
    if shown[0].member_id == member_id:
        raise OwnPicture
    if len(shown) == 1:
        await context.complaints.require_possible(shown[0], member_id)
    await open_form(interaction, report_form(MessageId(message.id), shown, interaction.id))


async def report_sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    await context.permission_checks.require_use(interaction, REPORT_MENU)
    filled = SubmittedModal.of(interaction)
    reason = tidy(filled.text(REASON)).strip()[:REASON_MOST_CHARACTERS]
    if not is_visible(reason):
        raise ReasonMissing
    shown = await _shown_by(context, interaction, MessageId(sent.number(0)))
    job = _chosen(shown, filled.choice(PICTURES[0]))
    by = MemberId(interaction.user.id)
    await tell_alone(
        interaction, reported(await context.complaints.report(job.id, guild_of(interaction), by, reason))
    )


def _chosen(shown: Sequence[Job], key: str | None) -> Job:
    """Raises `JobUnknown` for what only a forged dialogue can hold."""
    if key is None and len(shown) == 1:
        return shown[0]
    for job in shown:
        if key is not None and job.id == as_number(key):
            return job
    raise JobUnknown


async def _shown_by(context: Context, interaction: discord.Interaction, message_id: MessageId) -> list[Job]:
    """Return the pictures that the bot's message in this channel shows, as Discord orders them.

    Raises `NothingToReport`; `JobUnknown` for a private card of somebody else.
    """
    place = ChannelId(channel_of(interaction)), message_id
    copied = await context.gallery.copied_on(*place, guild_of(interaction))
    if copied is not None:
        return [copied]
    found = await context.gallery.jobs_of_message(*place, guild_of(interaction))
    if not found:
        raise NothingToReport(is_deleted=False)
    await context.view(interaction, found[0].card_id)
    there = [job for job in found if job.is_posted]
    if not there:
        raise NothingToReport(is_deleted=any(job.deleted_at is not None for job in found))
    return in_order(there)
