"""Cards whose message could not be brought up to date, and messages that cards have left for another one."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("cards", sa.Column("behind_since", sa.BigInteger()))
    op.add_column("cards", sa.Column("try_at", sa.BigInteger()))
    op.create_table(
        "left_messages",
        sa.Column("id", ID, nullable=False),
        sa.Column("card_id", ID, nullable=False),
        sa.Column("application_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger(), nullable=False),
        sa.Column("sealed_token", sa.LargeBinary()),
        sa.Column("token_expires_at", sa.BigInteger()),
        sa.Column("is_private", sa.Boolean(), nullable=False),
        sa.Column("behind_since", sa.BigInteger(), nullable=False),
        sa.Column("try_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name=op.f("fk_left_messages_card_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_left_messages")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_left_messages_card_id", "left_messages", ["card_id"])
    condition = sa.text("try_at IS NOT NULL")
    op.create_index(
        "ix_left_messages_due",
        "left_messages",
        ["try_at"],
        sqlite_where=condition,
        postgresql_where=condition,
    )
