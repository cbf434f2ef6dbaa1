"""Servers can have pictures made only in age-restricted channels."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "guilds", sa.Column("only_age_restricted", sa.Boolean(), nullable=False, server_default=sa.false())
    )
