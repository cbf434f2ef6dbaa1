"""The migration of a database to the current schema, in one transaction."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import psycopg
from alembic import command
from alembic.config import Config
from sqlalchemy import URL, Connection, NullPool, create_engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from bot.domain.errors import OperatorError
from bot.fault_points import Point, reach
from bot.store.driver.database_url import address, place
from bot.store.driver.locks import MIGRATION
from bot.store.driver.postgres import WITHOUT_LIMITS, postgres_problem, session_options
from bot.store.driver.schema_version import MIGRATIONS, core_connection, require_not_newer, version
from bot.store.driver.sqlite import writing_connection
from bot.store.driver.sqlite_file import create
from bot.store.schema.tables import metadata

#: Changes tables in the transaction of a connection.
Besides = Callable[[psycopg.Connection[Any]], None]

_SCHEMAS_OF_A_BOT = text(
    "SELECT nspname FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace "
    "WHERE relkind = 'r' AND relname IN ('alembic_version', 'cards', 'jobs') "
    "GROUP BY nspname HAVING count(*) = 3"
)


def migrate(url: str, besides: Besides | None = None) -> None:
    """Create the tables of an empty database, or change those of an older version.

    In PostgreSQL, `besides` then does the same with the tables of the queue.

    Creates the SQLite file, but not its folder. Raises `OperatorError` with a line that says what to do;
    then nothing was changed.
    """
    where = address(url)
    if isinstance(where, Path):
        migrate_file(where)
    else:
        _migrate_postgres(where, besides)


def rehearse(url: str, besides: Besides | None = None) -> None:
    """Migrate an empty PostgreSQL database and take it back: what would refuse `migrate` is raised now.

    Nothing else is touched: a running bot would wait for the tables. Raises `OperatorError`.
    """
    where = address(url)
    if isinstance(where, URL):
        _migrate_postgres(where, besides, is_rehearsal=True)


def migrate_file(path: Path) -> None:
    """Migrate an SQLite file."""
    create(path)
    with writing_connection(path) as connection, core_connection(connection) as core:
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")  # tables are replaced by new ones
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        _upgrade(core, path)
        reach(Point.MIGRATION_BEFORE_COMMIT)
        connection.exec_driver_sql("COMMIT")
    reach(Point.MIGRATION_COMMITTED)


def _migrate_postgres(url: URL, besides: Besides | None, *, is_rehearsal: bool = False) -> None:
    engine = create_engine(
        url,
        poolclass=NullPool,
        connect_args=session_options(url),
        hide_parameters=True,
        isolation_level="READ COMMITTED",  # who has waited sees what was done meanwhile
    )
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            connection.exec_driver_sql(WITHOUT_LIMITS)
            _require_unicode(connection, url)
            # Two processes that start at the same time migrate one after the other.
            connection.execute(select(func.pg_advisory_xact_lock(*MIGRATION)))
            if is_rehearsal and version(connection) is not None:
                return
            _upgrade(connection, place(url))
            if besides is not None:
                besides(cast("psycopg.Connection[Any]", connection.connection.driver_connection))
            if is_rehearsal:
                transaction.rollback()
                return
            reach(Point.MIGRATION_BEFORE_COMMIT)
        reach(Point.MIGRATION_COMMITTED)
    except DBAPIError as error:
        raise postgres_problem(url, error.orig) from error
    except psycopg.Error as error:  # of `besides`
        raise postgres_problem(url, error) from error


def _require_unicode(connection: Connection, url: URL) -> None:
    encoding = connection.scalar(text("SHOW server_encoding"))
    if encoding != "UTF8":
        raise OperatorError(
            f"The database {place(url)} has the encoding {encoding}, which cannot store every prompt. "
            f"Create one with: createdb --encoding UTF8 --template template0 {url.database}"
        )


def _upgrade(connection: Connection, place: object) -> None:
    found = version(connection)
    require_not_newer(found, place)
    if found is None:
        _require_free_names(connection, place)
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    command.upgrade(config, "head")


def _require_free_names(connection: Connection, place: object) -> None:
    taken = sorted(set(inspect(connection).get_table_names()) & set(metadata.tables))
    if taken:
        raise OperatorError(
            f"The database {place} has tables {', '.join(taken)} that this bot did not create. "
            "Give the bot its own database with DATABASE_URL."
        )
    if connection.dialect.name == "postgresql":
        _require_no_other_schema(connection, place)


def _require_no_other_schema(connection: Connection, place: object) -> None:
    """Raise `OperatorError` if the bot's tables are where the sessions do not look."""
    others = connection.scalars(_SCHEMAS_OF_A_BOT).all()
    if others:
        raise OperatorError(
            f"The bot's tables are in the schema {others[0]} of the database {place}, and search_path leads "
            "elsewhere. Set search_path as it was, or give the bot its own database with DATABASE_URL."
        )
