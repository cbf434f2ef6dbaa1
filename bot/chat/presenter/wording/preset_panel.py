"""The styles of a server: the page of the settings panel, the dialogue for one style, and what was saved."""

from collections.abc import Sequence

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import (
    MOST_OPTION,
    Button,
    Form,
    Look,
    Message,
    Option,
    Row,
    Select,
    TextField,
    view_message,
)
from bot.domain.presets import (
    MOST_PRESETS,
    NAME_MOST_CHARACTERS,
    WORDS_MOST_CHARACTERS,
    Preset,
    SavedPreset,
)
from bot.words.catalogs import gettext as _
from bot.words.catalogs import ngettext

NAME, WORDS = "name", "words"
#: In a list of all presets, only the beginning of their words has room.
_MOST_WORDS_IN_LIST = 36


def presets_panel(presets: Sequence[SavedPreset], note: str, back: Button) -> Message:
    rows: list[Row] = []
    if presets:
        options = [preset_option(preset) for preset in presets]
        rows.append([Select(custom_id(Action.SETTINGS_PRESET), _("Change or remove a style …"), options)])
    buttons = [back]
    if len(presets) < MOST_PRESETS:
        buttons.insert(0, Button(_("Add a style"), custom_id(Action.PRESET_OPEN), Look.PRIMARY))
    explained = _(
        "Members choose a style by its name, and its words go behind their prompt. A server can have up to "
        "{most} styles.",
        most=MOST_PRESETS,
    )
    lines = "\n".join(map(_line, presets)) or _("None yet.")
    return view_message(_("Styles of this server"), [note or lines, explained], note, [*rows, buttons])


def preset_panel(preset: SavedPreset, back: Button) -> Message:
    """Draw one preset, to be changed or removed."""
    buttons = [
        Button(_("Change style"), custom_id(Action.PRESET_OPEN, preset.id), Look.PRIMARY),
        Button(_("Remove style"), custom_id(Action.PRESET_REMOVE, preset.id), Look.DANGER),
        back,
    ]
    hint = _("Images that were requested with it keep its name and its words.")
    body = [f"**{preset_name(preset)}**\n{plain(preset.words)}", f"-# {hint}"]
    return view_message(_("Styles of this server"), body, "", [buttons])


def preset_form(preset: SavedPreset | None, opening: int) -> Form:
    """Return the dialogue for a preset, or for a new one."""
    name = TextField(
        NAME,
        _("Name"),
        placeholder=_("Watercolor"),
        value=preset.name if preset else "",
        is_long=False,
        most_characters=NAME_MOST_CHARACTERS,
    )
    words = TextField(
        WORDS,
        _("Words that go behind the prompt"),
        placeholder=_("A loose watercolor with soft washes, on rough paper"),
        value=preset.words if preset else "",
        most_characters=WORDS_MOST_CHARACTERS,
    )
    id_ = custom_id(Action.PRESET_FORM, preset.id if preset else 0, opening)
    return Form(_("Style of this server"), id_, [name, words])


def preset_option(preset: SavedPreset, *, is_chosen: bool = False) -> Option:
    return Option(preset.name, str(preset.id), one_line(preset.words, MOST_OPTION), is_chosen)


def preset_name(preset: Preset) -> str:
    """Return the name, safe to show."""
    return plain(one_line(preset.name, NAME_MOST_CHARACTERS))


def presets_words(presets: Sequence[SavedPreset]) -> str:
    """Return how many styles the server has."""
    return ngettext("{count} style", "{count} styles", len(presets)) if presets else _("None yet.")


def preset_saved(preset: Preset) -> str:
    return _("✅ Saved: **{name}**", name=preset_name(preset))


def preset_removed(preset: Preset) -> str:
    return _("✅ Removed: **{name}**", name=preset_name(preset))


def _line(preset: SavedPreset) -> str:
    return f"**{preset_name(preset)}** · {plain(one_line(preset.words, _MOST_WORDS_IN_LIST))}"
