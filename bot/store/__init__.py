"""The database: schema, migrations, and transaction functions beside their SQL.

A transaction function is a plain function `fn(connection, …)`, run whole or not at all by `Database.write`
(or `Database.read`). Knows nothing of Discord, HTTP, or of what is allowed.
"""
