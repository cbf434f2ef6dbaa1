"""A single transaction for an operator's command, also while the bot runs."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from bot.store.connection import Connection
from bot.store.database_url import address, place
from bot.store.errors import DatabaseUnavailable, StatementRefused
from bot.store.postgres import begin_write, connect, postgres_problem
from bot.store.schema_version import require_current
from bot.store.sqlite import connection_beside


@contextmanager
def transaction(url: str) -> Iterator[Connection]:
    """Yield a connection whose transaction is committed at the end, or rolled back by an exception.

    Raises `OperatorError`.
    """
    where = address(url)
    with _of_file(where) if isinstance(where, Path) else _of_server(where) as connection:
        yield connection


@contextmanager
def _of_file(path: Path) -> Iterator[Connection]:
    with connection_beside(path) as connection:
        require_current(connection, path)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
        connection.exec_driver_sql("COMMIT")


@contextmanager
def _of_server(url: URL) -> Iterator[Connection]:
    try:
        with closing(connect(url)) as driver:
            connection = Connection(driver)
            require_current(connection, place(url))
            connection.exec_driver_sql(begin_write(url))
            yield connection
            connection.exec_driver_sql("COMMIT")
    except psycopg.Error as error:
        raise postgres_problem(url, error) from error
    except DBAPIError as error:
        raise postgres_problem(url, error.orig) from error
    except (DatabaseUnavailable, StatementRefused) as error:
        raise postgres_problem(url, error) from error
