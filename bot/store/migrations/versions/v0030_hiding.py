"""Servers can have pictures hidden after a number of reports, until a moderator looks."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guilds", sa.Column("hide_after_reports", sa.Integer()))
    op.add_column("jobs", sa.Column("hiding", sa.Text()))
    is_hiding = sa.text("hiding IS NOT NULL")
    op.create_index("ix_jobs_hiding", "jobs", ["id"], sqlite_where=is_hiding, postgresql_where=is_hiding)
