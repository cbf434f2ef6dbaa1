"""Servers can have prompts deleted sooner than the operator does."""

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guilds", sa.Column("retention_days", sa.Integer()))
