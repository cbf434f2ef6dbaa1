"""Blocks by the operator, and one index that counts pictures and attempts, in a server and everywhere."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "blocks",
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocks")),
    )
    for name in ("ix_jobs_counted", "ix_jobs_counted_everywhere"):
        op.drop_index(name, "jobs")
    op.create_index("ix_jobs_asked", "jobs", ["member_id", "created_at", "counts", "guild_id"])
