"""The tests of the store run on a database of each kind."""

from tests.databases import database, database_url

__all__ = ["database", "database_url"]
