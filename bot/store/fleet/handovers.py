"""The table in which a gateway that is stopped hands its shards over to one that waits for them.

For a while, two gateways receive what happens in a shard. The one that takes an event here handles it.
"""

from collections.abc import Collection, Mapping

from bot.store.driver.connection import Connection
from bot.store.fleet.turns import MICROSECONDS, with_parts

#: No other standby takes the shard in this time, which is longer than the process that asked needs to end.
ASKED_SECONDS = 40.0


def wait_for(
    connection: Connection, process_id: int, shard_ids: Collection[int], *, ready: Collection[int]
) -> None:
    """Show that the process waits for these shards, and which of them it is ready to take over."""
    values = {"process": process_id, "shards": list(shard_ids), "ready": list(ready)}
    connection.exec_driver_sql(_WAIT_NO_MORE, values)
    connection.exec_driver_sql(_WAIT, values)


def asked_for(connection: Connection, process_id: int, *, alive_seconds: float) -> Mapping[int, int]:
    """Return the shards that are being handed over, each with the process that was asked to take it.

    Without those whose process has died since: any other may take these.
    """
    values = _ASKED | {"process": process_id, "alive": alive_seconds * MICROSECONDS}
    return {row.shard_id: row.process_id for row in connection.exec_driver_sql(_ASKED_FOR, values)}


def ask(
    connection: Connection, process_id: int, shard_ids: Collection[int], *, alive_seconds: float
) -> Mapping[int, bool]:
    """Ask one standby of each shard to take it over.

    Return the shards for which there is one, and whether it is ready.
    """
    values = _ASKED | {
        "process": process_id,
        "shards": list(shard_ids),
        "alive": alive_seconds * MICROSECONDS,
    }
    connection.exec_driver_sql(_ASK, values)
    return {row.shard_id: row.is_ready for row in connection.exec_driver_sql(_ANSWERS, values)}


def take(connection: Connection, process_id: int, event_id: int) -> bool:
    """Return whether this process handles the event: the first one that asks does."""
    taken_by = connection.exec_driver_sql(_TAKE, {"process": process_id, "event": event_id}).one()
    return bool(taken_by.process_id == process_id)


_ASKED = {"asked": ASKED_SECONDS * MICROSECONDS}
_WAIT_NO_MORE = "DELETE FROM standbys WHERE process_id = %(process)s AND shard_id <> ALL (%(shards)s::int[])"
_WAIT = """
    INSERT INTO standbys (shard_id, process_id, is_ready)
    SELECT shard_id, %(process)s, shard_id = ANY (%(ready)s::int[]) FROM unnest(%(shards)s::int[]) AS shard_id
    ON CONFLICT (shard_id, process_id) DO UPDATE SET is_ready = excluded.is_ready
"""
_ASKED_FOR = with_parts(
    "SELECT shard_id, process_id FROM standbys WHERE abs(now_() - asked_at) < %(asked)s AND in_line_"
    " ORDER BY asked_at"
)
#: Those that were asked by a gateway before, and have not ended since.
_ANSWERS = with_parts("""
    SELECT shard_id, is_ready FROM standbys
    WHERE shard_id = ANY (%(shards)s::int[]) AND abs(now_() - asked_at) < %(asked)s
    AND process_id IN (other_processes_)
""")
_ASK = with_parts("""
    UPDATE standbys SET asked_at = now_() WHERE (shard_id, process_id) IN (
        SELECT shard_id, min(process_id) FROM standbys
        WHERE shard_id = ANY (%(shards)s::int[]) AND process_id IN (other_processes_)
        AND shard_id NOT IN (SELECT shard_id FROM (answers_) AS answers)
        GROUP BY shard_id
    )
""").replace("answers_", _ANSWERS)
_TAKE = with_parts("""
    INSERT INTO taken_events (event_id, process_id, taken_at) VALUES (%(event)s, %(process)s, now_())
    ON CONFLICT (event_id) DO UPDATE SET process_id = taken_events.process_id
    RETURNING process_id
""")
