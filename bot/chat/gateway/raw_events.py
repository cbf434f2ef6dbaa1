"""Dispatches beside discord.py: heard as they came, and those that it cannot read, left out.

Over one that it cannot read, it would end the connection itself, and the process with that.
"""

from collections.abc import Callable
from typing import Any

import discord
import structlog

from bot.ops.metrics import Metrics

log = structlog.stdlib.get_logger(__name__)

Parse = Callable[[Any], None]

#: Without these there is no connection to speak of.
NEEDED = frozenset({"READY"})


def _parsers(client: discord.Client) -> dict[str, Parse]:
    parsers: dict[str, Parse] = client._connection.parsers  # noqa: SLF001  discord.py has no other place
    return parsers


def hear(client: discord.Client, name: str, listener: Parse) -> None:
    """Tell `listener` of each such dispatch as Discord sent it, whatever discord.py knows by then.

    To be called before `leave_out_unreadable`, which then looks after the listener as well.
    """
    parsers = _parsers(client)
    parse = parsers[name]

    def tell_and_parse(data: Any) -> None:
        try:
            listener(data)
        finally:
            parse(data)

    parsers[name] = tell_and_parse


def leave_out_unreadable(client: discord.Client, metrics: Metrics) -> None:
    """From now on, a dispatch that cannot be read is logged and counted, and the next one is heard."""
    parsers = _parsers(client)
    for name in parsers.keys() - NEEDED:
        parsers[name] = _surviving(name, parsers[name], metrics)


def _surviving(name: str, parse: Parse, metrics: Metrics) -> Parse:
    def parse_or_leave_out(data: Any) -> None:
        try:
            parse(data)
        except Exception as error:  # whatever it stumbles over, the connection outlives it
            metrics.loop_errors.labels(loop="gateway").inc()
            log.error("a dispatch cannot be read, and is left out", dispatch=name, exc_info=error)

    return parse_or_leave_out
