"""Databases that remember many pictures: filled by their own SQL, since row by row it would take hours."""

import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import BigInteger, Connection, NullPool, Table, bindparam, create_engine, text
from sqlalchemy.schema import AddConstraint, DropConstraint

from bot.domain.durations import bucket
from bot.domain.ids import GuildId, MemberId
from bot.store.driver.column_types import EPOCH, MICROSECOND
from bot.store.driver.database_url import address
from bot.store.schema.tables import cards, jobs
from bot.store.upkeep.migrate import migrate
from tests import machine

KINDS = ("sqlite", "postgresql")
DAY = timedelta(days=1)
FIRST_GUILD, FIRST_MEMBER = 1_100_000_000_000_000_000, 1_300_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class History:
    """So many pictures, asked for evenly over the days before `until`, by all members in turn.

    Of a hundred, 92 were made, 6 failed and 2 were cancelled. One in eight is from elsewhere than the channel
    that its member likes.
    """

    rows: int
    until: datetime
    members: int = 10_000
    #: Each member is in one of them.
    guilds: int = 100
    #: In each of them.
    channels: int = 10
    days: int = 365

    @property
    def guild_ids(self) -> list[GuildId]:
        return [GuildId(FIRST_GUILD + number) for number in range(self.guilds)]

    def asker(self, number: int) -> MemberId:
        """Who asks as the `number`-th from now on: all in turn, neighbours being far apart in every index."""
        return MemberId(FIRST_MEMBER + number * 7919 % self.members)

    def guild_of(self, member_id: MemberId) -> GuildId:
        return GuildId(FIRST_GUILD + (member_id - FIRST_MEMBER) % self.guilds)


@dataclass(frozen=True, slots=True)
class Scale:
    """How many pictures are remembered, one after the other, and in which kinds of database."""

    pictures: Sequence[int] = (10_000, 1_000_000)
    kinds: Sequence[str] = KINDS

    def histories(self) -> Iterator[tuple[str, int]]:
        """Each kind that this machine has with each number; says what it has not, and why."""
        for kind in self.kinds:
            reason = machine.why_no_postgres() if kind == "postgresql" else None
            if reason is None:
                yield from ((kind, pictures) for pictures in self.pictures)
            else:
                print(f"\n  {kind} is left out: {reason}")


@contextmanager
def remembering(kind: str, history: History) -> Iterator[str]:
    """URL of a database of its own with that history, but without day totals; removed at the end."""
    with _empty(kind) as url:
        with _hasty(url) as connection:
            with _without_indexes(connection, (cards, jobs)):
                _run(connection, _CARDS, history)
                _run(connection, _JOBS, history)
            connection.execute(text(_MONEY.replace("MONTH", _MONTH[kind])))
            _rest(connection)
        yield url


@contextmanager
def adding_up(kind: str, history: History) -> Iterator[str]:
    """URL of a database of its own with the totals of that history; removed at the end.

    As reports read nothing else, there are no cards, and of the jobs only those in work can be found.
    """
    with _empty(kind) as url:
        with _hasty(url) as connection:
            with _without_indexes(connection, (jobs,), put_back={"ix_jobs_in_work"}):
                _run(connection, _JOBS, history)
            _add_up(connection)
            _rest(connection)
        yield url


