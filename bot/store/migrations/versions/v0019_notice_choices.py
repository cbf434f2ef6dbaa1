"""Servers and members can choose when members are mentioned."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guilds", sa.Column("notify_after_seconds", sa.Integer()))
    op.create_table(
        "members",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("notify", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_members")),
    )
