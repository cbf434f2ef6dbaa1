"""The words and the list of the setting of a server's language."""

from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import Button, Message, Option, Select, view_message
from bot.words.catalogs import gettext as _
from bot.words.language import LANGUAGES

#: The choice that sets no language, in the lists of languages.
AS_DISCORD_SAYS = "discord"


def language_panel(chosen: str | None, note: str, back: Button) -> Message:
    options = [
        Option(language_name(language), language or AS_DISCORD_SAYS, is_chosen=language == chosen)
        for language in (None, *LANGUAGES)
    ]
    state = note or _("Language: **{language}**", language=language_name(chosen))
    explained = _(
        "Everything that the whole server reads is in this language. What only one member sees is in the "
        "language of their Discord."
    )
    select = Select(custom_id(Action.SETTINGS_LANGUAGE), _("Choose a language …"), options)
    return view_message(_("Language"), [state, explained], note, [[select], [back]])


def language_name(language: str | None) -> str:
    return LANGUAGES.get(language or "") or _("As set in Discord")
