"""Which version of the schema a database has, and what to do if it is not ours."""

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
    """All released versions, the current one first."""
    return tuple(script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions())


def version(connection: Connection) -> str | None:
    """None for a database that holds nothing of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def require_current(connection: Connection, place: object) -> None:
    found = version(connection)
    require_not_newer(found, place)
    if found != known_versions()[0]:
        raise NotMigrated(place, "empty" if found is None else "of an older version of the bot")


def require_not_newer(found: str | None, place: object) -> None:
    if found is not None and found not in known_versions():
        raise OperatorError(
            f"The database {place} is of a newer version of the bot (its schema is {found}). "
            "Update the bot, or restore a backup that this version made."
        )
