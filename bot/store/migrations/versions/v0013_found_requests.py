"""A submit knows when its request was made, if it was found in the history: it may be another one's."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CONDITION = sa.text("found_request_at IS NOT NULL")


def upgrade() -> None:
    _add("jobs", "ix_jobs_found_request", "submitted_at")
    _add("dismissed", "ix_dismissed_found", "sent_at")


def _add(table: str, index: str, indexed: str) -> None:
    op.add_column(table, sa.Column("found_request_at", sa.BigInteger()))
    op.create_index(index, table, [indexed], sqlite_where=CONDITION, postgresql_where=CONDITION)
