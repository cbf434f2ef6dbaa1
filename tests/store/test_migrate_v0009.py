"""A database of the eighth version: its pictures are numbered within their servers, in their old order."""

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from bot.domain.ids import GuildId, JobId
from bot.store.driver.database import open_database
from bot.store.driver.schema_version import MIGRATIONS
from bot.store.pictures import jobs
from bot.store.upkeep.migrate import migrate
from tests.builders import CHANNEL, GUILD, MEMBER
from tests.databases import admit

CARD = """
INSERT INTO cards (id, interaction_id, application_id, guild_id, channel_id, member_id, is_private,
    upload_limit, created_at, revision, shown_revision, is_lost)
VALUES (:id, :id, 1, :guild, :channel, :member, false, 1, 1, 0, 0, false)
"""
JOB = """
INSERT INTO jobs (id, card_id, position, state, fence, counts, guild_id, member_id, door, model,
    style, is_edit, created_at, state_at, polls)
VALUES (:id, :id, 0, 'cancelled', 0, 0, :guild, :member, 'imagine', 'luma-uni-1',
    'auto', false, 1, 1, 0)
"""
OTHER_GUILD = GuildId(GUILD + 1)
#: The servers of jobs 1, 2, 3 and so on.
OLD_JOBS = [GUILD, OTHER_GUILD, OTHER_GUILD, GUILD, OTHER_GUILD]


async def test_old_pictures_get_numbers_in_their_order_and_new_ones_go_on_from_there(empty_url: str) -> None:
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0008")
        for number, guild in enumerate(OLD_JOBS, start=1):
            ids = {"id": number, "guild": guild, "channel": CHANNEL, "member": MEMBER}
            connection.execute(text(CARD), ids)
            connection.execute(text(JOB), ids)
        if connection.dialect.name == "postgresql":
            for table in ("cards", "jobs"):
                connection.execute(text(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), 5)"))
    engine.dispose()
    migrate(empty_url)
    database = await open_database(empty_url.replace("+psycopg", ""))
    old = [await database.read(jobs.get, JobId(number)) for number in range(1, len(OLD_JOBS) + 1)]
    new = [await database.write(admit, guild_id=guild) for guild in (GUILD, OTHER_GUILD)]
    await database.close()
    assert [job.number for job in old if job] == [1, 1, 2, 2, 3]
    assert [job.number for (job,) in new] == [3, 4]
