"""A single transaction for an operator's command, also while the bot runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, NullPool, create_engine
from sqlalchemy.exc import DBAPIError

from bot.store.database_url import address, place
from bot.store.postgres import keep_timeouts, postgres_problem, session
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
    engine = create_engine(url, poolclass=NullPool, connect_args=session(url), hide_parameters=True)
    keep_timeouts(engine, url)
    try:
        with engine.begin() as connection:
            require_current(connection, place(url))
            yield connection
    except DBAPIError as error:
        raise postgres_problem(url, error) from error
