"""A picture may count as several in the limits, and both indexes for limits have all that is counted."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

IN_WORK = sa.text("state IN ('queued', 'submitting', 'unresolved', 'running')")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("weight", sa.Integer(), nullable=False, server_default=sa.text("1")))
    for name in ("ix_jobs_asked", "ix_jobs_in_work"):
        op.drop_index(name, "jobs")
    op.create_index(
        "ix_jobs_asked",
        "jobs",
        ["member_id", "created_at", "counts", "guild_id", "channel_id", "weight"],
    )
    op.create_index(
        "ix_jobs_in_work",
        "jobs",
        ["member_id", "guild_id", "channel_id", "weight"],
        sqlite_where=IN_WORK,
        postgresql_where=IN_WORK,
    )
