"""The numbers of PostgreSQL's advisory locks.

Each transaction that writes begins with `WRITERS`, so that all of them, of all processes, run one after the
other: what one has counted is still true when it writes. SQLite has one writer, and needs no locks.
"""

MIGRATION = (1, 1)
WRITERS = (3, 1)
#: These are held for as long as a process runs: see `process_lock`.
PROCESS = (4, 1)
#: Of the gateway, and of the worker, that does what one does for all.
GATEWAY_CHORES = (5, 1)
CHORES = (6, 1)
#: The first of the two numbers of the lock on a shard: see `shard_locks`. The second is the shard's.
SHARDS = 7
