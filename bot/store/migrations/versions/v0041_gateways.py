"""Several gateways share the shards."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("processes", sa.Column("shard_count", sa.Integer()))
    op.add_column("processes", sa.Column("key_names", sa.Text()))
    op.create_table(
        "session_starts",
        sa.Column("identify_group", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("begun_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("identify_group", name=op.f("pk_session_starts")),
    )
