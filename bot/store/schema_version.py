"""The version of a database's schema, and the errors for versions other than the current one."""

from functools import cache
from pathlib import Path

from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bot.domain.errors import OperatorError
from bot.store.errors import NotMigrated

MIGRATIONS = Path(__file__).with_name("migrations")


@cache
def known_versions() -> tuple[str, ...]:
    """Return all released versions, the current one first."""
    return tuple(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def version(connection: Connection) -> str | None:
    """Return the version of the schema; None for a database without our tables."""
    return MigrationContext.configure(connection).get_current_revision()


def require_current(connection: Connection, place: object) -> None:
    found = version(connection)
    require_not_newer(found, place)
    if found != known_versions()[0]:
        raise NotMigrated(place, "empty" if found is None else "from an older version of the bot")


def require_not_newer(found: str | None, place: object) -> None:
    if found is not None and found not in known_versions():
        raise OperatorError(
            f"The database {place} is from a newer version of the bot (its schema is {found}). "
            "Update the bot, or restore a backup from this version."
        )
