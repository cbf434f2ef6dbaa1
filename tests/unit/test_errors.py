"""The drawing of the error tree, in the docstring of `bot.domain.errors`, is the tree of the classes."""

import re

from bot.domain import errors
from bot.domain.age import AgeRefused
from bot.domain.approval import ApprovalMissing
from bot.domain.block import BlockedHere, BlockRefused
from bot.domain.moderation import ComplaintRefused
from bot.domain.presets import PresetRefused, PresetUnknown, PromptTooLongForPreset
from bot.domain.privacy import ErasureUnderWay, ExportTooSoon, ExportUnderWay
from bot.domain.quality import QualityDenied
from bot.domain.quiet import Quieted
from bot.domain.strikes import StrikeRefused
from bot.domain.word_list import WordRefused


def drawn_bases(text: str) -> dict[str, str]:
    """Return each class of the drawing with its base: a name two columns further left, or `Exception`."""
    bases: dict[str, str] = {}
    open_names = ["Exception"]
    for line in text.splitlines()[2:]:
        names, *_comment = re.split(r" {2,}", line.strip())
        depth = (len(line) - len(line.lstrip())) // 2
        del open_names[depth + 1 :]
        for name in names.split(" · "):
            bases[name] = open_names[depth]
        open_names.append(names.split(" · ")[-1])
    return bases


def _room(one: type) -> str:
    return one.__module__.removeprefix("bot.")


def test_the_drawing_shows_every_class_below_its_base() -> None:
    assert errors.__doc__ is not None
    classes = {
        name: value.__bases__[0].__name__
        for name, value in vars(errors).items()
        if isinstance(value, type) and issubclass(value, Exception)
    }
    elsewhere = {
        AgeRefused,
        ApprovalMissing,
        QualityDenied,
        Quieted,
        ComplaintRefused,
        ErasureUnderWay,
        ExportTooSoon,
        ExportUnderWay,
        BlockedHere,
        BlockRefused,
        WordRefused,
        PresetUnknown,
        PresetRefused,
        PromptTooLongForPreset,
        StrikeRefused,
    }  # beside their values
    classes |= {f"{one.__name__} (in {_room(one)})": one.__bases__[0].__name__ for one in elsewhere}
    assert drawn_bases(errors.__doc__.rstrip()) == classes
