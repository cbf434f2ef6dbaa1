"""How settings are written down: a line of text for each default, as .env.example and the docs show it."""

from decimal import Decimal
from pathlib import Path
from typing import Any

from bot.settings import known_settings


def shown(default: Any) -> str:
    """Write a default as one would in a .env file; nothing for one that is not set."""
    if default is None:
        return ""
    if isinstance(default, bool):
        return str(default).lower()
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    if isinstance(default, int | str | Decimal | Path):
        return str(default)
    raise TypeError(f"no way to show a default of type {type(default)}")


def documented() -> dict[str, tuple[str, str]]:
    """Default and description of each setting."""
    return {name: (shown(info.default), info.description or "") for name, info in known_settings().items()}
