"""Cards, jobs and their events."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    _create_cards()
    _create_jobs()
    _create_events()


def _create_cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", ID, nullable=False),
        sa.Column("interaction_id", sa.BigInteger(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed_token", sa.LargeBinary()),
        sa.Column("token_expires_at", sa.BigInteger()),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("upload_limit", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("shown_revision", sa.Integer(), nullable=False),
        sa.Column("is_lost", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cards")),
        sa.UniqueConstraint("interaction_id", name=op.f("uq_cards_interaction_id")),
        sqlite_autoincrement=True,
    )
    _index_cards()


def _index_cards() -> None:
    _index("ix_cards_message", "cards", ["message_id"], where="message_id IS NOT NULL")
    _index("ix_cards_unanswered", "cards", ["created_at"], where="message_id IS NULL AND NOT is_lost")
    _index(
        "ix_cards_due",
        "cards",
        ["id"],
        where="revision > shown_revision AND message_id IS NOT NULL AND NOT is_lost",
    )
    _index("ix_cards_token", "cards", ["token_expires_at"], where="sealed_token IS NOT NULL")


def _create_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", ID, nullable=False),
        sa.Column("card_id", ID, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("counts", sa.Integer(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("aspect_ratio", sa.Text()),
        sa.Column("style", sa.Text(), nullable=False),
        sa.Column("is_edit", sa.Boolean(), nullable=False),
        sa.Column("source_url", sa.Text()),
        sa.Column("source_channel_id", sa.BigInteger()),
        sa.Column("source_message_id", sa.BigInteger()),
        sa.Column("source_attachment_id", sa.BigInteger()),
        sa.Column("source_job_id", ID),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("state_at", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at", sa.BigInteger()),
        sa.Column("finished_at", sa.BigInteger()),
        sa.Column("delivered_at", sa.BigInteger()),
        sa.Column("parked_at", sa.BigInteger()),
        sa.Column("deleted_at", sa.BigInteger()),
        sa.Column("source_hash", sa.Text()),
        sa.Column("source_type", sa.Text()),
        sa.Column("asset_url", sa.Text()),
        sa.Column("request_id", sa.Text()),
        sa.Column("output_url", sa.Text()),
        sa.Column("cost_microusd", sa.BigInteger()),
        sa.Column("provider_seconds", sa.Double()),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.BigInteger()),
        sa.Column("failure_kind", sa.Text()),
        sa.Column("failure_detail", sa.Text()),
        sa.Column("failure_note", sa.Text()),
        sa.CheckConstraint(
            "state IN ('queued', 'submitting', 'unresolved', 'running', 'ready', 'held', "
            "'delivered', 'rejected', 'failed', 'cancelled')",
            name=op.f("ck_jobs_state"),
        ),
        sa.CheckConstraint("counts IN (0, 1)", name=op.f("ck_jobs_counts")),
        sa.CheckConstraint("position BETWEEN 0 AND 3", name=op.f("ck_jobs_position")),
        sa.CheckConstraint("state <> 'failed' OR failure_kind IS NOT NULL", name=op.f("ck_jobs_failure")),
        sa.ForeignKeyConstraint(["card_id"], ["cards.id"], name=op.f("fk_jobs_card_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["source_job_id"], ["jobs.id"], name=op.f("fk_jobs_source_job_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("card_id", "position", name=op.f("uq_jobs_card_id_position")),
        sqlite_autoincrement=True,
    )
    _index_jobs()


def _index_jobs() -> None:
    in_work = "state IN ('queued', 'submitting', 'unresolved', 'running')"
    is_open = (
        "state IN ('queued', 'submitting', 'unresolved', 'running', 'ready', 'held') AND parked_at IS NULL"
    )
    op.create_index("ix_jobs_member", "jobs", ["member_id", "guild_id", "id"])
    _index("ix_jobs_counted", "jobs", ["member_id", "guild_id", "created_at"], where="counts = 1")
    _index("ix_jobs_counted_everywhere", "jobs", ["member_id", "created_at"], where="counts = 1")
    _index("ix_jobs_in_work", "jobs", ["member_id", "guild_id"], where=in_work)
    _index("ix_jobs_open", "jobs", ["state"], where=is_open)
    _index("ix_jobs_parked", "jobs", ["parked_at"], where="parked_at IS NOT NULL AND state = 'ready'")
    _index("ix_jobs_durations", "jobs", ["model", "finished_at"], where="provider_seconds IS NOT NULL")
    _index("ix_jobs_request_id", "jobs", ["request_id"], where="request_id IS NOT NULL", unique=True)
    _index("ix_jobs_source_job", "jobs", ["source_job_id"], where="source_job_id IS NOT NULL")


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("from_state", sa.Text()),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_events_job_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_events_job_id", "events", ["job_id"])


def _index(name: str, table: str, columns: list[str], *, where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
