"""Servers can count strikes of members, which lead to blocks."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("guilds", sa.Column("strikes", sa.Text()))
    op.add_column(
        "member_blocks", sa.Column("owes_notice", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    identity = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "strikes",
        sa.Column("id", identity, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("card_id", identity),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("forgiven_at", sa.BigInteger()),
        sa.ForeignKeyConstraint(
            ["card_id"], ["cards.id"], name=op.f("fk_strikes_card_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strikes")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_strikes_member", "strikes", ["guild_id", "member_id", "at"])
    op.create_index("ix_strikes_card_id", "strikes", ["card_id"])
