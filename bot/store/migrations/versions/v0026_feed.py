"""Servers can have a channel that shows each delivered picture."""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("guilds", sa.Column("feed_channel_id", sa.BigInteger()))
    op.create_table(
        "feed_entries",
        sa.Column("job_id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("begun_at", sa.BigInteger()),
        sa.Column("channel_id", sa.BigInteger()),
        sa.Column("message_id", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_feed_entries_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_feed_entries")),
    )
    is_owed = sa.text("message_id IS NULL")
    op.create_index(
        "ix_feed_entries_owed",
        "feed_entries",
        ["guild_id", "job_id"],
        sqlite_where=is_owed,
        postgresql_where=is_owed,
    )
