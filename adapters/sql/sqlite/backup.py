"""What a backup of SQLite does as SQLite does it."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from sqlalchemy import Connection, Table, delete, select, update

from adapters.sql.sqlite.claim import claimed
from adapters.sql.sqlite.connections import engine_over, path_of
from adapters.sql.sqlite.ids import ids
from chat_domain.model.errors import Unavailable


class SqlitePlace:
    """The file that sqlite:///PATH names."""

    def __init__(self, url: str) -> None:
        self._url = url

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that sees one moment; raises Unavailable where there is no file."""
        path = path_of(self._url)
        if not path.is_file():
            raise Unavailable(f"There is no database: {path} is not there.")
        reader = sqlite3.connect(path, isolation_level=None)
        with engine_over(reader).connect() as connection:
            reader.execute("PRAGMA query_only = ON")
            reader.execute("BEGIN")
            yield connection

    @contextmanager
    def alone(self, opened: AbstractContextManager[Connection]) -> Iterator[Connection]:
        """The opened connection, while no server has the file; raises Conflict."""
        with claimed(self._url), opened as connection:
            yield connection

    def clear(self, connection: Connection, tables: Sequence[Table]) -> None:
        """Remove all rows; `tables` come after those that they refer to."""
        for table in reversed(tables):
            connection.execute(delete(table))

    def last_id(self, connection: Connection) -> int:
        """The id that was given last."""
        return int(connection.scalars(select(ids.c.last)).one())

    def go_on_from(self, connection: Connection, last_id: int) -> None:
        """Give larger ids than this from now on."""
        connection.execute(update(ids).values(last=last_id))
