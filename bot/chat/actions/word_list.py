"""/config words: shows the word list, changes it, and tries it out."""

import discord

from bot.chat.delivery.sender import (
    keep_promise,
    open_form,
    promise,
    promise_to_replace_own,
    replace_own,
    tell_alone,
)
from bot.chat.incoming.payload import guild_of
from bot.chat.incoming.submitted_values import SubmittedModal, selected
from bot.chat.presenter.elements.custom_ids import CustomId, as_choice, as_number
from bot.chat.presenter.elements.message import Message
from bot.chat.presenter.settings.panel_views import View, back_to
from bot.chat.presenter.settings.word_list_panel import (
    ACTION,
    FILE,
    LINES,
    PROMPT,
    SEARCH,
    WordListPosition,
    add_form,
    added_words,
    exported_words,
    file_not_read,
    names_words_saved,
    removed_words,
    search_form,
    tried,
    try_form,
    word_list_panel,
)
from bot.chat.responses.context import Context
from bot.domain.ids import EntryId, GuildId, MemberId
from bot.domain.word_list import WordAction
from bot.domain.word_list_text import LIST_FILE_MOST_BYTES, ListFileRefused


async def open_words(context: Context, interaction: discord.Interaction) -> None:
    await tell_alone(interaction, await _panel(context, interaction, WordListPosition()))


async def turn(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    position = WordListPosition.read(pressed)
    await replace_own(interaction, await _panel(context, interaction, position))


async def open_add(_context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    await open_form(interaction, add_form(interaction.id))


async def add_sent(context: Context, interaction: discord.Interaction, _sent: CustomId) -> None:
    filled = SubmittedModal.of(interaction)
    action = as_choice(WordAction, filled.choice(ACTION) or WordAction.REFUSE)
    await promise_to_replace_own(interaction)
    try:
        text = await _lines_of(context, filled)
    except ListFileRefused:
        note = file_not_read()
    else:
        note = added_words(await context.word_lists.add(*_by(interaction), text, action))
    await keep_promise(interaction, await _panel(context, interaction, WordListPosition(), note))


async def _lines_of(context: Context, filled: SubmittedModal) -> str:
    """Return what was pasted, and what a file says below it. Raises `ListFileRefused`."""
    pasted = filled.text(LINES)
    if not filled.has_file(FILE):
        return pasted
    file = filled.file(FILE)
    if file.size is not None and file.size > LIST_FILE_MOST_BYTES:
        raise ListFileRefused
    return f"{pasted}\n{await context.word_lists.text_at(file.url)}"


async def words_removed(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    ids = [EntryId(as_number(value)) for value in selected(interaction)]
    position = WordListPosition.read(pressed)
    removed = await context.word_lists.remove(*_by(interaction), ids)
    await replace_own(interaction, await _panel(context, interaction, position, removed_words(removed)))


async def open_search(_context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    await open_form(interaction, search_form(interaction.id))


async def search_sent(context: Context, interaction: discord.Interaction, _sent: CustomId) -> None:
    search = SubmittedModal.of(interaction).text(SEARCH).strip()
    await replace_own(interaction, await _panel(context, interaction, WordListPosition(search=search)))


async def open_try(_context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    await open_form(interaction, try_form(interaction.id))


async def try_sent(context: Context, interaction: discord.Interaction, _sent: CustomId) -> None:
    prompt = SubmittedModal.of(interaction).text(PROMPT)
    await promise(interaction, is_new=True)
    matches = await context.word_lists.matches(guild_of(interaction), prompt)
    await keep_promise(interaction, tried(prompt, matches))


async def export(context: Context, interaction: discord.Interaction, _pressed: CustomId) -> None:
    entries = await context.word_lists.entries(guild_of(interaction))
    await tell_alone(interaction, exported_words(entries))


async def names_chosen(context: Context, interaction: discord.Interaction, pressed: CustomId) -> None:
    names_words = pressed.flag(0)
    await context.word_lists.set_names_words(*_by(interaction), names_words=names_words)
    note = names_words_saved(names_words=names_words)
    await replace_own(interaction, await _panel(context, interaction, WordListPosition(), note))


async def _panel(
    context: Context, interaction: discord.Interaction, position: WordListPosition, note: str = ""
) -> Message:
    listed = await context.word_lists.listed(guild_of(interaction), position.search)
    return word_list_panel(listed, position, back_to(View.ALL), note)


def _by(interaction: discord.Interaction) -> tuple[GuildId, MemberId]:
    """Return whose list is changed, and by which member."""
    return guild_of(interaction), MemberId(interaction.user.id)
