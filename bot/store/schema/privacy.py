"""The tables about the deletion and export of data. They are part of `schema`."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, LargeBinary, PrimaryKeyConstraint, Table, Text

from bot.store.driver.column_types import UtcMicroseconds
from bot.store.schema.metadata import metadata

#: When a member last exported their data, which has a limit.
exports = Table(
    "exports",
    metadata,
    Column("member_id", BigInteger, nullable=False, autoincrement=False),
    Column("at", UtcMicroseconds, nullable=False),
    PrimaryKeyConstraint("member_id"),
)

#: Members whose data are being deleted. When that is done, the row is kept under another id until the member
#: has read so.
erasures = Table(
    "erasures",
    metadata,
    Column("member_id", BigInteger, nullable=False, autoincrement=False),
    # What is newer stays.
    Column("asked_at", UtcMicroseconds, nullable=False),
    # The messages are deleted in Discord as well.
    Column("takes_down", Boolean, nullable=False),
    Column("taken_down", Integer, nullable=False),
    Column("not_taken_down", Integer, nullable=False),
    # The answer that says how it goes.
    Column("application_id", BigInteger, nullable=False),
    Column("sealed_token", LargeBinary),
    Column("token_expires_at", UtcMicroseconds),
    Column("language", Text, nullable=False),
    # NULL: it is under way.
    Column("done_at", UtcMicroseconds),
    PrimaryKeyConstraint("member_id"),
)

#: Servers that have removed the bot. What is kept about them is deleted later, unless it comes back.
departures = Table(
    "departures",
    metadata,
    Column("guild_id", BigInteger, nullable=False, autoincrement=False),
    Column("left_at", UtcMicroseconds, nullable=False),
    # NULL: all is still there.
    Column("forgotten_at", UtcMicroseconds),
    PrimaryKeyConstraint("guild_id"),
)
