"""Submits that were taken for never accepted, and how late the provider's history shows what it accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "dismissed",
        sa.Column("id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("image_url", sa.Text()),
        sa.Column("request_id", sa.Text()),
        sa.Column("found_at", sa.BigInteger()),
        sa.Column("cost_microusd", sa.BigInteger()),
        sa.Column("output_url", sa.Text()),
        sa.ForeignKeyConstraint(
            ["job_id"], ["jobs.id"], name=op.f("fk_dismissed_job_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dismissed")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_dismissed_job_id", "dismissed", ["job_id"])
    _index("ix_dismissed_open", ["sent_at"], where="request_id IS NULL")
    _index("ix_dismissed_request_id", ["request_id"], where="request_id IS NOT NULL", unique=True)
    op.create_table(
        "landings",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_landings")),
        sqlite_autoincrement=True,
    )


def _index(name: str, columns: list[str], *, where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(
        name, "dismissed", columns, unique=unique, sqlite_where=condition, postgresql_where=condition
    )
