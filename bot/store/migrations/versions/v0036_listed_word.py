"""Jobs remember the entry of a word list for which a moderator looks at them, or of which they learn."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("listed_word", sa.Text()))
