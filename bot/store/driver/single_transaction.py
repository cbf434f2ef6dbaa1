"""A single transaction for an operator's command, also while the bot runs."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import URL
from sqlalchemy.exc import DBAPIError

from bot.store.driver.connection import Connection
from bot.store.driver.database_url import address, place
from bot.store.driver.errors import DatabaseUnavailable, StatementRefused
from bot.store.driver.postgres import begin_write, connect, postgres_problem
from bot.store.driver.schema_version import require_current
from bot.store.driver.sealing import NO_CIPHER, TextCipher
from bot.store.driver.sqlite import connection_beside


@contextmanager
def transaction(url: str, cipher: TextCipher = NO_CIPHER) -> Iterator[Connection]:
    """Yield a connection whose transaction is committed at the end, or rolled back by an exception.

    Raises `OperatorError`.
    """
    where = address(url)
    with _of_file(where, cipher) if isinstance(where, Path) else _of_server(where, cipher) as connection:
        yield connection


@contextmanager
def _of_file(path: Path, cipher: TextCipher) -> Iterator[Connection]:
    with connection_beside(path, cipher=cipher) as connection:
        require_current(connection, path)
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        yield connection
        connection.exec_driver_sql("COMMIT")


@contextmanager
def _of_server(url: URL, cipher: TextCipher) -> Iterator[Connection]:
    try:
        with closing(connect(url)) as driver:
            connection = Connection(driver, cipher)
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
