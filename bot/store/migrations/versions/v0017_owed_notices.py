"""New cards owe their member a notice once their pictures are over; those from before owe none."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

OWES_NOTICE = sa.text("owes_notice")


def upgrade() -> None:
    op.add_column("cards", sa.Column("owes_notice", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_index("ix_cards_owed", "cards", ["id"], sqlite_where=OWES_NOTICE, postgresql_where=OWES_NOTICE)
