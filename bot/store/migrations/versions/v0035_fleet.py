"""Several processes share the account with the provider."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "processes",
        sa.Column("id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("others", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("at_provider", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_processes")),
    )
    op.create_table(
        "turns",
        sa.Column("id", identity, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("job_id", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_turns")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_turns_at", "turns", ["at"])
    op.create_table(
        "line",
        sa.Column("job_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("process_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_line")),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("trouble", sa.Text()),
        sa.Column("is_model_refused", sa.Boolean(), nullable=False),
        sa.Column("paused_until", sa.BigInteger(), nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
    )
    op.create_table(
        "card_locks",
        sa.Column("card_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("process_id", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("card_id", name=op.f("pk_card_locks")),
    )
