"""Rules, budgets, the audit, and what is kept of money and of finished pictures; filled from the jobs."""

import math

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DAY = 86_400_000_000
NOT_IN_WORK = "NOT (state IN ('queued', 'submitting', 'unresolved', 'running'))"


def upgrade() -> None:
    _extend_jobs()
    _create_choices()
    _create_audits()
    _create_money()
    _create_totals()
    _create_durations()
    _fill()


def _extend_jobs() -> None:
    zero = sa.text("0")
    for name in ("channel_id", "held_microusd"):
        op.add_column("jobs", sa.Column(name, sa.BigInteger(), nullable=False, server_default=zero))
    op.add_column("jobs", sa.Column("rules", sa.Text()))
    op.execute("UPDATE jobs SET channel_id = (SELECT channel_id FROM cards WHERE cards.id = jobs.card_id)")
    _index("ix_jobs_costs", ["model", "finished_at"], where="cost_microusd IS NOT NULL")
    has_ended = "state IN ('delivered', 'rejected', 'failed', 'cancelled')"
    _index("ix_jobs_unsettled", ["id"], where=f"held_microusd > 0 AND {has_ended}")
    op.create_index("ix_jobs_guild", "jobs", ["guild_id", "created_at", "id"])


def _create_choices() -> None:
    op.create_table(
        "guilds",
        sa.Column("guild_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("budget_microusd", sa.BigInteger()),
        sa.Column("log_channel_id", sa.BigInteger()),
        sa.Column("allowed_channels", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", name=op.f("pk_guilds")),
    )
    op.create_table(
        "rules",
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("subject_id", sa.BigInteger(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("per_hour", sa.Integer()),
        sa.Column("per_day", sa.Integer()),
        sa.Column("running", sa.Integer()),
        sa.PrimaryKeyConstraint("guild_id", "subject_id", "scope", name=op.f("pk_rules")),
    )


def _create_audits() -> None:
    op.create_table(
        "audits",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("actor_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text()),
        sa.Column("subject_id", sa.BigInteger()),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audits")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audits_guild", "audits", ["guild_id", "id"])


def _create_money() -> None:
    op.create_table(
        "money",
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("held", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("warned_percent", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.PrimaryKeyConstraint("month", "guild_id", name=op.f("pk_money")),
    )


def _create_totals() -> None:
    op.create_table(
        "totals",
        *_places(),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("pictures", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "guild_id", "channel_id", "day", "member_id", "outcome", name=op.f("pk_totals")
        ),
        sqlite_with_rowid=False,
    )


def _create_durations() -> None:
    op.create_table(
        "durations",
        *_places(),
        sa.Column("bucket", sa.Integer(), nullable=False),
        sa.Column("pictures", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "guild_id", "channel_id", "day", "member_id", "bucket", name=op.f("pk_durations")
        ),
        sqlite_with_rowid=False,
    )


def _places() -> list[sa.Column[int]]:
    return [
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
    ]


# --- from the jobs that are there already --------------------------------------------------------------


def _fill() -> None:
    _fill_money()
    for member in ("member_id", "0"):
        for channel in ("channel_id", "0"):
            _fill_totals(member, channel)
            _fill_durations(member, channel)


def _fill_money() -> None:
    month = {
        "sqlite": "strftime('%Y-%m', created_at / 1000000, 'unixepoch')",
        "postgresql": "to_char(to_timestamp(created_at / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM')",
    }[op.get_bind().dialect.name]
    op.execute(
        "INSERT INTO money (month, guild_id, held, spent, warned_percent) "
        f"SELECT {month}, guild_id, 0, sum(cost_microusd), 0 FROM jobs "
        f"WHERE cost_microusd IS NOT NULL GROUP BY {month}, guild_id"
    )


def _fill_totals(member: str, channel: str) -> None:
    outcome = (
        "CASE WHEN state IN ('ready', 'held', 'delivered') THEN 'made' "
        "WHEN state = 'failed' THEN failure_kind ELSE state END"
    )
    counted = (
        f"SELECT guild_id, {channel}, created_at / {DAY}, {member}, {outcome}, count(*), "
        f"coalesce(sum(cost_microusd), 0) FROM jobs WHERE {NOT_IN_WORK} GROUP BY 1, 2, 3, 4, 5"
    )
    into = "INSERT INTO totals (guild_id, channel_id, day, member_id, outcome, pictures, spent)"
    op.execute(f"{into} {counted}")


def _fill_durations(member: str, channel: str) -> None:
    """The bucket of each distinct time is computed here: not every SQLite can take logarithms."""
    connection = op.get_bind()
    made = f"provider_seconds IS NOT NULL AND {NOT_IN_WORK}"
    query = (
        f"SELECT guild_id, {channel} AS channel, created_at / {DAY} AS day, {member} AS member, "
        f"provider_seconds AS seconds, count(*) AS pictures FROM jobs WHERE {made} GROUP BY 1, 2, 3, 4, 5"
    )
    counted = connection.execute(sa.text(query))
    sums: dict[tuple[int, ...], int] = {}
    for row in counted:
        bucket = math.ceil(math.log(max(row.seconds, 1.0)) / math.log(1.05))
        key = (row.guild_id, row.channel, row.day, row.member, bucket)
        sums[key] = sums.get(key, 0) + row.pictures
    names = ("guild_id", "channel_id", "day", "member_id", "bucket")
    rows = [{**dict(zip(names, key, strict=True)), "pictures": count} for key, count in sums.items()]
    if rows:
        connection.execute(
            sa.text(
                "INSERT INTO durations (guild_id, channel_id, day, member_id, bucket, pictures) "
                "VALUES (:guild_id, :channel_id, :day, :member_id, :bucket, :pictures)"
            ),
            rows,
        )


def _index(name: str, columns: list[str], *, where: str) -> None:
    condition = sa.text(where)
    op.create_index(name, "jobs", columns, sqlite_where=condition, postgresql_where=condition)
