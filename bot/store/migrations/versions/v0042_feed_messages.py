"""The entries of a message of a feed are found by an index."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    is_sent = sa.text("message_id IS NOT NULL")
    op.create_index(
        "ix_feed_entries_message",
        "feed_entries",
        ["message_id"],
        sqlite_where=is_sent,
        postgresql_where=is_sent,
    )
