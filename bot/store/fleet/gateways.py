"""The facts that several gateways on one PostgreSQL database agree on, such as the number of shards.

The clock is the database's, since those of machines differ.
"""

from bot.store.driver.connection import Connection
from bot.store.fleet.turns import MICROSECONDS, with_parts

#: Begins sessions in turn with all groups of shards.
ALL_GROUPS = -1


def settle_shards(
    connection: Connection, process_id: int, wanted: int | None, *, alive_seconds: float
) -> int | None:
    """Return the number of shards of the other gateways that are alive, else `wanted`.

    If it is the wanted one, or any will do, the process is a gateway with so many shards from now on.
    """
    process = {"process": process_id}
    of_others = process | {"alive": alive_seconds * MICROSECONDS}
    found = connection.exec_driver_sql(_OF_OTHERS, of_others).first()
    count = wanted if found is None else int(found.shard_count)
    if count is not None and wanted in {None, count}:
        connection.exec_driver_sql(_JOIN, process | {"count": count})
    return count


def begin_session(
    connection: Connection, group: int, *, seconds_between: float, earlier: int | None = None
) -> int | None:
    """Let no other process start a session of this group of shards for this time; None while one does.

    Return the moment that is written down. `earlier` is that of the same session, when it got its turn.
    """
    values = {"group": group, "between": seconds_between * MICROSECONDS, "earlier": earlier or 0}
    begun = connection.exec_driver_sql(_BEGIN, values).first()
    return None if begun is None else int(begun.begun_at)


_OF_OTHERS = with_parts("""
    SELECT shard_count FROM processes
    WHERE shard_count IS NOT NULL AND id IN (other_processes_) ORDER BY id LIMIT 1
""")
_JOIN = with_parts("""
    INSERT INTO processes (id, seen_at, shard_count) VALUES (%(process)s, now_(), %(count)s)
    ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at, shard_count = excluded.shard_count
""")
_BEGIN = with_parts("""
    INSERT INTO session_starts (identify_group, begun_at) SELECT %(group)s::integer, now_()
    WHERE NOT EXISTS (
        SELECT FROM session_starts
        WHERE (%(group)s = all_groups_ OR identify_group IN (%(group)s, all_groups_))
        AND begun_at <> %(earlier)s AND abs(now_() - begun_at) < %(between)s
    )
    ON CONFLICT (identify_group) DO UPDATE SET begun_at = excluded.begun_at
    RETURNING begun_at
""").replace("all_groups_", str(ALL_GROUPS))
