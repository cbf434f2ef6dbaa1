"""Messages of feeds lose pictures that are removed or deleted."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "feed_entries", sa.Column("is_stale", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    is_stale = sa.text("is_stale")
    op.create_index(
        "ix_feed_entries_stale",
        "feed_entries",
        ["message_id"],
        sqlite_where=is_stale,
        postgresql_where=is_stale,
    )
