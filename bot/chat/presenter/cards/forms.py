"""The dialogues that ask which picture to edit or to vary, and what to change.

`opening` is different each time a dialogue opens: for a repeated id, Discord's clients show an old draft.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.chat.incoming.text import one_line, units
from bot.chat.presenter.cards.details import image_name
from bot.chat.presenter.elements.custom_ids import Action, custom_id
from bot.chat.presenter.elements.message import (
    MOST_FIELDS,
    MOST_OPTION,
    MOST_OPTIONS,
    MOST_TEXT_INPUT,
    ChoiceField,
    FileField,
    Form,
    Option,
    TextField,
)
from bot.chat.presenter.elements.numbers import pictures as how_many
from bot.chat.presenter.wording.command_words import QUALITY_CHOICES, RATIO_CHOICES
from bot.chat.presenter.wording.preset_panel import preset_option
from bot.domain.ids import CardId, MessageId
from bot.domain.job import Job
from bot.domain.luma import DEFAULT_RATIO, AspectRatio, Style
from bot.domain.presets import Preset, PresetId, SavedPreset, name_key
from bot.domain.quality import Quality
from bot.domain.request import COUNT_MOST
from bot.words.catalogs import deferred
from bot.words.catalogs import gettext as _

#: A prompt may take several inputs: up to 6,000 characters, each of which may count twice.
PROMPTS = ("prompt", "prompt-2", "prompt-3")
PROMPT = PROMPTS[0]
STYLE, FILE, RATIO, COUNT, QUALITY = "style", "file", "ratio", "count", "quality"
PRESET = "preset"
#: A dialogue has room for this many lists beside its two other fields.
PICTURES = ("picture", "picture-2", "picture-3")

#: The name of each style, and what it means.
_STYLES = {
    Style.AUTO: (deferred("Auto"), deferred("No particular style")),
    Style.MANGA: (deferred("Manga"), deferred("Like a page of a comic, in a tall format")),
}


@dataclass(frozen=True, slots=True)
class OfferedPresets:
    """The presets of the server, and the one that is chosen at first."""

    presets: Sequence[SavedPreset] = ()
    chosen: PresetId | None = None

    @classmethod
    def like(cls, presets: Sequence[SavedPreset], before: Preset | None) -> "OfferedPresets":
        """Choose the one with the same name, whose words may have changed."""
        key = name_key(before.name) if before else ""
        same = [preset.id for preset in presets if name_key(preset.name) == key]
        return cls(presets, same[0] if same else None)


NO_PRESETS = OfferedPresets()


def edit_form(
    job_ids: Sequence[int],
    style: Style,
    opening: int,
    quality: Quality | None = None,
    presets: OfferedPresets = NO_PRESETS,
) -> Form:
    """Return the dialogue for a picture of ours, or for one of several.

    In this dialogue and the next two, `quality` is what is chosen at first; None: there is no choice.
    """
    id_ = custom_id(Action.EDIT_FORM, job_ids[0], opening)
    fields: list[TextField | ChoiceField | FileField] = [
        *_which_picture(job_ids),
        _change(),
        _style(style),
        *_preset(presets),
        *_quality(quality),
    ]
    return Form(_("Edit this image"), id_, fields)


def reword_form(
    card_id: CardId,
    job: Job,
    opening: int,
    quality: Quality | None = None,
    presets: OfferedPresets = NO_PRESETS,
) -> Form:
    """Return the dialogue that runs a request again, with everything filled in as it was."""
    fields: list[TextField | ChoiceField | FileField]
    if job.is_edit:
        fields = [*_changes("" if job.is_variation else job.prompt), _style(job.style)]
    else:
        fields = [*_words(job.prompt), _ratio(job.aspect_ratio), _style(job.style)]
    choices = [*_preset(presets), *_quality(quality)]
    fields = [*fields, *choices][:MOST_FIELDS]  # the longest prompts leave no room for all choices
    return Form(_("Change and rerun"), custom_id(Action.REWORD_FORM, card_id, opening), fields)


def vary_form(
    card_id: CardId, shown: Sequence[Job], most: int, opening: int, quality: Quality | None = None
) -> Form:
    """Return the dialogue that asks for variations, of which `most` are possible now."""
    counts = range(1, max(1, min(most, COUNT_MOST)) + 1)
    options = [Option(how_many(count), str(count), is_chosen=count == counts[-1]) for count in counts]
    fields = [
        *_which_picture([job.id for job in shown]),
        ChoiceField(COUNT, _("How many variations?"), options),
        *_quality(quality),
    ]
    return Form(_("Variations of this image"), custom_id(Action.VARY_FORM, card_id, opening), fields)


def _which_picture(job_ids: Sequence[int]) -> list[ChoiceField]:
    """Return the list of a card's pictures; nothing if there is no choice."""
    options = [Option(image_name(number), str(job_id)) for number, job_id in enumerate(job_ids, start=1)]
    return [ChoiceField(PICTURES[0], _("Which image?"), options)] if len(options) > 1 else []


