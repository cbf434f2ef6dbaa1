"""Messages in which members have posted a picture again are known, so that moderators reach them."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("left_messages", sa.Column("job_id", sa.BigInteger()))
    is_copy = sa.text("job_id IS NOT NULL")
    for name, column in (("copies", "job_id"), ("copy", "message_id")):
        op.create_index(
            f"ix_left_messages_{name}",
            "left_messages",
            [column],
            sqlite_where=is_copy,
            postgresql_where=is_copy,
        )
