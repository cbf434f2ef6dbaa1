"""The tables about moderation: blocks, word lists, presets, and who changed or did what. Part of `schema`."""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    false,
)

from bot.domain.administration import AuditTopic, RuleScope
from bot.domain.strikes import StrikeCause
from bot.domain.word_list import WordAction
from bot.store.driver.column_types import OutsideText, SealedText, UtcMicroseconds, Word
from bot.store.schema.metadata import Id, metadata

#: Servers and members that the operator has blocked. Discord's ids are unique over both kinds.
blocks = Table(
    "blocks",
    metadata,
    Column("id", BigInteger, nullable=False, autoincrement=False),
    Column("at", UtcMicroseconds, nullable=False),
    Column("reason", SealedText, nullable=False),
    # NULL: without an end. Rows of blocks that are over are deleted later.
    Column("until", UtcMicroseconds),
    PrimaryKeyConstraint("id"),
)

#: Members whom moderators have blocked in a server. Rows of blocks that are over are deleted later.
member_blocks = Table(
    "member_blocks",
    metadata,
    Column("guild_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    # 0: the bot.
    Column("actor_id", BigInteger, nullable=False),
    Column("at", UtcMicroseconds, nullable=False),
    # NULL: without an end.
    Column("until", UtcMicroseconds),
    Column("reason", SealedText, nullable=False),
    # The server's log channel is still to say it.
    Column("owes_notice", Boolean, nullable=False, server_default=false()),
    PrimaryKeyConstraint("guild_id", "member_id"),
)

strikes = Table(
    "strikes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("at", UtcMicroseconds, nullable=False),
    Column("cause", Word(StrikeCause), nullable=False),
    # 0: the bot.
    Column("actor_id", BigInteger, nullable=False),
    Column("card_id", Id, ForeignKey("cards.id", ondelete="SET NULL")),
    Column("reason", SealedText, nullable=False),
    Column("forgiven_at", UtcMicroseconds),
    Index("ix_strikes_member", "guild_id", "member_id", "at"),
    Index("ix_strikes_card_id", "card_id"),
    sqlite_autoincrement=True,
)

#: The entries of the servers' word lists.
listed_words = Table(
    "listed_words",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("text", OutsideText, nullable=False),
    # The folded text that is searched for.
    Column("pattern", OutsideText, nullable=False),
    Column("action", Word(WordAction), nullable=False),
    UniqueConstraint("guild_id", "pattern"),
    sqlite_autoincrement=True,
)

#: The style presets of servers. `name_key` is the name as it is compared.
presets = Table(
    "presets",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("name_key", OutsideText, nullable=False),
    Column("name", OutsideText, nullable=False),
    Column("words", OutsideText, nullable=False),
    UniqueConstraint("guild_id", "name_key"),
    sqlite_autoincrement=True,
)

audits = Table(
    "audits",
    metadata,
    Column("id", Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("actor_id", BigInteger, nullable=False),
    Column("at", UtcMicroseconds, nullable=False),
    Column("topic", Word(AuditTopic), nullable=False),
    Column("scope", Word(RuleScope)),
    Column("subject_id", BigInteger),
    Column("before", SealedText, nullable=False),
    Column("after", SealedText, nullable=False),
    # The member to whom it was done, besides the subject; 0: no one. NULL in old entries: see `after`.
    Column("about_id", BigInteger),
    Index("ix_audits_guild", "guild_id", "id"),
    sqlite_autoincrement=True,
)
