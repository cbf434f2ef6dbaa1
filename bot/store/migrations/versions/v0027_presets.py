"""Servers define style presets, and a picture keeps the one that was chosen for it."""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "presets",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("name_key", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_presets")),
        sa.UniqueConstraint("guild_id", "name_key", name=op.f("uq_presets_guild_id_name_key")),
        sqlite_autoincrement=True,
    )
    op.add_column("jobs", sa.Column("preset_name", sa.Text()))
    op.add_column("jobs", sa.Column("preset_words", sa.Text()))
