"""Members can report pictures, and moderators have a channel of their own."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("guilds", sa.Column("moderation_channel_id", sa.BigInteger()))
    _create_posts()
    _create_complaints()


def _create_posts() -> None:
    op.create_table(
        "moderation_posts",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("job_id", ID),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.BigInteger()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger()),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("shown_revision", sa.Integer(), nullable=False),
        sa.Column("behind_since", sa.BigInteger()),
        sa.Column("try_at", sa.BigInteger()),
        sa.Column("is_refused", sa.Boolean(), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.Column("decision", sa.Text()),
        sa.Column("decided_by", sa.BigInteger()),
        sa.Column("decided_at", sa.BigInteger()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_moderation_posts_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_moderation_posts")),
        sa.UniqueConstraint("job_id", "topic", name=op.f("uq_moderation_posts_job_id_topic")),
        sqlite_autoincrement=True,
    )
    is_due, is_open = sa.text("try_at IS NOT NULL"), sa.text("NOT is_over")
    op.create_index(
        "ix_moderation_posts_due",
        "moderation_posts",
        ["try_at"],
        sqlite_where=is_due,
        postgresql_where=is_due,
    )
    op.create_index(
        "ix_moderation_posts_open",
        "moderation_posts",
        ["guild_id", "topic", "id"],
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _create_complaints() -> None:
    op.create_table(
        "complaints",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_complaints_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_complaints")),
        sa.UniqueConstraint("job_id", "member_id", name=op.f("uq_complaints_job_id_member_id")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_complaints_member", "complaints", ["member_id", "guild_id", "at"])
