"""/review approvals, and the buttons below a picture that waits: moderators let it be shown, or not.

The same buttons are in the moderators' channel and on the pages of the list. On a page, the page is drawn
again; in the channel, the service that posts there brings the message up to date.
"""

import discord
import structlog

from bot.chat.actions.block_pages import chosen_length
from bot.chat.actions.ranks import require_may_block
from bot.chat.delivery.sender import keep_promise, open_form, promise, promise_to_replace_own
from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.submitted_values import SubmittedModal, selected
from bot.chat.incoming.text import tidy
from bot.chat.incoming.thumbnails import PATIENCE_SECONDS
from bot.chat.presenter.elements.custom_ids import CustomId, as_number
from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.moderation import approvals as words
from bot.chat.responses.context import Context
from bot.chat.responses.first_response import upload_limit_of
from bot.domain.block import MemberBlock
from bot.domain.errors import FileRefused, ProviderError
from bot.domain.ids import JobId, MemberId
from bot.domain.job import Job
from bot.domain.moderation import REASON_MOST_CHARACTERS

log = structlog.stdlib.get_logger(__name__)


async def show_list(context: Context, interaction: discord.Interaction) -> None:
    await promise(interaction, is_new=True)
    await _give_list(context, interaction, 0)


async def turn_list(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    page = pressed.number(0)
    await promise_to_replace_own(interaction)
    await _give_list(context, interaction, page)


async def pick(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    """Show one of the pictures, in full size if the provider still has its file."""
    job_id, page = JobId(as_number(selected(interaction)[0])), pressed.number(0)
    await promise_to_replace_own(interaction)
    await context.approvals.waiting(job_id, guild_of(interaction))
    shown = words.approval_review(await context.approvals.of(job_id, guild_of(interaction)), page)
    try:
        limit = upload_limit_of(interaction)
        async with context.gallery.picture(job_id, guild_of(interaction), limit) as picture:
            await keep_promise(interaction, shown, {job_id: picture})
    except (FileRefused, ProviderError, TimeoutError) as error:
        log.info("a picture that waits is shown without its file", job=job_id, why=type(error).__name__)
        await keep_promise(interaction, shown)


async def approve(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    job_id = JobId(pressed.number(0))
    await promise_to_replace_own(interaction)
    job = await context.approvals.approve(job_id, guild_of(interaction), MemberId(interaction.user.id))
    await _go_on(context, interaction, pressed, words.approved(job))


async def open_reject(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    await _open(context, interaction, pressed, blocks=False)


async def open_reject_block(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    await _open(context, interaction, pressed, blocks=True)


async def _open(
    context: Context, interaction: discord.Interaction, pressed: CustomId, *, blocks: bool
) -> None:
    """Raises `JobUnknown` and `DecidedBefore` before anything is typed."""
    job = await context.approvals.waiting(JobId(pressed.number(0)), guild_of(interaction))
    await open_form(interaction, words.reject_form(job, pressed, interaction.id, blocks=blocks))


async def reject_sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    job_id, filled = JobId(sent.number(0)), SubmittedModal.of(interaction)
    await promise_to_replace_own(interaction)
    await _reject(context, interaction, sent, job_id, filled, None)


async def reject_block_sent(context: Context, interaction: discord.Interaction, sent: CustomId) -> None:
    """Block the member in the same step. Raises `BlockRefused` for whom the moderator may not block."""
    job_id, filled = JobId(sent.number(0)), SubmittedModal.of(interaction)
    length = chosen_length(filled)
    await promise_to_replace_own(interaction)
    job = await context.approvals.waiting(job_id, guild_of(interaction))
    await require_may_block(context.servers, interaction, job.member_id)
    by, reason = MemberId(interaction.user.id), filled.text(words.REASON).strip()
    block = context.block_list.drawn_up(job.guild_id, by, job.member_id, length, reason)
    await _reject(context, interaction, sent, job_id, filled, block)


async def _reject(
    context: Context,
    interaction: discord.Interaction,
    sent: CustomId,
    job_id: JobId,
    filled: SubmittedModal,
    block: MemberBlock | None,
) -> None:
    job = await context.approvals.reject(
        job_id,
        guild_of(interaction),
        MemberId(interaction.user.id),
        tidy(filled.text(words.REASON)).strip()[:REASON_MOST_CHARACTERS],
        gives_back=filled.choice(words.COUNTS) == words.NO,
        block=block,
    )
    await _go_on(context, interaction, sent, words.rejected(job))


async def _go_on(
    context: Context, interaction: discord.Interaction, pressed: CustomId, done: Message
) -> None:
    """Draw the list again on which the button was; elsewhere, only say what is done."""
    if words.FROM_LIST in pressed.args:
        await _give_list(context, interaction, pressed.number(1))
    else:
        await keep_promise(interaction, done)


async def _give_list(context: Context, interaction: discord.Interaction, number: int) -> None:
    page = await context.approvals.page(guild_of(interaction), number)
    seen = [view.job for view in page.views if view.job is not None and _has_small_copy(view.job)]
    copies = await context.small_copies.of(seen, PATIENCE_SECONDS)
    endings = {job_id: picture.extension for job_id, picture in copies.items()}
    await keep_promise(interaction, words.approval_list(page, endings), copies)


def _has_small_copy(job: Job) -> bool:
    """Discord never blurs a thumbnail."""
    return not job.is_spoiler
