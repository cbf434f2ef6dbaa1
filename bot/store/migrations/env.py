"""Run by Alembic for each upgrade, inside the transaction of the connection that `migrate` gives it."""

from alembic import context

from bot.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by building a new one
)
context.run_migrations()
