"""Pictures are numbered within their servers, in the order in which they were asked for."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("number", sa.BigInteger(), nullable=False, server_default=sa.text("0")))
    op.execute(
        "UPDATE jobs SET number = numbered.number FROM "
        "(SELECT id, row_number() OVER (PARTITION BY guild_id ORDER BY id) AS number FROM jobs) AS numbered "
        "WHERE numbered.id = jobs.id"
    )
    op.create_index("ix_jobs_number", "jobs", ["guild_id", "number"], unique=True)
