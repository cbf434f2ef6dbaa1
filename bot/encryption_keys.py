"""The keys that encrypt what is secret in the database: from the setting, or from a file of the bot's own."""

import os
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet

from bot.domain.errors import OperatorError
from bot.ops.secrets import conceal

KEY_FILE = "secret.key"


def keys_in(text: str) -> list[str]:
    """Split keys at commas, spaces or line breaks."""
    return text.replace(",", " ").split()


def load_keys(keys: str | None, folder: Path) -> list[str]:
    """Return the given keys, else those of the key file, which is created at the first start.

    Raises `OperatorError` if the file cannot be made or read.
    """
    if keys is not None:
        return _checked(keys_in(keys))
    path = folder / KEY_FILE
    try:
        if not path.exists():
            _make(path)
        return _checked(keys_in(path.read_text("ascii")))
    except OSError as error:
        raise OperatorError(
            f"{path} cannot be used ({error.strerror}): make {folder} writable and its disk not full, "
            "or set SECRET_KEY"
        ) from error
    except ValueError as error:
        raise OperatorError(
            f"{path} holds no Fernet key: put your copy of the key there. Only if it is lost, delete the "
            "file: the bot makes a new key, but prompts of before stay unreadable, and requests that wait "
            "fail, unpaid"
        ) from error


def _checked(keys: list[str]) -> list[str]:
    """Return the keys, which no log shows. Raises `ValueError` if there is none, or one is no Fernet key."""
    MultiFernet([Fernet(key) for key in keys])
    for key in keys:
        conceal(key)
    return keys


def _make(path: Path) -> None:
    """Create the file in one step, and never readable by others."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with open(unfinished, "xb", opener=_privately) as file:
        file.write(Fernet.generate_key() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)


def _privately(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
