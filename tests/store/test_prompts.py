"""A prompt is stored once for all pictures of its card, and forgotten once none of them needs it."""

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

from bot.domain.failure import Failure, FailureKind
from bot.domain.ids import JobId
from bot.domain.job import JobState
from bot.store.driver.database import Database
from bot.store.driver.schema_version import MIGRATIONS
from bot.store.pictures import jobs
from bot.store.privacy import retention
from bot.store.schema.tables import metadata
from bot.store.upkeep.migrate import migrate
from tests.builders import CHANNEL, GUILD, MEMBER, NOON, a_request
from tests.databases import admit, beside

LONG = "a fox, " * 800


async def test_all_pictures_of_a_card_have_its_prompt(database: Database) -> None:
    admitted = await database.write(admit, request=a_request(prompt=LONG, count=4))
    found = [await database.read(jobs.get, job.id) for job in admitted]
    assert {job.prompt for job in admitted} == {job.prompt for job in found if job} == {LONG.strip()}


def test_only_one_table_has_prompts() -> None:
    assert [table.name for table in metadata.sorted_tables if "prompt" in table.columns] == ["cards"]


async def test_a_prompt_is_kept_while_a_picture_of_its_card_is_open(database: Database) -> None:
    done, waiting = await database.write(admit, request=a_request(count=2))
    await database.write(jobs.step, done, JobState.CANCELLED, at=NOON, why="")
    await database.write(retention.forget, [done.id])
    kept = await database.read(jobs.get, waiting.id)
    assert kept is not None
    assert kept.prompt
    failed = Failure(FailureKind.BUSY)
    await database.write(jobs.step, waiting, JobState.FAILED, at=NOON, why="", failure=failed)
    await database.write(retention.forget, [done.id, waiting.id])
    forgotten = await database.read(jobs.get, waiting.id)
    assert forgotten is not None
    assert forgotten.prompt == ""


def test_prompts_of_an_older_version_move_to_their_cards(empty_url: str) -> None:
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, "0005")
        ids = {"guild": GUILD, "channel": CHANNEL, "member": MEMBER}
        for card in (1, 2):
            connection.execute(text(CARD), ids | {"id": card})
        for position in (0, 1):
            connection.execute(text(JOB), ids | {"id": position + 1, "position": position})
    migrate(empty_url)
    with beside(empty_url) as connection:
        found = [jobs.get(connection, JobId(number)) for number in (1, 2)]
    engine.dispose()
    assert [job.prompt for job in found if job] == ["a fox"] * 2


CARD = """
INSERT INTO cards (id, interaction_id, application_id, guild_id, channel_id, member_id, is_private,
    upload_limit, created_at, revision, shown_revision, is_lost)
VALUES (:id, :id, 1, :guild, :channel, :member, false, 1, 1, 0, 0, false)
"""
JOB = """
INSERT INTO jobs (id, card_id, position, state, fence, counts, guild_id, member_id, door, model, prompt,
    style, is_edit, created_at, state_at, polls)
VALUES (:id, 1, :position, 'queued', 0, 1, :guild, :member, 'imagine', 'luma-uni-1', 'a fox',
    'auto', false, 1, 1, 0)
"""
