"""Keeps the bot's files from other users of the machine: prompts, tokens and a key are among them."""

import os
from collections.abc import Iterator
from pathlib import Path

from bot.host import is_ours

#: Of a file's mode: what its group and all others may do.
OTHERS = 0o077


def make_new_files_private() -> None:
    """For the whole process, whatever umask it was started with."""
    os.umask(OTHERS)


def keep_private(folder: Path) -> None:
    """Take group's and others' rights off the folder and all in it that is ours. Raises `OSError`.

    Links are left alone, and so is all in a folder that holds the working directory or the user's home:
    DATA_DIR=. must not change what else is there.
    """
    _take_off_rights(folder)
    if _holds_more_than_ours(folder):
        return
    for path in _below(folder):
        _take_off_rights(path)


def _holds_more_than_ours(folder: Path) -> bool:
    whole = folder.resolve()
    return any(place.is_relative_to(whole) for place in (Path.cwd(), *_homes()))


def _homes() -> list[Path]:
    """The user's; none for a number without a name, as containers use them."""
    try:
        return [Path.home()]
    except RuntimeError:
        return []


def _below(folder: Path) -> Iterator[Path]:
    for place, folders, files in os.walk(folder):
        yield from (Path(place, name) for name in (*folders, *files))


def _take_off_rights(path: Path) -> None:
    try:
        found = path.lstat()
        if found.st_mode & OTHERS and not path.is_symlink() and is_ours(found):
            path.chmod(found.st_mode & 0o7777 & ~OTHERS)
    except FileNotFoundError:  # removed meanwhile, by the bot that runs
        return
