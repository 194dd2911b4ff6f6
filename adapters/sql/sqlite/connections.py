"""How connections to an SQLite file are set up: many read, one writes."""

import sqlite3
import time
from pathlib import Path
from typing import Final, cast

from sqlalchemy import NullPool, QueuePool, create_engine
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection

PATIENCE: Final = 5.0
"""How many seconds to wait for another process that writes."""

_FOR_ALL: Final = ("PRAGMA foreign_keys = ON", "PRAGMA temp_store = MEMORY")
# The patience of each comes last: some settings read the file, and another process may be making it just then.
_FOR_WRITING: Final = (
    *_FOR_ALL,
    "PRAGMA synchronous = FULL",
    "PRAGMA cache_size = -16000",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA wal_autocheckpoint = 8000",  # pages; what is written again meanwhile is copied into the file but once
    "PRAGMA busy_timeout = 0",
)
_FOR_READING: Final = (*_FOR_ALL, "PRAGMA query_only = ON", "PRAGMA busy_timeout = 50")


def path_of(url: str) -> Path:
    """The file that sqlite:///PATH names."""
    return Path(make_url(url).database or "")


def connect_to_write(path: Path) -> sqlite3.Connection:
    """A connection that writes, with a write-ahead log, so that readers and the writer leave each other alone."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    connection = _connect(path, _FOR_WRITING)
    deadline = time.monotonic() + PATIENCE
    while True:  # two processes that turn it on at once do not wait for each other by themselves
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return connection


def engine_over(connection: sqlite3.Connection) -> Engine:
    """SQLAlchemy on one connection, which it closes."""
    return create_engine("sqlite+pysqlite://", creator=lambda: cast(DBAPIConnection, connection), poolclass=NullPool)


def reading_engine(path: Path) -> Engine:
    """A pool of connections that read."""
    return create_engine(
        "sqlite+pysqlite://",
        creator=lambda: cast(DBAPIConnection, _connect(path, _FOR_READING)),
        paramstyle="named",
        poolclass=QueuePool,
        pool_size=8,
        max_overflow=0,
        pool_timeout=PATIENCE,
        pool_use_lifo=True,
    )


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether another connection holds the lock."""
    return error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY


def _connect(path: Path, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    for pragma in pragmas:
        connection.execute(pragma)
    return connection
