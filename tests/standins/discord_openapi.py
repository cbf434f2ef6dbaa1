"""Discord's published description as a judge of what the bot asks and what the stand-in answers."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

from standins.fake_discord.record import Checker, Exchange
from tests.standins.description import Description

SOURCE = (
    "https://raw.githubusercontent.com/discord/discord-api-spec/"
    "74fda0fad044407ea280043a03ffc9bc64c4e49e/specs/openapi.json"
)
"""Of one commit: a newer description may complain about what was right before."""
SHA256 = "8c1d0707ccdf8e380a86dfba04058820a66435c1b69d5ed82e04dd8c0520dd73"
CHECKOUT = Path(__file__).parents[2]
PLACES = (
    CHECKOUT / "build" / "discord-openapi.json",
    CHECKOUT.parent / "shared" / "discord" / "openapi.json",
)
"""Where it is looked for, unless TEST_DISCORD_OPENAPI says where it is."""
NO_DESCRIPTION = (
    "no description of Discord's API (`make openapi` gets it from github.com/discord/discord-api-spec; "
    "or set TEST_DISCORD_OPENAPI to the path of its specs/openapi.json)"
)
UNDESCRIBED = frozenset({"/attachments/refresh-urls"})
"""Documented in Discord's reference, but absent from the description."""


def why_no_description() -> str | None:
    """Say what is missing to judge by, or None."""
    if _description() is not None:
        return None
    return NO_DESCRIPTION


def openapi_checker() -> Checker:
    """Holds an exchange against the description; where there is none, it finds nothing wrong.

    So tests run without the description too; that they were not judged by it is told by skipped tests.
    """
    description = _description()
    if description is None:
        return lambda _: []

    def check(exchange: Exchange) -> list[str]:
        if not exchange.is_api or exchange.path in UNDESCRIBED:
            return []
        method, path = exchange.method, exchange.path
        fields = [one.field for one in exchange.files]
        problems = description.asked(method, path, exchange.json, exchange.query, fields)
        if exchange.status is None or exchange.was_spoilt:
            return problems
        return problems + description.answered(method, path, exchange.status, exchange.response)

    return check


@cache
def _description() -> Description | None:
    """Raises OSError if it is not where TEST_DISCORD_OPENAPI says."""
    chosen = os.environ.get("TEST_DISCORD_OPENAPI")
    if chosen:
        return Description(Path(chosen))
    found = next((place for place in PLACES if place.is_file()), None)
    return None if found is None else Description(found)
