"""Made pictures are also added up for each member over spans of six days, filled from the totals of days."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "span_totals",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.Column("pictures", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "guild_id", "channel_id", "first_day", "member_id", name=op.f("pk_span_totals")
        ),
        sqlite_with_rowid=False,
    )
    op.execute(
        "INSERT INTO span_totals (guild_id, channel_id, first_day, member_id, pictures, spent) "
        "SELECT guild_id, channel_id, day - day % 6, member_id, sum(pictures), sum(spent) FROM totals "
        "WHERE member_id <> 0 AND outcome = 'made' GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4"
    )
