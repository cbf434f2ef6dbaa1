"""Servers can have pictures wait for a moderator's approval."""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guilds", sa.Column("approval", sa.Text()))
    op.add_column(
        "jobs", sa.Column("needs_approval", sa.Boolean(), nullable=False, server_default=sa.text("false"))
    )
