"""Servers can have a summary of each week; those from before have none."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guilds", sa.Column("has_summary", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("guilds", sa.Column("summarized_week", sa.Integer()))
