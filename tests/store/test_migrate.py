"""The schema: what migrations make is what the code expects, on both databases, from every version."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, text

from bot.domain.errors import OperatorError
from bot.store.driver.database import open_database
from bot.store.driver.schema_version import MIGRATIONS, known_versions
from bot.store.schema.tables import metadata
from bot.store.upkeep.migrate import migrate, rehearse
from tests import machine
from tests.databases import admit

ROOT = Path(__file__).parents[2]
KINDS = ["sqlite", "postgresql"]


@pytest.fixture(params=KINDS)
def url(request: pytest.FixtureRequest, sqlite_url: str) -> Iterator[str]:
    """Of a database that nobody has migrated yet."""
    if request.param == "sqlite":
        yield sqlite_url
    else:
        request.getfixturevalue("postgres_url")  # skips where there is no server
        with machine.fresh_postgres_database() as fresh:
            yield fresh


@contextmanager
def connected(url: str) -> Iterator[Connection]:
    engine: Engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"))
    with engine.connect() as connection:
        yield connection
    engine.dispose()


def definitions(connection: Connection) -> set[str]:
    """Tables, indexes and constraints, in the database's own words."""
    if connection.dialect.name == "sqlite":
        words = connection.scalars(text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
        return {clause for sql in words for clause in clauses(sql)}
    constraints = connection.scalars(
        text(
            "SELECT conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) "
            "FROM pg_constraint WHERE conrelid <> 0"
        )
    )
    indexes = connection.scalars(text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"))
    return {*constraints, *indexes}


def clauses(sql: str) -> list[str]:
    """One line for each column and constraint, in whatever order they stand."""
    if not sql.startswith("CREATE TABLE"):
        return [sql]
    head, _, rest = sql.partition("(")
    body, _, tail = rest.rpartition(")")
    parts, depth = [""], 0
    for character in body:
        depth += {"(": 1, ")": -1}.get(character, 0)
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    name = head.split()[-1].strip('"')
    return [f"{name}: {' '.join(part.split())}" for part in [*parts, tail]]


def test_the_migrations_make_what_the_code_expects(url: str) -> None:
    migrate(url)
    with connected(url) as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_the_migrations_make_every_check_and_condition(url: str) -> None:
    migrate(url)
    with connected(url) as connection:
        migrated = definitions(connection)
        metadata.drop_all(connection)
        metadata.create_all(connection)
        assert definitions(connection) == migrated
        connection.rollback()


async def test_what_was_migrated_can_be_used(url: str) -> None:
    migrate(url)
    database = await open_database(url)
    assert len(await database.write(admit)) == 1
    await database.close()


async def test_migrating_again_changes_nothing(url: str) -> None:
    migrate(url)
    database = await open_database(url)
    await database.write(admit)
    await database.close()
    migrate(url)
    with connected(url) as connection:
        assert connection.scalar(text("SELECT count(*) FROM jobs")) == 1


def test_tables_of_somebody_else_are_left_alone(url: str) -> None:
    with connected(url) as connection:
        connection.execute(text("CREATE TABLE jobs (title TEXT)"))
        connection.commit()
    for attempt in (migrate, rehearse) if url.startswith("postgresql:") else (migrate,):
        with pytest.raises(OperatorError, match="has tables jobs that this bot did not create"):
            attempt(url)
    with connected(url) as connection:
        assert connection.execute(text("SELECT title FROM jobs")).all() == []


def test_a_migration_that_fails_changes_nothing(url: str) -> None:
    with connected(url) as connection:
        connection.execute(text("CREATE TABLE other (id INTEGER)"))
        connection.execute(text("CREATE INDEX ix_events_job_id ON other (id)"))  # the last to be made
        connection.commit()
        before = definitions(connection)
    with pytest.raises(OperatorError, match="ix_events_job_id"):
        migrate(url)
    with connected(url) as connection:
        assert definitions(connection) == before


def test_a_rehearsal_leaves_an_empty_database_empty(url: str) -> None:
    with connected(url) as connection:
        before = definitions(connection)
    rehearse(url)
    with connected(url) as connection:
        assert definitions(connection) == before


def test_two_processes_that_migrate_at_once(postgres_url: str) -> None:
    command = "import sys; from bot.store.upkeep.migrate import migrate; migrate(sys.argv[1])"
    with machine.fresh_postgres_database() as url:
        running = [subprocess.Popen([sys.executable, "-c", command, url], cwd=ROOT) for _ in range(3)]
        assert [process.wait(60) for process in running] == [0, 0, 0]
        with connected(url) as connection:
            assert connection.scalar(text("SELECT version_num FROM alembic_version")) == known_versions()[0]


def test_a_database_that_cannot_hold_every_prompt(postgres_url: str) -> None:
    name = "picture_bot_test_ascii"
    with connected(machine.postgres_server_url()) as server:
        server.execution_options(isolation_level="AUTOCOMMIT")
        create = f"CREATE DATABASE {name} ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'"
        server.execute(text(f"DROP DATABASE IF EXISTS {name}"))
        server.execute(text(create))
        for attempt in (migrate, rehearse):
            with pytest.raises(OperatorError, match="encoding SQL_ASCII"):
                attempt(machine.postgres_server_url().rsplit("/", 1)[0] + f"/{name}")
        server.execute(text(f"DROP DATABASE {name}"))


def test_the_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'bot.sqlite3'}")
    modes = {path.name: path.stat().st_mode & 0o777 for path in tmp_path.iterdir()}
    assert modes == {"bot.sqlite3": 0o600, "bot.sqlite3.lock": 0o600}


def test_history_is_one_line() -> None:
    scripts = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())
    assert len(ScriptDirectory(str(MIGRATIONS)).get_heads()) == 1
    assert not any(script.is_merge_point or script.is_branch_point for script in scripts)
    assert [script.revision for script in scripts] == sorted(
        (script.revision for script in scripts), reverse=True
    )
