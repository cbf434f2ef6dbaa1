"""Servers can have a list of words that prompts may not hold."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column(
        "guilds", sa.Column("words_version", sa.BigInteger(), nullable=False, server_default=sa.text("0"))
    )
    op.add_column("guilds", sa.Column("names_words", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "listed_words",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_listed_words")),
        sa.UniqueConstraint("guild_id", "pattern", name=op.f("uq_listed_words_guild_id_pattern")),
        sqlite_autoincrement=True,
    )
