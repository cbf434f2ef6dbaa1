"""Misspelt settings: names in the environment or in `.env` that look like settings of this bot."""

import difflib
import os
import re
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot.settings import encoding_of, known_settings

#: A name that starts like this and is none of ours is probably a misspelt one of ours.
OUR_PREFIXES = (
    "DISCORD_",
    "SEGMIND_",
    "LIMITS_",
    "BUDGET_",
    "CHAT_",
    "OPS_",
    "LOG_",
    "BACKUP_",
    "RETENTION_",
)
#: How much a name has to be like one of ours to be taken for it, from 0 to 1: with our prefix, and without.
LIKE_OURS = 0.6
LIKE_ANOTHER = 0.9

_NAME = re.compile(r"[A-Za-z_][\w.-]*")


def unknown_settings(env_file: Path | None = Path(".env")) -> list[str]:
    """Say, in a line for each, which names look like ours but are not, and what may have been meant."""
    known = set(known_settings())
    in_file = (
        set(map(str.upper, dotenv_values(env_file, encoding=encoding_of(env_file)))) if env_file else set()
    )
    given = in_file | set(map(str.upper, os.environ))
    lines = _unreadable_lines(env_file)
    for name in sorted(given - known):
        is_ours = name.startswith(OUR_PREFIXES)
        alike = _alike(name, known if is_ours else known - given, LIKE_OURS if is_ours else LIKE_ANOTHER)
        if alike is None and name in in_file:
            alike = _without_prefix(name, known - given)
        if is_ours or alike:
            hint = f" Did you mean {alike}?" if alike else ""
            lines.append(f"{name} is not a setting of this bot and has no effect.{hint}")
    return lines


def _unreadable_lines(env_file: Path | None) -> list[str]:
    """Not quoted: there may be a secret in it."""
    if env_file is None or not env_file.is_file():
        return []
    with env_file.open(encoding=encoding_of(env_file)) as file:
        bad = [one.original for one in parse_stream(file) if one.error or not _NAME.fullmatch(one.key or "A")]
    # Empty lines before it are part of it.
    numbers = [one.line + one.string[: -len(one.string.lstrip())].count("\n") for one in bad]
    words = "cannot be read and has no effect. Write it as NAME=value."
    return [f"Line {number} of {env_file} {words}" for number in numbers]


def _alike(name: str, known: set[str], least: float) -> str | None:
    by_letters = {one.replace("_", ""): one for one in sorted(known)}
    alike = difflib.get_close_matches(name.replace("_", ""), by_letters, n=1, cutoff=least)
    return by_letters[alike[0]] if alike else None


def _without_prefix(name: str, known: set[str]) -> str | None:
    """The one setting whose name ends so, if `name` has several words: API_KEY, but not HOST."""
    ending = [one for one in known if one.endswith(f"_{name}")]
    return ending[0] if "_" in name and len(ending) == 1 else None
