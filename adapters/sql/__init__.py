"""Storage in SQLite or PostgreSQL.

From the tables up: `tables`; `mapping`, `among`, `statements` and `executor` (rows to objects, statements to a driver);
`accounts`, `log`, `memberships`, `messages`, `rooms` and `views`, which `repositories` puts together; `storage` (units
of work and snapshots over them); `sqlite/` and `postgresql/` (connections, group commit, and what else differs by
database); `storages` (which of the two), `migrations`, and
`backup`.
"""
