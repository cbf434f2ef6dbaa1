"""What Discord tells over the gateway and discord.py cannot read, left out.

discord.py itself would end the connection over it, and the process with that.
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


def leave_out_unreadable(client: discord.Client, metrics: Metrics) -> None:
    """From now on, a dispatch that cannot be read is logged and counted, and the next one is heard."""
    parsers: dict[str, Parse] = client._connection.parsers  # noqa: SLF001  discord.py has no other place for it
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
