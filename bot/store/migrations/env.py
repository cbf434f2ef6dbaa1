"""Alembic runs this for each upgrade, inside the transaction of the connection that `migrate` passes."""

from alembic import context

from bot.fault_points import Point, reach
from bot.store.schema.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by building a new one
    on_version_apply=lambda **_: reach(Point.MIGRATION_VERSION),
)
context.run_migrations()
