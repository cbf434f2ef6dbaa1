"""Members can have their data deleted; the log says to whom something was done."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "erasures",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("takes_down", sa.Boolean(), nullable=False),
        sa.Column("taken_down", sa.Integer(), nullable=False),
        sa.Column("not_taken_down", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed_token", sa.LargeBinary()),
        sa.Column("token_expires_at", sa.BigInteger()),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("done_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("member_id", name=op.f("pk_erasures")),
    )
    op.add_column("audits", sa.Column("about_id", sa.BigInteger()))
