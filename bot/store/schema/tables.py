"""The tables and their indexes. A change here needs a migration beside it; a test compares the two.

The tables about moderation are made in `moderation_schema` and `moderation_post_schema`, those about the
deletion and export of data in `privacy_schema`, those of several processes in `fleet_schema`, and those of
servers in `server_schema`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
)

from bot.domain.failure import FailureKind
from bot.domain.job import Hiding, JobState
from bot.domain.luma import AspectRatio, Style
from bot.domain.notice import Notify
from bot.domain.request import COUNT_MOST, Door
from bot.domain.trouble import Loss
from bot.store.driver.column_types import MonthText, OutsideText, SealedText, UtcDay, UtcMicroseconds, Word
from bot.store.schema import fleet as fleet_schema
from bot.store.schema import metadata as schema_metadata
from bot.store.schema import moderation as moderation_schema
from bot.store.schema import moderation_posts as moderation_post_schema
from bot.store.schema import privacy as privacy_schema
from bot.store.schema import servers as server_schema
from bot.store.schema.conditions import (
    HAS_COST,
    HAS_DURATION,
    HAS_FOUND_REQUEST,
    HAS_NEXT_TRY,
    HAS_REQUEST_ID,
    HAS_SOURCE_JOB,
    HAS_TOKEN,
    IS_ANSWERED,
    IS_COPY,
    IS_DISMISSED,
    IS_DUE,
    IS_HIDING,
    IS_IN_WORK,
    IS_OPEN,
    IS_PARKED,
    IS_UNANSWERED,
    IS_UNSETTLED,
    OWES_NOTICE,
    state_is_one_of,
)

metadata = schema_metadata.metadata
_Id = schema_metadata.Id
processes = fleet_schema.processes
blocks = moderation_schema.blocks
member_blocks = moderation_schema.member_blocks
strikes = moderation_schema.strikes
audits = moderation_schema.audits
moderation_posts = moderation_post_schema.moderation_posts
complaints = moderation_post_schema.complaints
feed_entries = moderation_post_schema.feed_entries
exports = privacy_schema.exports
erasures = privacy_schema.erasures
departures = privacy_schema.departures
listed_words = moderation_schema.listed_words
presets = moderation_schema.presets
guilds = server_schema.guilds
rules = server_schema.rules
welcomes = server_schema.welcomes

cards = Table(
    "cards",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("interaction_id", BigInteger, nullable=False, unique=True),
    Column("application_id", BigInteger, nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("sealed_token", LargeBinary),
    Column("token_expires_at", UtcMicroseconds),
    Column("is_private", Boolean, nullable=False),
    Column("upload_limit", BigInteger, nullable=False),
    Column("created_at", UtcMicroseconds, nullable=False),
    Column("message_id", BigInteger),
    Column("revision", Integer, nullable=False),
    Column("shown_revision", Integer, nullable=False),
    Column("is_lost", Boolean, nullable=False),
    Column("is_gone", Boolean, nullable=False, server_default=false()),
    # The prompt of all its jobs; empty once it is deleted by retention.
    Column("prompt", SealedText, nullable=False, server_default=text("''")),
    # When an edit of the message first failed, and when it is tried again.
    Column("behind_since", UtcMicroseconds),
    Column("try_at", UtcMicroseconds),
    Column("language", Text, nullable=False, server_default=text("'en'")),
    # The member is still to be notified when all pictures are over, if that takes long.
    Column("owes_notice", Boolean, nullable=False, server_default=false()),
    sqlite_autoincrement=True,
)

jobs = Table(
    "jobs",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("card_id", _Id, ForeignKey("cards.id", ondelete="CASCADE"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("state", Word(JobState), nullable=False),
    Column("fence", Integer, nullable=False),
    Column("counts", Integer, nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("door", Word(Door), nullable=False),
    Column("model", OutsideText, nullable=False),
    Column("aspect_ratio", Word(AspectRatio)),
    Column("style", Word(Style), nullable=False),
    # The source. `is_edit` stays true when the others are deleted.
    Column("is_edit", Boolean, nullable=False),
    Column("source_url", SealedText),
    Column("source_channel_id", BigInteger),
    Column("source_message_id", BigInteger),
    Column("source_attachment_id", BigInteger),
    Column("source_job_id", _Id, ForeignKey("jobs.id", ondelete="SET NULL")),
    Column("created_at", UtcMicroseconds, nullable=False),
    Column("state_at", UtcMicroseconds, nullable=False),
    Column("submitted_at", UtcMicroseconds),
    Column("finished_at", UtcMicroseconds),
    Column("delivered_at", UtcMicroseconds),
    Column("parked_at", UtcMicroseconds),
    Column("deleted_at", UtcMicroseconds),
    Column("source_hash", OutsideText),
    Column("source_type", OutsideText),
    Column("asset_url", SealedText),
    Column("request_id", OutsideText),
    Column("output_url", OutsideText),
    Column("cost_microusd", BigInteger),
    Column("provider_seconds", Double),
    Column("polls", Integer, nullable=False),
    Column("attachment_id", BigInteger),
    Column("failure_kind", Word(FailureKind)),
    Column("failure_detail", OutsideText),
    Column("failure_note", SealedText),
    # Columns that were added later come last, and have a default for older rows.
    Column("channel_id", BigInteger, nullable=False, server_default=text("0")),
    Column("held_microusd", BigInteger, nullable=False, server_default=text("0")),
    Column("rules", Text),
    # NULL: the prompt itself.
    Column("sent_prompt", SealedText),
    Column("is_spoiler", Boolean, nullable=False, server_default=text("false")),
    # From 1, without gaps, within its server: members see no other number.
    Column("number", BigInteger, nullable=False, server_default=text("0")),
    Column("found_request_at", UtcMicroseconds),
    # As how many pictures it counts in the limits: 1 or more.
    Column("weight", Integer, nullable=False, server_default=text("1")),
    # A moderator's words, perhaps none, about a picture that they have removed; NULL: they have not.
    Column("moderation_reason", SealedText),
    # The style preset of the server that was chosen, with its words at that time.
    Column("preset_name", SealedText),
    Column("preset_words", SealedText),
    Column("hiding", Word(Hiding)),
    Column("needs_approval", Boolean, nullable=False, server_default=text("false")),
    Column("listed_word", SealedText),
    UniqueConstraint("card_id", "position"),
    CheckConstraint(state_is_one_of(list(JobState)), name="state"),
    CheckConstraint("counts IN (0, 1)", name="counts"),
    CheckConstraint(f"position BETWEEN 0 AND {COUNT_MOST - 1}", name="position"),
    CheckConstraint("state <> 'failed' OR failure_kind IS NOT NULL", name="failure"),
    sqlite_autoincrement=True,
)

events = Table(
    "events",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("job_id", _Id, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("from_state", Word(JobState)),
    Column("to_state", Word(JobState), nullable=False),
    Column("at", UtcMicroseconds, nullable=False),
    Column("why", OutsideText, nullable=False),
    Index("ix_events_job_id", "job_id"),
    sqlite_autoincrement=True,
)

#: Pictures that were posted again in the last hour, which has a limit.
posts = Table(
    "posts",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("guild_id", BigInteger, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("at", UtcMicroseconds, nullable=False),
    Index("ix_posts_member", "member_id", "guild_id", "at"),
    sqlite_autoincrement=True,
)

#: Pictures that members have marked; each row is for its member alone.
favourites = Table(
    "favourites",
    metadata,
    Column("member_id", BigInteger, nullable=False),
    Column("job_id", _Id, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("at", UtcMicroseconds, nullable=False),
    PrimaryKeyConstraint("member_id", "job_id"),
    Index("ix_favourites_member", "member_id", "guild_id", "at"),
    Index("ix_favourites_job_id", "job_id"),
)

#: What members have chosen for themselves, on all servers.
members = Table(
    "members",
    metadata,
    Column("member_id", BigInteger, nullable=False, autoincrement=False),
    Column("notify", Word(Notify), nullable=False),
    PrimaryKeyConstraint("member_id"),
)

#: The sums of `held_microusd` and `cost_microusd` of a server's jobs, by the month of their `created_at`.
money = Table(
    "money",
    metadata,
    Column("month", MonthText, nullable=False),
    Column("guild_id", BigInteger, nullable=False),
    Column("held", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False),
    Column("warned_percent", Integer, nullable=False, server_default=text("0")),
    PrimaryKeyConstraint("month", "guild_id"),
)

#: Counts and sums of jobs by the day of their `created_at`. A row with member 0 is about all members of the
#: channel, a row with channel 0 about all channels. With them, a report need not read every job.
totals = Table(
    "totals",
    metadata,
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("day", UtcDay, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("pictures", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False),
    PrimaryKeyConstraint("guild_id", "channel_id", "day", "member_id", "outcome"),
    sqlite_with_rowid=False,
)

#: Sums of the totals of each member with outcome `made` over the days of a span; see `domain.period`. The
#: members with the most pictures of a long period are found by it.
span_totals = Table(
    "span_totals",
    metadata,
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("first_day", UtcDay, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("pictures", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False),
    PrimaryKeyConstraint("guild_id", "channel_id", "first_day", "member_id"),
    sqlite_with_rowid=False,
)

#: The provider's time, as counts of pictures by `domain.durations.bucket`; keys as in `totals`.
durations = Table(
    "durations",
    metadata,
    Column("guild_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("day", UtcDay, nullable=False),
    Column("member_id", BigInteger, nullable=False),
    Column("bucket", Integer, nullable=False),
    Column("pictures", BigInteger, nullable=False),
    PrimaryKeyConstraint("guild_id", "channel_id", "day", "member_id", "bucket"),
    sqlite_with_rowid=False,
)

#: Submits that the bot believed were never accepted, with the bill of each that was accepted after all. The
#: inputs of its job identify a submit in the history, but not the URL of the source, which may differ in each
#: submit.
dismissed = Table(
    "dismissed",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("job_id", _Id, ForeignKey("jobs.id", ondelete="CASCADE"), nullable=False),
    Column("sent_at", UtcMicroseconds, nullable=False),
    Column("image_url", SealedText),
    Column("request_id", OutsideText),
    Column("found_at", UtcMicroseconds),
    Column("cost_microusd", BigInteger),
    Column("output_url", OutsideText),
    Column("found_request_at", UtcMicroseconds),
    Index("ix_dismissed_job_id", "job_id"),
    sqlite_autoincrement=True,
)

#: The newest measurements of how many seconds pass until the provider's history shows an accepted request.
landings = Table(
    "landings",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("at", UtcMicroseconds, nullable=False),
    Column("seconds", Double, nullable=False),
    sqlite_autoincrement=True,
)

#: Losses of the operator's money that are still to be announced, by whichever process announces them.
losses = Table(
    "losses",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("kind", Word(Loss), nullable=False),
    sqlite_autoincrement=True,
)

#: Messages that showed a card before it moved to a new message. They have to be kept up to date.
left_messages = Table(
    "left_messages",
    metadata,
    Column("id", _Id, primary_key=True),
    Column("card_id", _Id, ForeignKey("cards.id", ondelete="CASCADE"), nullable=False),
    Column("application_id", BigInteger, nullable=False),
    Column("channel_id", BigInteger, nullable=False),
    Column("message_id", BigInteger, nullable=False),
    Column("sealed_token", LargeBinary),
    Column("token_expires_at", UtcMicroseconds),
    Column("is_private", Boolean, nullable=False),
    Column("behind_since", UtcMicroseconds, nullable=False),
    # NULL: up to date, or given up.
    Column("try_at", UtcMicroseconds),
    # The picture of which the message is a copy; NULL: it is none. It goes with its card.
    Column("job_id", BigInteger),
    Index("ix_left_messages_card_id", "card_id"),
    sqlite_autoincrement=True,
)


def _partial(name: str, *columns: Column[object], condition: object, unique: bool = False) -> None:
    Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


_partial("ix_cards_message", cards.c.message_id, condition=IS_ANSWERED)
_partial("ix_cards_unanswered", cards.c.created_at, condition=IS_UNANSWERED)
_partial("ix_cards_due", cards.c.id, condition=IS_DUE)
_partial("ix_cards_owed", cards.c.id, condition=OWES_NOTICE)
_partial("ix_cards_token", cards.c.token_expires_at, condition=HAS_TOKEN)
_partial("ix_left_messages_due", left_messages.c.try_at, condition=HAS_NEXT_TRY)
_partial("ix_left_messages_copies", left_messages.c.job_id, condition=IS_COPY)
_partial("ix_left_messages_copy", left_messages.c.message_id, condition=IS_COPY)

Index("ix_jobs_member", jobs.c.member_id, jobs.c.guild_id, jobs.c.id)
# Has all that limits over time are counted from, so that the rows themselves need not be read.
Index(
    "ix_jobs_asked",
    *(jobs.c[name] for name in ("member_id", "created_at", "counts", "guild_id", "channel_id", "weight")),
)
_partial(
    "ix_jobs_in_work",
    *(jobs.c[name] for name in ("member_id", "guild_id", "channel_id", "weight")),
    condition=IS_IN_WORK,
)
_partial("ix_jobs_hiding", jobs.c.id, condition=IS_HIDING)
_partial("ix_jobs_open", jobs.c.state, condition=IS_OPEN)
_partial("ix_jobs_parked", jobs.c.parked_at, condition=IS_PARKED)
_partial("ix_jobs_durations", jobs.c.model, jobs.c.finished_at, condition=HAS_DURATION)
_partial("ix_jobs_costs", jobs.c.model, jobs.c.finished_at, condition=HAS_COST)
_partial("ix_jobs_unsettled", jobs.c.id, condition=IS_UNSETTLED)
Index("ix_jobs_number", jobs.c.guild_id, jobs.c.number, unique=True)
Index("ix_jobs_guild", jobs.c.guild_id, jobs.c.created_at, jobs.c.id)
_partial("ix_jobs_request_id", jobs.c.request_id, condition=HAS_REQUEST_ID, unique=True)
_partial("ix_jobs_found_request", jobs.c.submitted_at, condition=HAS_FOUND_REQUEST)
_partial("ix_jobs_source_job", jobs.c.source_job_id, condition=HAS_SOURCE_JOB)
_partial("ix_dismissed_open", dismissed.c.sent_at, condition=IS_DISMISSED)
_partial("ix_dismissed_found", dismissed.c.sent_at, condition=HAS_FOUND_REQUEST)
_partial("ix_dismissed_request_id", dismissed.c.request_id, condition=HAS_REQUEST_ID, unique=True)
