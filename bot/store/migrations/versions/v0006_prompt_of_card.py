"""The prompt stands once on the card, not on each of its jobs."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("cards", sa.Column("prompt", sa.Text(), nullable=False, server_default=sa.text("''")))
    op.execute(
        "UPDATE cards SET prompt = coalesce("
        "(SELECT max(jobs.prompt) FROM jobs WHERE jobs.card_id = cards.id), '')"
    )
    op.drop_column("jobs", "prompt")
