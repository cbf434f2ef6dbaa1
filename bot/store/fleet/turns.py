"""The account's requests per minute, shared by several processes on PostgreSQL.

A process leases turns for what waits in it. All that writes runs one after the other, so that two processes
never lease the same turn; and the clock is the database's, since those of machines differ. Who is next in
line is decided over all processes, by what the rows of the jobs say, in the order of `FairQueue`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.ids import JobId
from bot.store.driver.connection import Connection, Row

#: The provider's minute and two more seconds: requests take different times to leave, and to arrive.
WINDOW_SECONDS = 62.0
#: A process that was not seen for this time has no turns to take.
ALIVE_SECONDS = 10.0
MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The turns that a process waits for."""

    process_id: int
    #: Jobs that have begun to wait in line, and those that no longer do.
    joined: Sequence[JobId] = ()
    left: Sequence[JobId] = ()
    submits: int = 0
    results: int = 0
    polls: int = 0
    at_provider: int = 0
    #: How long it will take, by experience, until the turns are used.
    delay_seconds: float = 0.0

    @property
    def others(self) -> int:
        return self.results + self.polls


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The turns that a process may use at once."""

    submits: Sequence[JobId]
    #: First for results, then for polls.
    others: int
    #: After this lease, over all processes: the requests left in this minute, what waits, and the pictures
    #: that are being made.
    left: int
    waiting_submits: int
    waiting_others: int
    at_provider: int
    #: How much longer nothing is sent, after a 429.
    pause_seconds: float


def lease(connection: Connection, wanted: Wanted, *, per_minute: int, submits_most: float) -> Lease:
    """Give the process as many turns as it may have now.

    While results or polls wait in any process, no more than `submits_most` submits are sent in a minute.
    """
    process = {"process": wanted.process_id}
    if wanted.joined:
        connection.exec_driver_sql(_JOIN, process | {"jobs": list(wanted.joined)})
    if wanted.left:
        connection.exec_driver_sql(_LEAVE, process | {"jobs": list(wanted.left)})
    found = connection.exec_driver_sql(_COUNTS, process | _ALIVE | _WINDOW).one()
    free = 0 if found.paused > 0 else max(per_minute - found.taken, 0)
    all_others = wanted.others + found.others
    most = math.ceil(submits_most - found.submits) if all_others else free
    most = min(free, max(most, 0))
    front = _front(connection, wanted, most, found.waiting)
    submits = [row.job_id for row in front if row.process_id == wanted.process_id]
    others = _share(wanted.others, all_others, free - min(most, found.waiting))
    used = len(submits) + others
    waits = {"others": wanted.others - others, "at_provider": wanted.at_provider + len(submits)}
    if used:
        taken = {"jobs": [*submits, *[None] * others], "delay": wanted.delay_seconds * MICROSECONDS}
        connection.exec_driver_sql(_TAKE, process | waits | taken)
    else:
        connection.exec_driver_sql(_SEEN, process | waits)
    return Lease(
        submits=submits,
        others=others,
        left=free - used,
        waiting_submits=found.waiting - len(submits),
        waiting_others=all_others - others,
        at_provider=found.at_provider + waits["at_provider"],
        pause_seconds=max(found.paused, 0) / MICROSECONDS,
    )


def places(connection: Connection, process_id: int) -> dict[JobId, int]:
    """Return the places, in the line of all processes, of the jobs that wait in this one; 1 is next.

    A job that is missing has been cancelled, or is another process's now.
    """
    rows = connection.exec_driver_sql(_PLACES, {"process": process_id} | _ALIVE)
    return {row.job_id: row.place for row in rows}


def _front(connection: Connection, wanted: Wanted, most: int, waiting: int) -> list[Row]:
    """Return those in line that may go now, of all processes; only this one's if all of them may."""
    if not (most and wanted.submits):
        return []
    if waiting <= most:
        return list(connection.exec_driver_sql(_OWN, {"process": wanted.process_id}))
    return list(connection.exec_driver_sql(_FRONT, {"process": wanted.process_id, "most": most} | _ALIVE))


