"""The words for requests and changes that are refused because of a style preset."""

from bot.chat.incoming.text import one_line, plain
from bot.chat.presenter.wording.preset_panel import preset_name
from bot.domain.presets import (
    MOST_PRESETS,
    NAME_MOST_CHARACTERS,
    WORDS_MOST_CHARACTERS,
    PresetProblem,
    PresetRefused,
    PresetUnknown,
    PromptTooLongForPreset,
)
from bot.words.catalogs import gettext as _
from bot.words.formats import listed, number

#: The most characters quoted of what a member typed.
_MOST_QUOTED = 60


def preset_refusal(refused: PresetUnknown | PresetRefused | PromptTooLongForPreset) -> str:
    match refused:
        case PresetUnknown():
            return f"{_unknown(refused.name)} {_others(refused)}"
        case PresetRefused():
            return _problem(refused.problem)
        case PromptTooLongForPreset():
            return _(
                "With the words of the style “{name}”, your prompt has {length} characters. The maximum is "
                "{most}. Shorten your prompt, or choose no style.",
                name=preset_name(refused.preset),
                length=number(refused.length),
                most=number(refused.most),
            )


def _unknown(name: str | None) -> str:
    if name is None:
        return _("The chosen style has been removed from this server.")
    return _("This server has no style “{name}”.", name=plain(one_line(name, _MOST_QUOTED)))


def _others(refused: PresetUnknown) -> str:
    if not refused.existing:
        return _("It has no styles: admins add them with `/config show`. Leave `preset` empty.")
    names = [f"**{plain(one_line(name, NAME_MOST_CHARACTERS))}**" for name in refused.existing]
    return _("Choose {names}, or none.", names=listed(names, either=True))


def _problem(problem: PresetProblem) -> str:
    match problem:
        case PresetProblem.NAME_EMPTY:
            return _("Give the style a name.")
        case PresetProblem.NAME_TOO_LONG:
            return _(
                "The name of a style can have up to {most} characters.", most=number(NAME_MOST_CHARACTERS)
            )
        case PresetProblem.NAME_TAKEN:
            return _("This server already has a style with this name. Choose another name.")
        case PresetProblem.WORDS_EMPTY:
            return _("Write the words of the style: I don't send IDs or links to Discord.")
        case PresetProblem.WORDS_TOO_LONG:
            return _(
                "The words of a style can have up to {most} characters.", most=number(WORDS_MOST_CHARACTERS)
            )
        case PresetProblem.TOO_MANY:
            return _(
                "A server can have up to {most} styles. Remove one before you add another.",
                most=number(MOST_PRESETS),
            )
