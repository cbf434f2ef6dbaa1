"""The tables by which several processes share the account and the shards. They are part of `schema`.

One process alone leaves them empty. Their times are by the database's clock, in microseconds.
"""

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, PrimaryKeyConstraint, Table, Text, text

from bot.store.schema.metadata import Id, metadata

#: The processes that share the work, each with the last sign that it was alive.
processes = Table(
    "processes",
    metadata,
    Column("id", BigInteger, nullable=False, autoincrement=False),
    Column("seen_at", BigInteger, nullable=False),
    # Results and polls that wait for their turn.
    Column("others", Integer, nullable=False, server_default=text("0")),
    Column("at_provider", Integer, nullable=False, server_default=text("0")),
    # Of a gateway: the number of shards over all gateways.
    Column("shard_count", Integer),
    # The names of its keys for texts at rest, with commas between them; it seals with the first.
    Column("key_names", Text),
    PrimaryKeyConstraint("id"),
)

#: The requests of the last minute; those with a job are submits.
turns = Table(
    "turns",
    metadata,
    Column("id", Id, primary_key=True),
    Column("at", BigInteger, nullable=False),
    Column("job_id", BigInteger),
    Index("ix_turns_at", "at"),
    sqlite_autoincrement=True,
)

#: The jobs that wait for their turn, and in which process.
line = Table(
    "line",
    metadata,
    Column("job_id", BigInteger, nullable=False, autoincrement=False),
    Column("process_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("job_id"),
)

#: The one row of what all processes know about the account.
account = Table(
    "account",
    metadata,
    Column("id", Integer, nullable=False, autoincrement=False),
    # Each change of what follows raises it.
    Column("revision", BigInteger, nullable=False),
    Column("trouble", Text),
    Column("is_model_refused", Boolean, nullable=False),
    # Nothing is sent until then, after a 429.
    Column("paused_until", BigInteger, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("id"),
)

#: The cards whose files a process is changing.
card_locks = Table(
    "card_locks",
    metadata,
    Column("card_id", BigInteger, nullable=False, autoincrement=False),
    Column("process_id", BigInteger, nullable=False),
    PrimaryKeyConstraint("card_id"),
)

#: When a gateway last started a session with Discord, for each group of shards that take turns in that.
session_starts = Table(
    "session_starts",
    metadata,
    Column("identify_group", Integer, nullable=False, autoincrement=False),
    Column("begun_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("identify_group"),
)

#: The gateways that wait for a shard, and whether its gateway has asked one of them to take it over.
standbys = Table(
    "standbys",
    metadata,
    Column("shard_id", Integer, nullable=False, autoincrement=False),
    Column("process_id", BigInteger, nullable=False),
    Column("asked_at", BigInteger, nullable=False, server_default=text("0")),
    # It has been asked, and receives the shard's events.
    Column("is_ready", Boolean, nullable=False),
    PrimaryKeyConstraint("shard_id", "process_id"),
)

#: The interactions and messages that two gateways received, and which of them handles each.
taken_events = Table(
    "taken_events",
    metadata,
    Column("event_id", BigInteger, nullable=False, autoincrement=False),
    Column("process_id", BigInteger, nullable=False),
    Column("taken_at", BigInteger, nullable=False),
    PrimaryKeyConstraint("event_id"),
)
