"""The tables of what servers have set, and of when they were welcomed. They are part of `schema`."""

from sqlalchemy import BigInteger, Boolean, Column, Integer, PrimaryKeyConstraint, Table, Text, false, text

from bot.domain.administration import RuleScope
from bot.store.driver.column_types import Ids, UtcDay, UtcMicroseconds, Word
from bot.store.schema.metadata import metadata

#: The settings of servers; a server without a row has set nothing.
guilds = Table(
    "guilds",
    metadata,
    Column("guild_id", BigInteger, nullable=False, autoincrement=False),
    Column("budget_microusd", BigInteger),
    Column("log_channel_id", BigInteger),
    Column("allowed_channels", Ids, nullable=False),
    # NULL: as Discord says.
    Column("language", Text),
    # NULL: everyone.
    Column("max_roles", Ids),
    Column("max_counts_as", Integer, nullable=False, server_default=text("1")),
    # NULL: as the operator says.
    Column("notify_after_seconds", Integer),
    Column("moderation_channel_id", BigInteger),
    # A digest of the entries in `listed_words`; 0: none.
    Column("words_version", BigInteger, nullable=False, server_default=text("0")),
    Column("names_words", Boolean, nullable=False, server_default=false()),
    Column("feed_channel_id", BigInteger),
    Column("has_summary", Boolean, nullable=False, server_default=false()),
    # The first day of the last week that was summarized.
    Column("summarized_week", UtcDay),
    # NULL: reports hide no picture.
    Column("hide_after_reports", Integer),
    # NULL: as the operator says.
    Column("retention_days", Integer),
    Column("only_age_restricted", Boolean, nullable=False, server_default=false()),
    # As JSON; NULL: they are switched off.
    Column("strikes", Text),
    # As JSON; NULL: no picture needs it.
    Column("approval", Text),
    PrimaryKeyConstraint("guild_id"),
)

rules = Table(
    "rules",
    metadata,
    Column("guild_id", BigInteger, nullable=False),
    Column("subject_id", BigInteger, nullable=False),
    Column("scope", Word(RuleScope), nullable=False),
    Column("per_hour", Integer),
    Column("per_day", Integer),
    Column("running", Integer),
    Column("per_week", Integer),
    Column("per_month", Integer),
    PrimaryKeyConstraint("guild_id", "subject_id", "scope"),
)

#: When the bot joined the servers that it has welcomed; see `store/servers/welcomes.py`.
welcomes = Table(
    "welcomes",
    metadata,
    Column("guild_id", BigInteger, nullable=False, autoincrement=False),
    Column("joined_at", UtcMicroseconds, nullable=False),
    PrimaryKeyConstraint("guild_id"),
)
