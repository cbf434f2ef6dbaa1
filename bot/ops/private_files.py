"""The file permissions that keep prompts, tokens and keys private from other users of the machine."""

import os
from collections.abc import Iterator
from pathlib import Path

from bot.operating_system import is_ours

#: The bits of a file's mode for its group and for others.
OTHERS = 0o077


def make_new_files_private() -> None:
    """Set the umask of the process, whatever it was at its start."""
    os.umask(OTHERS)


def keep_private(folder: Path) -> None:
    """Remove the rights of group and others from the folder, and from our files in it. Raises `OSError`.

    Links are not changed. Neither are the files in a folder that contains the working directory or the user's
    home: with DATA_DIR=., other files must keep their rights.
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
    """Return the user's home; nothing for a user without a name, as in containers."""
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
    except FileNotFoundError:  # a running bot has removed it meanwhile
        return
