"""The version of a database's schema, and the errors for versions other than the current one."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as CoreConnection
from sqlalchemy import StaticPool, create_engine

from bot.domain.errors import OperatorError
from bot.store.driver.connection import Connection
from bot.store.driver.errors import NotMigrated

MIGRATIONS = Path(__file__).parents[1] / "migrations"


@cache
def known_versions() -> tuple[str, ...]:
    """Return all released versions, the current one first."""
    return tuple(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


@contextmanager
def core_connection(connection: Connection) -> Iterator[CoreConnection]:
    """Yield SQLAlchemy's own connection to the same driver: Alembic takes no other.

    Call it outside of a transaction: SQLAlchemy rolls back when it first meets a driver.
    """
    engine = create_engine(
        f"{connection.dialect.name}+{connection.dialect.driver}://",
        creator=lambda: connection.driver,
        poolclass=StaticPool,
        pool_reset_on_return=None,
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,
    )
    with engine.connect() as core:
        yield core


def version(connection: CoreConnection) -> str | None:
    """Return the version of the schema; None for a database without our tables."""
    return MigrationContext.configure(connection).get_current_revision()


def require_current(connection: Connection, place: object) -> None:
    with core_connection(connection) as core:
        found = version(core)
    require_not_newer(found, place)
    if found != known_versions()[0]:
        raise NotMigrated(place, "empty" if found is None else "from an older version of the bot")


def require_not_newer(found: str | None, place: object) -> None:
    if found is not None and found not in known_versions():
        raise OperatorError(
            f"The database {place} is from a newer version of the bot (its schema is {found}). "
            "Update the bot, or restore a backup from this version."
        )
