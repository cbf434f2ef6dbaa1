"""The view of the log channel, where moderators get budget warnings and a summary of each week."""

from bot.chat.presenter.elements.custom_ids import CLEARS, Action, custom_id
from bot.chat.presenter.elements.message import Button, Kind, Message, Picker, view_message
from bot.chat.presenter.wording.settings_names import Names
from bot.domain.administration import GuildChoices
from bot.words.catalogs import gettext as _


def log_panel(choices: GuildChoices, names: Names, note: str, back: Button) -> Message:
    log = choices.log_channel_id
    there = [log] if log in names.channels and log is not None else []
    picker = Picker(custom_id(Action.SETTINGS_LOG), _("Choose a channel …"), Kind.POST_CHANNELS, there)
    buttons = [_switch(is_on=choices.has_summary), back]
    if log is not None:
        buttons.insert(0, Button(_("Remove log channel"), custom_id(Action.SETTINGS_LOG, CLEARS)))
    body = [note or log_words(choices, names), _("Choose a channel that moderators read.")]
    return view_message(_("Log channel"), body, note, [[picker], buttons])


def log_words(choices: GuildChoices, names: Names) -> str:
    log = choices.log_channel_id
    if log is None:
        return _("No log channel: budget warnings are not posted.")
    words = _("I post budget warnings in {channel}.", channel=names.channel(log))
    if choices.has_summary:
        words += " " + _("Each Monday I post a summary of the week there.")
    return words


def summary_saved(choices: GuildChoices) -> str:
    if not choices.has_summary:
        return _("✅ Saved: I post no weekly summaries.")
    if choices.log_channel_id is None:
        return _("⚠️ Saved, but there is no log channel yet: choose one with `/config log`.")
    channel = f"<#{choices.log_channel_id}>"
    return _("✅ Saved: each Monday I post a summary of the week in {channel}.", channel=channel)


def _switch(*, is_on: bool) -> Button:
    label = _("Stop weekly summaries") if is_on else _("Post weekly summaries")
    return Button(label, custom_id(Action.SETTINGS_SUMMARY, int(not is_on)))
