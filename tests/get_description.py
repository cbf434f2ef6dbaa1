"""`make openapi`: have Discord's description of its API, by which tests judge what the bot asks for."""

from __future__ import annotations

import hashlib
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

from tests.standins.discord_openapi import PLACES, SHA256, SOURCE, why_no_description


def read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=60) as answer:  # noqa: S310  an https address of ours
        data: bytes = answer.read()
        return data


def get(place: Path, fetch: Callable[[str], bytes] = read) -> None:
    """Raises SystemExit if it cannot be had, or is another than the tests were written for."""
    try:
        data = fetch(SOURCE)
    except OSError as error:
        sys.exit(f"{SOURCE} cannot be read: {error}")
    if hashlib.sha256(data).hexdigest() != SHA256:
        sys.exit(f"{SOURCE} is not what it was")
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(data)


if __name__ == "__main__":
    if why_no_description() is not None:
        get(PLACES[0])
