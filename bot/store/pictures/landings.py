"""The newest landings: the measured delays until the provider's history showed an accepted request."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from bot.store.driver.connection import Connection
from bot.store.schema.tables import landings


def newest(connection: Connection, *, limit: int) -> list[timedelta]:
    """Return the newest measurements, oldest first."""
    found = connection.scalars(select(landings.c.seconds).order_by(landings.c.id.desc()).limit(limit)).all()
    return [timedelta(seconds=seconds) for seconds in reversed(found)]


def keep(connection: Connection, landed_after: timedelta, *, at: datetime, most: int) -> None:
    """Save one more measurement, and delete all but the newest `most`."""
    connection.execute(landings.insert().values(at=at, seconds=landed_after.total_seconds()))
    kept = select(landings.c.id).order_by(landings.c.id.desc()).limit(most)
    connection.execute(delete(landings).where(landings.c.id.not_in(kept)))
