"""Members can mark pictures as their favourites."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "favourites",
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_favourites_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("member_id", "job_id", name=op.f("pk_favourites")),
    )
    op.create_index("ix_favourites_member", "favourites", ["member_id", "guild_id", "at"])
    op.create_index("ix_favourites_job_id", "favourites", ["job_id"])
