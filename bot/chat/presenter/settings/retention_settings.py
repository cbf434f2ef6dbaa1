"""The words and the list of the setting after how many days the prompts of a server are deleted."""

from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Button, Message, Option, Select, view_message
from bot.domain.administration import GuildSettings
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext

#: The value in the list that leaves it to the operator; the others are days.
AS_OPERATOR_SAYS = "default"
_DAYS = (1, 3, 7, 14, 30, 60, 90, 180, 365)


def days_name(days: int | None) -> str:
    """Return after how many days prompts are deleted; None: as the operator says."""
    if days is None:
        return _("As set by the bot's owner")
    return ngettext("After {count} day", "After {count} days", days)


def retention_words(settings: GuildSettings) -> str:
    days = settings.prompt_days
    return ngettext("Prompts are deleted after {count} day.", "Prompts are deleted after {count} days.", days)


def retention_panel(settings: GuildSettings, note: str, back: Button) -> Message:
    chosen, most = settings.choices.retention_days, settings.operator_days
    offered = sorted({*(days for days in _DAYS if days < most), *([] if chosen is None else [chosen])})
    options = [Option(days_name(None), AS_OPERATOR_SAYS, is_chosen=chosen is None)]
    options += [Option(days_name(days), str(days), is_chosen=days == chosen) for days in offered]
    explained = _(
        "After that, I keep that an image was made, when, by whom, and what it cost, but not its words. In "
        "Discord, they stay on the images."
    )
    longest = ngettext(
        "The bot's owner has them deleted after {count} day, so it can't be longer.",
        "The bot's owner has them deleted after {count} days, so it can't be longer.",
        most,
    )
    select = Select(custom_id(Action.SETTINGS_RETENTION), _("Choose when …"), options)
    state = note or f"**{retention_words(settings)}**"
    return view_message(_("Retention"), [state, explained, longest], note, [[select], [back]])


def retention_saved(settings: GuildSettings) -> str:
    return _("✅ Saved: {rule}", rule=retention_words(settings))
