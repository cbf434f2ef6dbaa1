"""A database of the second version: what was sent stays as it was, and what waits is sent the new way."""

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from bot.domain.ids import JobId
from bot.store.driver.schema_version import MIGRATIONS
from bot.store.pictures import jobs
from bot.store.upkeep.migrate import migrate
from tests.builders import CHANNEL, GUILD, MEMBER
from tests.databases import beside

CARD = """
INSERT INTO cards (id, interaction_id, application_id, guild_id, channel_id, member_id, is_private,
    upload_limit, created_at, revision, shown_revision, is_lost)
VALUES (:id, :id, 1, :guild, :channel, :member, false, 1, 1, 0, 0, false)
"""
JOB = """
INSERT INTO jobs (id, card_id, position, state, fence, counts, guild_id, member_id, door, model, prompt,
    style, is_edit, created_at, state_at, polls, asset_url)
VALUES (:id, :id, 0, :state, 0, 1, :guild, :member, 'edit', 'luma-uni-1', 'draw <@1>',
    'auto', true, 1, 1, 0, :asset)
"""
AT_DISCORD = "https://cdn.discordapp.com/attachments/1/2/a.png?ex=1"
AT_PROVIDER = "https://images.segmind.com/assets/owner%40example.test/1.png"
OLD_JOBS = [("queued", AT_DISCORD), ("queued", AT_PROVIDER), ("unresolved", AT_DISCORD)]


def test_only_what_waits_forgets_an_address_at_discord(empty_url: str) -> None:
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0002")
        for number, (state, asset) in enumerate(OLD_JOBS, start=1):
            ids = {"id": number, "guild": GUILD, "channel": CHANNEL, "member": MEMBER}
            connection.execute(text(CARD), ids)
            connection.execute(text(JOB), ids | {"state": state, "asset": asset})
    engine.dispose()
    migrate(empty_url)
    with beside(empty_url) as connection:
        found = [jobs.get(connection, JobId(number)) for number in range(1, len(OLD_JOBS) + 1)]
    assert [job.asset_url for job in found if job] == [None, AT_PROVIDER, AT_DISCORD]
    assert [job.words for job in found if job] == ["draw <@1>"] * 3