@contextmanager
def _empty(kind: str) -> Iterator[str]:
    """With the current schema."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            url = f"sqlite:///{folder}/bot.sqlite3"
            migrate(url)
            yield url
    else:
        with machine.fresh_postgres_database() as url:
            migrate(url)
            yield url


@contextmanager
def _hasty(url: str) -> Iterator[Connection]:
    """What is written need not outlive a power cut."""
    where = address(url)
    engine = create_engine(url if isinstance(where, Path) else where, poolclass=NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for setting in _HASTE[connection.dialect.name]:
            connection.exec_driver_sql(setting)
        yield connection


@contextmanager
def _without_indexes(
    connection: Connection, tables: Sequence[Table], *, put_back: Collection[str] | None = None
) -> Iterator[None]:
    """To index all rows at once takes a fraction of the time, and so does to check what they refer to.

    `put_back` are the names of the indexes that are made again; None: all, and the checks.
    """
    indexes = [index for table in tables for index in table.indexes]
    checks = [check for table in tables for check in table.foreign_key_constraints]
    if connection.dialect.name == "sqlite":
        checks = []  # nothing is checked there unless a connection asks for it
    for check in checks:
        connection.execute(DropConstraint(check))
    for index in indexes:
        index.drop(connection)
    yield
    for index in indexes:
        if put_back is None or index.name in put_back:
            index.create(connection)
    if put_back is None:
        for check in checks:
            connection.execute(AddConstraint(check, isolate_from_table=False))


def _rest(connection: Connection) -> None:
    for statement in _REST[connection.dialect.name]:
        connection.exec_driver_sql(statement)


def _run(connection: Connection, statement: str, history: History) -> None:
    span = history.days * DAY // MICROSECOND
    numbers = {
        "rows": history.rows,
        "members": history.members,
        "guilds": history.guilds,
        "channels": history.channels,
        "pause": span // history.rows,
        "begin": (history.until - EPOCH) // MICROSECOND - span,
        "first_member": FIRST_MEMBER,
        "first_guild": FIRST_GUILD,
    }
    asked = text(_DRAWN + statement)
    used = [name for name in numbers if f":{name}" in asked.text]
    connection.execute(asked.bindparams(*(bindparam(name, numbers[name], BigInteger) for name in used)))


def _add_up(connection: Connection) -> None:
    """What `accounts.rebuild` would make of the jobs; a test compares the two."""
    connection.exec_driver_sql(
        "CREATE TEMP TABLE buckets (seconds DOUBLE PRECISION PRIMARY KEY, bucket INTEGER)"
    )
    of_seconds = [{"seconds": seconds, "bucket": bucket(seconds)} for seconds in map(float, range(30, 130))]
    connection.execute(text("INSERT INTO buckets VALUES (:seconds, :bucket)"), of_seconds)
    for statement in (*_TOTALS, *_DURATIONS):
        connection.execute(text(f"{statement} GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5"))
    connection.execute(text(_SPAN_TOTALS))


# --- statements ----------------------------------------------------------------------------------------

_DRAWN = """
WITH RECURSIVE numbers(i) AS (
    SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM numbers WHERE i < :rows
), lots AS (
    SELECT i, (i * 7919) % :members AS member, (i + i / :members) % 100 AS luck,
        :begin + i * :pause AS at
    FROM numbers
), drawn AS (
    SELECT i, luck, at, :first_member + member AS member_id, :first_guild + member % :guilds AS guild_id,
        1 + (member / :guilds + CASE WHEN i % 8 = 0 THEN i / 8 ELSE 0 END) % :channels AS channel_id
    FROM lots
)"""
_CARDS = """
INSERT INTO cards (id, interaction_id, application_id, guild_id, channel_id, member_id, is_private,
    upload_limit, created_at, message_id, revision, shown_revision, is_lost, prompt)
SELECT i, i, 1, guild_id, channel_id, member_id, false, 10485760, at, i, 4, 4, false,
    'a lighthouse at dawn, number ' || i
FROM drawn
"""
_JOBS = """
INSERT INTO jobs (id, card_id, position, state, fence, counts, guild_id, member_id, door, model,
    style, is_edit, created_at, state_at, submitted_at, finished_at, delivered_at, request_id, cost_microusd,
    provider_seconds, polls, attachment_id, failure_kind, channel_id, held_microusd, rules, number)