def menu_form(
    message_id: MessageId,
    keys: Sequence[str],
    labels: Sequence[str],
    opening: int,
    *,
    is_first_meant: bool = False,
    presets: OfferedPresets = NO_PRESETS,
) -> Form:
    """Return the dialogue for the pictures of any message.

    `keys` name the pictures, and `labels` are what the member reads. The first one is already chosen if it is
    surely meant.
    """
    only = keys[0] if len(keys) == 1 else ""
    fields: list[TextField | ChoiceField | FileField] = [_change(), _style(Style.AUTO)]
    if len(keys) > 1:
        pictures = zip(keys, labels, strict=True)
        options = [Option(label, key, is_chosen=is_first_meant and key == keys[0]) for key, label in pictures]
        fields = [*_picture_lists(options), *fields]
    fields = [*fields, *_preset(presets)][:MOST_FIELDS]
    return Form(_("Edit image"), custom_id(Action.MENU_FORM, message_id, only, opening), fields)


def _picture_lists(options: Sequence[Option]) -> list[ChoiceField]:
    """Return one list, or several of which the member uses one: a list takes at most 25 options."""
    starts = range(0, len(options), MOST_OPTIONS)
    if len(starts) == 1:
        return [ChoiceField(PICTURES[0], _("Which image?"), options)]
    lists = [(start, options[start : start + MOST_OPTIONS]) for start in starts]
    return [
        ChoiceField(id_, _which(start + 1, start + len(part)), part, is_required=False)
        for id_, (start, part) in zip(PICTURES, lists, strict=False)
    ]


def _which(first: int, last: int) -> str:
    return _("Which image? {first} to {last}", first=first, last=last)


def picture_label(number: int, name: str) -> str:
    """Return the label of one of several images of a message."""
    shown = one_line(name, MOST_OPTION - 4) or _("image in the message")
    return f"{number}. {shown}"


def upload_form(
    prompt: str,
    style: Style,
    count: int,
    opening: int,
    *,
    is_private: bool,
    is_spoiler: bool = False,
    quality: Quality = Quality.STANDARD,
    preset: str = "",
) -> Form:
    """Return the dialogue for a file still to be picked. A long prompt is split over several inputs.

    `preset` is the part of the custom id that names the preset.
    """
    hint = _("JPEG, PNG, WebP, GIF or HEIC, at most 50 MB")
    file = FileField(FILE, _("The image to edit"), hint)
    id_ = custom_id(
        Action.UPLOAD_FORM, style, count, int(is_private), opening, int(is_spoiler), quality, preset
    )
    return Form(_("Edit an image"), id_, [file, *_changes(prompt)])


def _changes(prompt: str) -> list[TextField]:
    """Return the inputs that say what to change, as many as the prompt needs."""
    first, *others = _pieces(prompt)
    return [_change(first), *_continued(_("What should change? (continued)"), others)]


def _words(prompt: str) -> list[TextField]:
    """Return the inputs that say what to show, as many as the prompt needs."""
    first, *others = _pieces(prompt)
    shown = TextField(PROMPT, _("What should the image show?"), value=first)
    return [shown, *_continued(_("What should the image show? (continued)"), others)]


def _continued(label: str, pieces: Sequence[str]) -> list[TextField]:
    inputs = zip(PROMPTS[1:], pieces, strict=False)
    return [TextField(id_, label, value=piece, is_required=False) for id_, piece in inputs]


def _ratio(chosen: AspectRatio | None) -> ChoiceField:
    chosen = chosen or DEFAULT_RATIO
    options = [
        Option(_(name), ratio.value, is_chosen=ratio is chosen) for ratio, name in RATIO_CHOICES.items()
    ]
    return ChoiceField(RATIO, _("Aspect ratio"), options)


def _change(value: str = "") -> TextField:
    hint = _("Make it night, and leave the fox as it is")
    return TextField(PROMPT, _("What should change?"), placeholder=hint, value=value)


def _quality(chosen: Quality | None) -> list[ChoiceField]:
    if chosen is None:
        return []
    options = [
        Option(_(name), quality.value, is_chosen=quality is chosen)
        for quality, name in QUALITY_CHOICES.items()
    ]
    return [ChoiceField(QUALITY, _("Quality"), options)]


def _preset(offered: OfferedPresets) -> list[ChoiceField]:
    """Return the list of presets, of which none need be chosen; nothing if there is no preset."""
    options = [preset_option(preset, is_chosen=preset.id == offered.chosen) for preset in offered.presets]
    return [ChoiceField(PRESET, _("Style of this server"), options, is_required=False)] if options else []


def preset_label(preset: SavedPreset) -> str:
    """Return the label of a suggestion: the name and the beginning of the words."""
    return one_line(f"{preset.name} · {preset.words}", MOST_OPTION)


def _style(chosen: Style) -> ChoiceField:
    options = [
        Option(_(name), style.value, _(meaning), style is chosen)
        for style, (name, meaning) in _STYLES.items()
    ]
    return ChoiceField(STYLE, _("Style"), options)


def _pieces(prompt: str) -> list[str]:
    """Split the prompt into pieces that each fit into one input."""
    pieces, start, used = [], 0, 0
    for at, character in enumerate(prompt):
        used += units(character)
        if used > MOST_TEXT_INPUT:
            pieces.append(prompt[start:at])
            start, used = at, units(character)
    return [*pieces, prompt[start:]]
