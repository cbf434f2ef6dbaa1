"""Reads a step of the ladder of strikes as admins type it: "3, 1 day, 1 hour"."""

import re

from bot.chat.incoming.lengths import read_length
from bot.domain.block import LONGEST, SHORTEST, BlockProblem, BlockRefused
from bot.domain.strikes import StrikeProblem, StrikeRefused, StrikeStep

_PARTS = 3
_BETWEEN = re.compile(r"[,;，、；:：]")  # noqa: RUF001  what a Japanese keyboard types


def read_step(text: str) -> StrikeStep | None:
    """Return None for an empty text. Raises `StrikeRefused`, `BlockRefused`."""
    if not text.strip():
        return None
    parts = [part.strip() for part in _BETWEEN.split(text)]
    if len(parts) != _PARTS or not re.fullmatch("[0-9]{1,4}", parts[0]):
        raise StrikeRefused(StrikeProblem.STEP_UNREADABLE, text)
    try:
        within, block = read_length(parts[1]), read_length(parts[2])
    except BlockRefused:
        raise StrikeRefused(StrikeProblem.STEP_UNREADABLE, text) from None
    if within is None:
        raise StrikeRefused(StrikeProblem.WINDOW_OUT_OF_RANGE)
    if block is not None and not SHORTEST <= block <= LONGEST:
        raise BlockRefused(BlockProblem.LENGTH_OUT_OF_RANGE)
    return StrikeStep(count=int(parts[0]), within=within, block=block)
