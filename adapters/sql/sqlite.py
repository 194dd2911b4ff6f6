"""SQLite: how its connections are set up; many read, one writes."""

import sqlite3
import time
from pathlib import Path
from typing import Final, cast

from sqlalchemy import Column, Integer, MetaData, QueuePool, Table, create_engine, update
from sqlalchemy.engine import Engine, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import SQLAlchemyError

from adapters.sql.executor import CursorExecutor, Executor, Offload, Statements
from adapters.sql.group_commit import PATIENCE, SqliteWriter, is_busy
from adapters.sql.storage import Database, Reading, SqlStorage, Writing
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import RoomId
from chat_domain.ports.broadcasting import Broadcaster

# SQLite has no sequences. A counter in the unit's own transaction costs nothing: only one unit writes at a time.
ids: Final = Table("ids", MetaData(), Column("last", Integer, nullable=False), sqlite_strict=True)

_NEXT_ID: Final = update(ids).values(last=ids.c.last + 1).returning(ids.c.last)

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


def sqlite_storage(url: str, *, broadcaster: Broadcaster, offload: Offload = lambda function: function()) -> SqlStorage:
    """Storage in the file that sqlite:///PATH names, migrated before. `offload` runs what waits for the disk."""
    return SqlStorage(SqliteDatabase(path_of(url), offload), broadcaster)


class SqliteDatabase(Database):
    """One file."""

    def __init__(self, path: Path, offload: Offload, *, patience: float = PATIENCE) -> None:
        self._engine = _reading_engine(path)
        self._statements = Statements(self._engine.dialect)
        self.writer = SqliteWriter(connect_to_write(path), self._statements, offload, patience=patience)

    def read(self) -> Reading:
        try:
            return SqliteSnapshot(self._engine, self._statements)
        except (sqlite3.Error, SQLAlchemyError) as error:
            raise Unavailable from error

    def write(self, room: RoomId | None) -> Writing:  # noqa: ARG002 - all share transactions, whatever their room
        return self.writer.begin()

    def next_id(self, executor: Executor) -> int:
        ((number,),) = executor.all(_NEXT_ID)
        return int(number)

    def close(self) -> None:
        self.writer.close()
        self._engine.dispose()


class SqliteSnapshot(Reading):
    """A read transaction on a connection of its own."""

    def __init__(self, engine: Engine, statements: Statements) -> None:
        self._connection = engine.raw_connection()
        cursor = self._connection.cursor()
        cursor.execute("BEGIN")
        self.executor = CursorExecutor(cursor, statements, locks=False)

    def end(self) -> None:
        self._connection.close()


def _connect(path: Path, pragmas: tuple[str, ...]) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
    for pragma in pragmas:
        connection.execute(pragma)
    return connection


def _reading_engine(path: Path) -> Engine:
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
