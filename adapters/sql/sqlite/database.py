"""SQLite: one file; snapshots beside each other, and one writer."""

import sqlite3
from pathlib import Path

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from adapters.sql.executor import CursorExecutor, Executor, Offload
from adapters.sql.repositories import Repositories
from adapters.sql.sqlite import among  # noqa: F401 - which says it to SQLAlchemy
from adapters.sql.sqlite.connections import PATIENCE, connect_to_write, path_of, reading_engine
from adapters.sql.sqlite.group_commit import SqliteWriter
from adapters.sql.sqlite.ids import NEXT_ID
from adapters.sql.statements import Statements
from adapters.sql.storage import Database, Reading, SqlStorage, Writing
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import RoomId
from chat_domain.ports.broadcasting import Broadcaster


def sqlite_storage(url: str, *, broadcaster: Broadcaster, offload: Offload = lambda function: function()) -> SqlStorage:
    """Storage in the file that sqlite:///PATH names, migrated before. `offload` runs what waits for the disk."""
    return SqlStorage(SqliteDatabase(path_of(url), offload), broadcaster)


class SqliteDatabase(Database):
    """One file."""

    repositories = Repositories()

    def __init__(self, path: Path, offload: Offload, *, patience: float = PATIENCE) -> None:
        self._engine = reading_engine(path)
        self._statements = Statements(self._engine.dialect, [*self.repositories.statements(), ("NEXT_ID", NEXT_ID)])
        self.writer = SqliteWriter(connect_to_write(path), self._statements, offload, patience=patience)

    def read(self) -> Reading:
        try:
            return SqliteSnapshot(self._engine, self._statements)
        except (sqlite3.Error, SQLAlchemyError) as error:
            raise Unavailable from error

    def write(self, room: RoomId | None) -> Writing:  # noqa: ARG002 - all share transactions, whatever their room
        return self.writer.begin()

    def next_id(self, executor: Executor) -> int:
        ((number,),) = executor.all(NEXT_ID)
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
