"""Misspelt settings: names in the environment or in `.env` that look like settings of this bot."""

import difflib
import os
import re
from pathlib import Path

from dotenv import dotenv_values
from dotenv.parser import parse_stream

from bot.env_file import encoding_of
from bot.settings import known_settings

#: An unknown name with one of these prefixes is probably a misspelt setting.
OUR_PREFIXES = (
    "DISCORD_",
    "SEGMIND_",
    "LIMITS_",
    "BUDGET_",
    "CHAT_",
    "OPS_",
    "LOG_",
    "OPERATOR_",
    "BACKUP_",
    "RETENTION_",
)
#: How similar a name has to be to a setting to count as it, from 0 to 1: with our prefix; without, in the
#: file, which is for this bot; and without, in the environment, which other programs share.
LIKE_OURS = 0.6
LIKE_IN_FILE = 0.8
LIKE_ANOTHER = 0.9

_NAME = re.compile(r"[A-Za-z_][\w.-]*")


def unknown_settings(env_file: Path | None = Path(".env")) -> list[str]:
    """Return a line for each unknown name that looks like a setting, with the setting that may be meant."""
    known = set(known_settings())
    in_file = (
        set(map(str.upper, dotenv_values(env_file, encoding=encoding_of(env_file)))) if env_file else set()
    )
    given = in_file | set(map(str.upper, os.environ))
    lines = _unreadable_lines(env_file)
    for name in filter(_NAME.fullmatch, sorted(given - known)):
        is_ours, is_in_file = name.startswith(OUR_PREFIXES), name in in_file
        least = LIKE_OURS if is_ours else LIKE_IN_FILE if is_in_file else LIKE_ANOTHER
        alike = _alike(name, known if is_ours or is_in_file else known - given, least)
        if alike is None and is_in_file:
            alike = _without_prefix(name, known - given)
        if is_ours or alike:
            hint = f" Did you mean {alike}?" if alike else ""
            lines.append(f"{name} is not a setting of this bot and has no effect.{hint}")
    return lines


def _unreadable_lines(env_file: Path | None) -> list[str]:
    """Name unreadable lines by number, without quoting them: they may contain a secret."""
    if env_file is None or not env_file.is_file():
        return []
    with env_file.open(encoding=encoding_of(env_file)) as file:
        bindings = list(parse_stream(file))
    unreadable = [
        found.original for found in bindings if found.error or not _NAME.fullmatch(found.key or "A")
    ]
    # The text of a line includes the empty lines before it.
    numbers = [line.line + line.string[: -len(line.string.lstrip())].count("\n") for line in unreadable]
    words = "cannot be read and has no effect. Write it as NAME=value."
    return [f"Line {number} of {env_file} {words}" for number in numbers]


def _alike(name: str, known: set[str], least: float) -> str | None:
    by_letters = {setting.replace("_", ""): setting for setting in sorted(known)}
    alike = difflib.get_close_matches(name.replace("_", ""), by_letters, n=1, cutoff=least)
    return by_letters[alike[0]] if alike else None


def _without_prefix(name: str, known: set[str]) -> str | None:
    """Return the one setting that ends with `name`, if it has several words: API_KEY, but not HOST."""
    ending = [setting for setting in known if setting.endswith(f"_{name}")]
    return ending[0] if "_" in name and len(ending) == 1 else None
