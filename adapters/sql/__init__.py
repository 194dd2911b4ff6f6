"""Storage in SQLite or PostgreSQL.

From the tables up: `tables`; `mapping`, `among` and `executor` (rows to objects, statements to a driver); `accounts`,
`log`, `memberships`, `messages`, `rooms` and `views` (the repositories); `storage` (units of work and snapshots over
them); `sqlite/` and `postgresql/` (connections and group commit); `storages` (which of the two), `migrations`, and
`backup`.
"""
