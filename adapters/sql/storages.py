"""Storage and its backup by their address: the one place that chooses between SQLite and PostgreSQL.

Only a process that uses PostgreSQL pays for its driver: 5 MB of memory.
"""

from adapters.sql.backup import SqlBackupStorage
from adapters.sql.executor import Offload
from adapters.sql.sqlite.backup import SqlitePlace
from adapters.sql.sqlite.database import sqlite_storage
from adapters.sql.storage import SqlStorage
from chat_domain.ports.broadcasting import Broadcaster


def sql_storage(url: str, *, broadcaster: Broadcaster, offload: Offload) -> SqlStorage:
    """Storage at sqlite:///PATH or postgresql://HOST/NAME, for a process under gevent; it must have been migrated.

    `offload` runs what waits for the disk.
    """
    if url.startswith("sqlite:"):
        return sqlite_storage(url, broadcaster=broadcaster, offload=offload)
    from adapters.sql.postgresql.connections import cooperate  # noqa: PLC0415 - the driver
    from adapters.sql.postgresql.database import postgres_storage  # noqa: PLC0415 - a driver takes megabytes

    cooperate()
    return postgres_storage(url, broadcaster=broadcaster)


def sql_backup_storage(url: str) -> SqlBackupStorage:
    """What is backed up or restored at sqlite:///PATH or postgresql://HOST/NAME."""
    if url.startswith("sqlite:"):
        return SqlBackupStorage(url, SqlitePlace(url))
    from adapters.sql.postgresql.backup import PostgresPlace  # noqa: PLC0415 - the driver

    return SqlBackupStorage(url, PostgresPlace(url))
