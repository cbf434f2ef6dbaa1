"""Cards keep the language that they are written in; until now, all were in English."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cards", sa.Column("language", sa.Text(), nullable=False, server_default=sa.text("'en'")))