def _share(wanted: int, of_all: int, free: int) -> int:
    """Return how many of the free turns are this process's, whose share is at least one."""
    if free >= of_all:
        return wanted
    return min(wanted, max(1, free * wanted // of_all)) if free > 0 else 0


def with_parts(statement: str) -> str:
    """Write the database's clock for `now_()`, and parts of statements for their names.

    Not the time at which the transaction began: it may have waited for others.
    """
    for name, part in _PARTS.items():
        statement = statement.replace(name, part)
    return statement


_PARTS = {
    "in_line_": "(process_id = %(process)s OR process_id IN (other_processes_))",
    "other_processes_": (
        "SELECT id FROM processes WHERE id <> %(process)s AND abs(seen_at - now_()) < %(alive)s"
    ),
    "now_()": "(extract(epoch FROM clock_timestamp()) * 1000000)::bigint",
}
_ALIVE = {"alive": ALIVE_SECONDS * MICROSECONDS}
_JOIN = """
    INSERT INTO line (job_id, process_id) SELECT unnest(%(jobs)s::bigint[]), %(process)s
    ON CONFLICT (job_id) DO UPDATE SET process_id = excluded.process_id
"""
_LEAVE = "DELETE FROM line WHERE process_id = %(process)s AND job_id = ANY (%(jobs)s::bigint[])"
_WINDOW = {"window": WINDOW_SECONDS * MICROSECONDS}
_SEEN = with_parts("""
    INSERT INTO processes (id, seen_at, others, at_provider)
    VALUES (%(process)s, now_(), %(others)s, %(at_provider)s)
    ON CONFLICT (id) DO UPDATE SET
    seen_at = excluded.seen_at, others = excluded.others, at_provider = excluded.at_provider
""")
#: Some statements in one, since each question to the server takes its time.
_TAKE = with_parts(f"""
    WITH taken AS (
        INSERT INTO turns (at, job_id) SELECT now_() + %(delay)s::bigint, unnest(%(jobs)s::bigint[])
    ), gone AS ({_LEAVE})
    {_SEEN}
""")
#: Turns of a minute that is over are forgotten. Those that lie far ahead are from before the clock was set.
_COUNTS = with_parts("""
    WITH forgotten AS (DELETE FROM turns WHERE abs(at - now_()) >= %(window)s)
    SELECT
        taken, submits, others, at_provider,
        (SELECT count(*) FROM line WHERE in_line_) AS waiting,
        coalesce((SELECT paused_until FROM account), 0) - now_() AS paused
    FROM (
        SELECT count(*) AS taken, count(job_id) AS submits FROM turns WHERE abs(at - now_()) < %(window)s
    ) AS of_this_minute, (
        SELECT
            coalesce(sum(others), 0)::bigint AS others,
            coalesce(sum(at_provider), 0)::bigint AS at_provider
        FROM processes WHERE id IN (other_processes_)
    ) AS of_others
""")
_OWN = """
    SELECT job_id, process_id FROM line JOIN jobs ON jobs.id = job_id AND state = 'queued'
    WHERE process_id = %(process)s
"""
#: A turn counts against its member for the whole minute, even if the request was refused at once.
_ORDERED = with_parts("""
    WITH waiting AS (
        SELECT job_id, process_id, member_id,
            row_number() OVER (PARTITION BY member_id ORDER BY job_id) AS own_place
        FROM line JOIN jobs ON jobs.id = job_id AND state = 'queued'
        WHERE in_line_
    ), having_theirs AS (
        SELECT member_id, count(*) AS pictures FROM (
            SELECT id, member_id FROM jobs WHERE state IN ('submitting', 'unresolved', 'running')
            UNION SELECT jobs.id, member_id FROM turns JOIN jobs ON jobs.id = job_id
        ) AS one GROUP BY member_id
    )
    SELECT job_id, process_id,
        row_number() OVER (ORDER BY coalesce(pictures, 0) + own_place, job_id) AS place
    FROM waiting LEFT JOIN having_theirs USING (member_id)
""")
_FRONT = _ORDERED + " ORDER BY place LIMIT %(most)s"
_PLACES = "SELECT job_id, place FROM (ordered_) AS all_places WHERE process_id = %(process)s".replace(
    "ordered_", _ORDERED
)