SELECT i, i, 0,
    CASE WHEN luck < 92 THEN 'delivered' WHEN luck < 98 THEN 'failed' ELSE 'cancelled' END,
    1, CASE WHEN luck < 92 THEN 1 ELSE 0 END, guild_id, member_id, 'imagine', 'luma-uni-1',
    'auto', false, at, at + 65000000, at + 1000000,
    CASE WHEN luck < 92 THEN at + 64000000 END, CASE WHEN luck < 92 THEN at + 65000000 END,
    CASE WHEN luck < 96 THEN 'request-' || i END,
    CASE WHEN luck < 92 THEN 50000 + 1000 * (i % 20) END,
    CASE WHEN luck < 92 THEN CAST(30 + i % 100 AS DOUBLE PRECISION) END,
    5, CASE WHEN luck < 92 THEN i END,
    CASE WHEN luck >= 98 THEN NULL WHEN luck >= 96 THEN 'busy' WHEN luck >= 92 THEN 'blocked' END,
    channel_id, 0, '[]', row_number() OVER (PARTITION BY guild_id ORDER BY i)
FROM drawn
"""
_MONTH = {
    "sqlite": "strftime('%Y-%m', created_at / 1000000, 'unixepoch')",
    "postgresql": "to_char(to_timestamp(created_at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM')",
}
_MONEY = """
INSERT INTO money (month, guild_id, held, spent)
SELECT MONTH, guild_id, 0, sum(cost_microusd) FROM jobs WHERE cost_microusd IS NOT NULL GROUP BY 1, 2
"""
#: Of each member in each channel; of that, over all channels; of both, over all members.
_TOTALS = (
    """
    INSERT INTO totals (guild_id, channel_id, day, member_id, outcome, pictures, spent)
    SELECT guild_id, channel_id, created_at / 86400000000, member_id,
        CASE state WHEN 'delivered' THEN 'made' WHEN 'failed' THEN failure_kind ELSE state END,
        count(*), sum(coalesce(cost_microusd, 0))
    FROM jobs
    """,
    """
    INSERT INTO totals (guild_id, channel_id, day, member_id, outcome, pictures, spent)
    SELECT guild_id, 0, day, member_id, outcome, sum(pictures), sum(spent) FROM totals
    """,
    """
    INSERT INTO totals (guild_id, channel_id, day, member_id, outcome, pictures, spent)
    SELECT guild_id, channel_id, day, 0, outcome, sum(pictures), sum(spent) FROM totals
    """,
)
_DURATIONS = (
    """
    INSERT INTO durations (guild_id, channel_id, day, member_id, bucket, pictures)
    SELECT guild_id, channel_id, created_at / 86400000000, member_id, bucket, count(*)
    FROM jobs JOIN buckets ON seconds = provider_seconds
    """,
    """
    INSERT INTO durations (guild_id, channel_id, day, member_id, bucket, pictures)
    SELECT guild_id, 0, day, member_id, bucket, sum(pictures) FROM durations
    """,
    """
    INSERT INTO durations (guild_id, channel_id, day, member_id, bucket, pictures)
    SELECT guild_id, channel_id, day, 0, bucket, sum(pictures) FROM durations
    """,
)
_SPAN_TOTALS = """
INSERT INTO span_totals (guild_id, channel_id, first_day, member_id, pictures, spent)
SELECT guild_id, channel_id, day - day % 6, member_id, sum(pictures), sum(spent)
FROM totals WHERE member_id <> 0 AND outcome = 'made' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
_HASTE = {
    "sqlite": (
        "PRAGMA journal_mode = OFF",
        "PRAGMA synchronous = OFF",
        "PRAGMA cache_size = -500000",
    ),
    "postgresql": (
        "SET synchronous_commit = off",
        "SET maintenance_work_mem = '500MB'",
        "SET work_mem = '500MB'",
    ),
}
#: What a database does by itself in time, and would do in the middle of being measured.
_REST = {
    "sqlite": (),
    "postgresql": (
        "SELECT setval(pg_get_serial_sequence('cards', 'id'), (SELECT max(id) FROM cards))",
        "SELECT setval(pg_get_serial_sequence('jobs', 'id'), (SELECT max(id) FROM jobs))",
        "VACUUM (ANALYZE)",
        "CHECKPOINT",
    ),
}
