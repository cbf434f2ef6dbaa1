"""Servers choose whose pictures may have the highest quality, and how many pictures each counts as."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guilds", sa.Column("max_roles", sa.Text()))
    op.add_column(
        "guilds", sa.Column("max_counts_as", sa.Integer(), nullable=False, server_default=sa.text("1"))
    )
