"""Discord's published description as a judge of what the bot asks and what the stand-in answers."""

from __future__ import annotations

import importlib.util
import os
from functools import cache
from pathlib import Path
from typing import Any

from bot.sandbox.fake_discord.record import Checker, Exchange

BESIDE_THE_CHECKOUT = Path(__file__).parents[3] / "shared" / "discord" / "openapi.json"
UNDESCRIBED = frozenset({"/attachments/refresh-urls"})
"""Documented in Discord's reference, but absent from the description."""

SENT_BY_DISCORD_PY = (r"^data/tts$",)
"""Keys that discord.py sends and Discord takes, although the description does not declare them there."""


def why_no_description() -> str | None:
    """Say what is missing to judge by, or None."""
    if _spec() is not None:
        return None
    return "no description of Discord's API: set DISCORD_OPENAPI to openapi.json, with speccheck.py beside it"


def openapi_checker() -> Checker:
    """Holds an exchange against the description; where there is none, it finds nothing wrong.

    So tests run without the description too; that they were not judged by it is told by skipped tests.
    """
    spec = _spec()
    if spec is None:
        return lambda _: []

    def check(exchange: Exchange) -> list[str]:
        if not exchange.is_api or exchange.path in UNDESCRIBED:
            return []
        fields = [one.field for one in exchange.files]
        problems: list[str] = spec.request(
            exchange.method, exchange.path, exchange.json, exchange.query, fields
        )
        if exchange.status is None or exchange.was_spoilt:
            return problems
        answer: list[str] = spec.response(exchange.method, exchange.path, exchange.status, exchange.response)
        return problems + answer

    return check


@cache
def _spec() -> Any:
    description = Path(os.environ.get("DISCORD_OPENAPI") or BESIDE_THE_CHECKOUT)
    program = description.with_name("speccheck.py")
    if not (description.is_file() and program.is_file()):
        return None
    found = importlib.util.spec_from_file_location("speccheck", program)
    if found is None or found.loader is None:
        return None
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module.SpecCheck(description, (*module.KNOWN_UNDECLARED, *SENT_BY_DISCORD_PY))
