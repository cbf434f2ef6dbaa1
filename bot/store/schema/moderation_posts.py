"""The tables of what members report, and of the news for moderators. They are part of `schema`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    false,
)

from bot.domain.moderation import Decision, ModerationTopic
from bot.store.driver.column_types import SealedText, UtcMicroseconds, Word
from bot.store.schema.conditions import HAS_NEXT_TRY, IS_SENT, IS_STALE, IS_UNDECIDED, IS_UNSENT
from bot.store.schema.metadata import Id, metadata

#: News for a server's moderators: a message in their channel, or without one, only a line in `/review`.
moderation_posts = Table(
    "moderation_posts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("topic", Word(ModerationTopic), nullable=False),
    Column("job_id", Id, ForeignKey("jobs.id", ondelete="CASCADE")),
    # About whom.
    Column("member_id", BigInteger, nullable=False),
    # The row of the topic's own table that it is about, if it has one.
    Column("subject_id", BigInteger),
    Column("at", UtcMicroseconds, nullable=False),
    # The channel is saved before the message is sent, and the message afterwards.
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    Column("revision", Integer, nullable=False),
    Column("shown_revision", Integer, nullable=False),
    Column("behind_since", UtcMicroseconds),
    Column("try_at", UtcMicroseconds),
    # The last attempt was refused: the channel is gone, or the bot may not write there.
    Column("is_refused", Boolean, nullable=False),
    Column("is_over", Boolean, nullable=False),
    Column("decision", Word(Decision)),
    Column("decided_by", BigInteger),
    Column("decided_at", UtcMicroseconds),
    Column("reason", SealedText, nullable=False),
    UniqueConstraint("job_id", "topic"),
    Index("ix_moderation_posts_due", "try_at", sqlite_where=HAS_NEXT_TRY, postgresql_where=HAS_NEXT_TRY),
    Index(
        "ix_moderation_posts_open",
        *("guild_id", "topic", "id"),
        sqlite_where=IS_UNDECIDED,
        postgresql_where=IS_UNDECIDED,
    ),
    sqlite_autoincrement=True,
)
#: Members' reports of pictures. No one is ever shown whose they are.
complaints = Table(
    "complaints",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("job_id", Id, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("at", UtcMicroseconds, nullable=False),
    Column("reason", SealedText, nullable=False),
    # A moderator has decided, or the picture is gone.
    Column("is_over", Boolean, nullable=False),
    UniqueConstraint("job_id", "member_id"),
    Index("ix_complaints_member", "member_id", "guild_id", "at"),
    sqlite_autoincrement=True,
)

#: Delivered pictures of servers with a feed. `begun_at` and `channel_id` are saved before a message is sent.
feed_entries = Table(
    "feed_entries",
    metadata,
    Column("job_id", Id, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("at", UtcMicroseconds, nullable=False),
    Column("begun_at", UtcMicroseconds),
    Column("channel_id", BigInteger),
    Column("message_id", BigInteger),
    # Its picture is gone, hidden or shown again, and the message is still to say so.
    Column("is_stale", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("job_id"),
    Index(
        "ix_feed_entries_message",
        "message_id",
        sqlite_where=IS_SENT,
        postgresql_where=IS_SENT,
    ),
    Index(
        "ix_feed_entries_stale",
        "message_id",
        sqlite_where=IS_STALE,
        postgresql_where=IS_STALE,
    ),
    Index(
        "ix_feed_entries_owed",
        *("guild_id", "job_id"),
        sqlite_where=IS_UNSENT,
        postgresql_where=IS_UNSENT,
    ),
)
