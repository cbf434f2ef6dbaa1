"""The words and the list of the setting when members of a server are mentioned."""

from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Button, Message, Option, Select, view_message
from bot.words.catalogs import gettext as _
from bot.words.formats import duration

#: The values in the list, and the waits in seconds after which members are mentioned: None leaves it to the
#: operator, and 0 means only those who always want it.
NOTICE_CHOICES = {"default": None, "10": 10, "20": 20, "60": 60, "300": 300, "never": 0}


def notices_name(after_seconds: int | None) -> str:
    """Return when members are mentioned; None: as the operator says."""
    if after_seconds is None:
        return _("As set by the bot's owner")
    if after_seconds == 0:
        return _("Only if they always want it")
    return _("After more than {duration}", duration=duration(after_seconds))


def notices_panel(chosen: int | None, note: str, back: Button) -> Message:
    options = [
        Option(notices_name(seconds), value, is_chosen=seconds == chosen)
        for value, seconds in NOTICE_CHOICES.items()
    ]
    state = note or _("Mention members: **{when}**", when=notices_name(chosen))
    explained = _(
        "When a request took long, a short reply mentions its member once it is done. Members can choose "
        "otherwise with `/usage`."
    )
    select = Select(custom_id(Action.SETTINGS_NOTICES), _("Choose when …"), options)
    return view_message(_("Notices"), [state, explained], note, [[select], [back]])


def notices_saved(chosen: int | None) -> str:
    return _("✅ Saved: mention members: **{when}**", when=notices_name(chosen))
