"""Limits per week and per month."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("per_week", "per_month"):
        op.add_column("rules", sa.Column(name, sa.Integer()))
