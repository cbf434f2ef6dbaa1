"""The shelf of measurements: how late the provider's history showed what it had accepted; the newest few."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, select

from bot.store.schema import landings


def newest(connection: Connection, *, limit: int) -> list[timedelta]:
    """Oldest first."""
    found = connection.scalars(select(landings.c.seconds).order_by(landings.c.id.desc()).limit(limit)).all()
    return [timedelta(seconds=seconds) for seconds in reversed(found)]


def keep(connection: Connection, landed_after: timedelta, *, at: datetime, most: int) -> None:
    """Remember one more, and no more than `most` in all."""
    connection.execute(landings.insert().values(at=at, seconds=landed_after.total_seconds()))
    kept = select(landings.c.id).order_by(landings.c.id.desc()).limit(most)
    connection.execute(delete(landings).where(landings.c.id.not_in(kept)))
