"""The words that the provider gets, if they are not the member's own; and no source's address at Discord."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

#: Where an earlier version sent the provider if it did not take a source.
AT_DISCORD = ("https://cdn.discordapp.com/%", "https://media.discordapp.net/%")


def upgrade() -> None:
    op.add_column("jobs", sa.Column("sent_prompt", sa.Text()))
    for host in AT_DISCORD:
        # What may have been sent already has to keep the address: it is found again by it.
        forget = sa.text("UPDATE jobs SET asset_url = NULL WHERE state = 'queued' AND asset_url LIKE :host")
        op.execute(forget.bindparams(host=host))
