"""Gateway events as Discord sent them, before discord.py reads them; unreadable ones are skipped.

discord.py would end the connection over an event that it cannot read, and with that the process.
"""

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import discord
import structlog

from bot.ops.metrics import Metrics

log = structlog.stdlib.get_logger(__name__)

Parse = Callable[[Any], None]

#: How many interactions are remembered: many more than Discord sends again after a lost connection.
INTERACTIONS_REMEMBERED = 10_000

#: Without these there is no connection to speak of.
NEEDED = frozenset({"READY"})


def parsers_of(client: discord.Client) -> dict[str, Parse]:
    parsers: dict[str, Parse] = client._connection.parsers  # noqa: SLF001  discord.py has no other place
    return parsers


def hear(client: discord.Client, name: str, listener: Parse) -> None:
    """Call `listener` with each such event as Discord sent it, whatever is in discord.py's caches.

    Call this before `leave_out_unreadable`, which then also protects the listener.
    """
    parsers = parsers_of(client)
    parse = parsers[name]

    def tell_and_parse(data: Any) -> None:
        try:
            listener(data)
        finally:
            parse(data)

    parsers[name] = tell_and_parse


def leave_out_repeated(client: discord.Client) -> None:
    """Skip each interaction that has come before, so that nothing is done twice.

    Discord may send an event again when a session is resumed.
    """
    parsers, seen = parsers_of(client), OrderedDict[str, None]()
    parse = parsers["INTERACTION_CREATE"]

    def parse_new(data: Any) -> None:
        its_id = str(data["id"]) if isinstance(data, dict) and "id" in data else None
        if its_id in seen:
            log.info("interaction came again; skipped", interaction=its_id)
            return
        if its_id is not None:
            seen[its_id] = None
        if len(seen) > INTERACTIONS_REMEMBERED:
            seen.popitem(last=False)
        parse(data)

    parsers["INTERACTION_CREATE"] = parse_new


def leave_out_unheard(client: discord.Client) -> None:
    """Skip edits of messages, and messages of bots, which no part of the bot listens to.

    Most of them are its own cards. discord.py would make objects of each.
    """
    parsers = parsers_of(client)
    parse = parsers["MESSAGE_CREATE"]

    def parse_from_people(data: Any) -> None:
        if not data["author"].get("bot"):
            parse(data)

    parsers["MESSAGE_CREATE"] = parse_from_people
    parsers["MESSAGE_UPDATE"] = lambda _: None


def leave_out_unreadable(client: discord.Client, metrics: Metrics) -> None:
    """Log and count every event that cannot be read from now on, and go on with the next one."""
    parsers = parsers_of(client)
    for name in parsers.keys() - NEEDED:
        parsers[name] = surviving(name, parsers[name], metrics)


def surviving(name: str, parse: Parse, metrics: Metrics) -> Parse:
    """Return a parser that logs and counts what `parse` cannot read."""

    def parse_or_leave_out(data: Any) -> None:
        try:
            parse(data)
        except Exception as error:  # the connection goes on, whatever cannot be read
            metrics.loop_errors.labels(loop="gateway").inc()
            log.error("gateway event cannot be read; skipped", dispatch=name, exc_info=error)

    return parse_or_leave_out
