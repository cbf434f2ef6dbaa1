"""A database of the first version, with everything that may stand in it, becomes one of the second."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine, text

from bot.store.driver.connection import Connection as OurConnection
from bot.store.driver.schema_version import MIGRATIONS
from bot.store.pictures import accounts
from bot.store.upkeep.migrate import migrate
from tests.builders import CHANNEL, GUILD, MEMBER
from tests.databases import beside

JANUARY = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z in microseconds
DAY = 86_400_000_000
#: State, failure, cost, the provider's seconds, and how many days after the first of January.
OLD_JOBS = [
    ("delivered", None, 54_300, 61.5, 0),
    ("delivered", None, 54_301, 64.0, 31),
    ("failed", "discord", 54_300, 62.0, 1),
    ("failed", "blocked", None, None, 1),
    ("cancelled", None, None, None, 2),
    ("ready", None, None, 70.0, 2),
    ("running", None, None, None, 2),
]


def make_v0001(connection: Connection) -> None:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS))
    command.upgrade(config, "0001")
    for number, (state, failure, cost, seconds, days) in enumerate(OLD_JOBS, start=1):
        values = {
            "id": number,
            "guild": GUILD + number % 2,
            "channel": CHANNEL,
            "member": MEMBER,
            "at": JANUARY + days * DAY + number,
            "state": state,
            "failure": failure,
            "cost": cost,
            "seconds": seconds,
        }
        connection.execute(text(CARD), values)
        connection.execute(text(JOB), values)


CARD = """
INSERT INTO cards (id, interaction_id, application_id, guild_id, channel_id, member_id, is_private,
    upload_limit, created_at, revision, shown_revision, is_lost)
VALUES (:id, :id, 1, :guild, :channel, :member, false, 1, :at, 0, 0, false)
"""
JOB = """
INSERT INTO jobs (id, card_id, position, state, fence, counts, guild_id, member_id, door, model, prompt,
    style, is_edit, created_at, state_at, polls, failure_kind, cost_microusd, provider_seconds)
VALUES (:id, :id, 0, :state, 0, 1, :guild, :member, 'imagine', 'luma-uni-1', 'a fox',
    'auto', false, :at, :at, 0, :failure, :cost, :seconds)
"""


def books(connection: OurConnection) -> list[set[tuple[object, ...]]]:
    return [{tuple(row) for row in connection.execute(table.select())} for table in accounts.BOOKS]


def test_the_jobs_of_the_first_version_are_counted_as_if_they_were_of_the_second(empty_url: str) -> None:
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        make_v0001(connection)
    migrate(empty_url)
    engine.dispose()
    with beside(empty_url) as connection:
        migrated = books(connection)
        accounts.rebuild(connection)
        assert books(connection) == migrated
        channels = set(connection.scalars(text("SELECT DISTINCT channel_id FROM jobs")))
    paid, seen, timed, _ = migrated
    assert sorted((str(row[0]), row[3]) for row in paid) == [
        ("2026-01", 108_600),
        ("2026-02", 54_301),
    ]
    assert {row[4] for row in seen} == {"made", "discord", "blocked", "cancelled"}
    assert sum(int(str(row[5])) for row in timed if row[1] == 0 and row[3] == 0) == 4
    assert channels == {CHANNEL}
