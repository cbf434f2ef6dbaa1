"""/privacy: what is kept of a member, their data as files that only they see, and their deletion."""

import asyncio
from pathlib import Path

import discord

from bot.chat.delivery.sender import keep_promise, promise, promise_to_replace_own, tell_alone
from bot.chat.incoming.payload import guild_of
from bot.chat.presenter.elements.custom_ids import CustomId
from bot.chat.presenter.members import privacy as words
from bot.chat.reports.archives import Archives
from bot.chat.responses.context import Context
from bot.chat.responses.first_response import TOKEN_LIFE, upload_limit_of
from bot.domain.ids import ApplicationId, MemberId
from bot.domain.privacy import Erasure
from bot.services.members.own_data import OwnData
from bot.words.language import spoken


async def show_about(context: Context, interaction: discord.Interaction) -> None:
    facts = context.privacy_facts
    days_here = await context.administration.prompt_days_of(guild_of(interaction))
    await tell_alone(interaction, words.about(facts, days_here))


async def export(context: Context, interaction: discord.Interaction) -> None:
    await promise(interaction, is_new=True)
    member_id = MemberId(interaction.user.id)
    async with context.own_data.exporting(member_id) as folder:
        files = await packed(context.own_data, member_id, folder, upload_limit_of(interaction))
        for number, file in enumerate(files, start=1):
            send = keep_promise if number == 1 else tell_alone
            await send(interaction, words.exported(file, number, len(files)))


async def packed(own_data: OwnData, member_id: MemberId, folder: Path, most_bytes: int) -> list[Path]:
    """Write everything about the member into files of at most so many bytes, in threads."""
    archives = Archives(folder, most_bytes, words.note_in_file())
    async for page in own_data.pages(member_id):
        await asyncio.to_thread(archives.add, page.table, page.columns, page.rows)
    return await asyncio.to_thread(archives.close)


async def ask_delete(context: Context, interaction: discord.Interaction) -> None:
    """Ask first; if the deletion is under way, say how it goes."""
    await promise(interaction, is_new=True)
    state = await context.erasures.of(MemberId(interaction.user.id))
    if state is not None and state.erasure.done_at is None:
        await keep_promise(interaction, words.erasing(state))
    else:
        await keep_promise(interaction, words.delete_question(context.privacy_facts, state))


async def delete_pressed(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    takes_down = pressed.flag(0)
    await promise_to_replace_own(interaction)
    now = context.clock.now()
    erasure = Erasure(
        member_id=MemberId(interaction.user.id),
        asked_at=now,
        takes_down=takes_down,
        application_id=ApplicationId(interaction.application_id),
        sealed_token=context.token_cipher.encrypt(interaction.token),
        token_expires_at=now + TOKEN_LIFE,
        language=spoken(),
    )
    await keep_promise(interaction, words.erasing(await context.erasures.begin(erasure)))
