"""The locks on the shards of a gateway: of several gateways with the same shard, one is connected with it.

They are advisory locks in a transaction that stays open, as in `process_lock`.
"""

from collections.abc import Collection

from sqlalchemy import URL

from bot.store.driver.connection import Connection
from bot.store.driver.database_url import address
from bot.store.driver.errors import DatabaseUnavailable, StatementRefused
from bot.store.driver.locks import SHARDS
from bot.store.driver.postgres import PostgresSession
from bot.store.driver.process_lock import begin_holding

#: Without parameters, with which a statement keeps its snapshot until the next one, and hinders vacuum.
_TAKE = """
    SELECT shard FROM unnest(ARRAY[{shards}]::int[]) AS shard WHERE pg_try_advisory_xact_lock({group}, shard)
"""


class ShardLocks:
    def __init__(self, url: str) -> None:
        where = address(url)
        assert isinstance(where, URL), "several processes need a server"
        self._session = PostgresSession(where)
        self._connection: Connection | None = None
        self._held: set[int] = set()

    async def take(self, shard_ids: Collection[int]) -> frozenset[int]:
        """Take the locks that are free, and return all that are held.

        Raises `DatabaseUnavailable`; then none is held any more.
        """
        return await self._session.run(lambda: self._take(shard_ids))

    async def close(self) -> None:
        await self._session.close()

    # --- in the session's thread ----------------------------------------------------------------------

    def _take(self, shard_ids: Collection[int]) -> frozenset[int]:
        connection = self._session.connection()
        try:
            if connection is not self._connection:
                self._held.clear()
                begin_holding(connection)
                self._connection = connection
            missing = ", ".join(map(str, sorted(set(shard_ids) - self._held)))
            taken = connection.exec_driver_sql(_TAKE.format(shards=missing, group=SHARDS))
        except (DatabaseUnavailable, StatementRefused) as error:
            connection.driver.close()
            raise DatabaseUnavailable(str(error)) from error
        self._held.update(row.shard for row in taken)
        return frozenset(self._held)
