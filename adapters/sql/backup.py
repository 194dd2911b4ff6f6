"""All of a database: read as of one moment while others write, and replaced in one transaction."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Final
from uuid import uuid4

from sqlalchemy import Connection, delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from adapters.sql import migrations
from adapters.sql.sqlite.claim import claimed
from adapters.sql.sqlite.connections import engine_over, path_of
from adapters.sql.sqlite.ids import ids
from adapters.sql.tables import epoch, messages, metadata, rooms, sessions, users
from chat_domain.backup.contents import PARTS, DamagedBackup
from chat_domain.model.errors import Conflict, Unavailable
from chat_domain.model.identifiers import LARGEST_ID, Epoch
from chat_domain.ports.backups import BackupStorage, Contents, Record

AHEAD: Final = 10**9
"""How far beyond all ids in a backup the next one is given: beyond those that were given after the backup, too.

A token names a session by its id, and would be good for the session of another user that was given the same id again.
"""

_AT_A_TIME: Final = 1_000
_TABLES: Final = {table.name: table for table in metadata.sorted_tables if table is not epoch}
_WITH_IDS: Final = (users, sessions, rooms, messages)


class SqlContents(Contents):
    """What one transaction sees."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection.execution_options(yield_per=_AT_A_TIME)
        self.revision = migrations.revision_of(connection) or "none"
        if self.revision != migrations.NEWEST:
            raise Unavailable(
                f"The database is of revision {self.revision}, and this program is of {migrations.NEWEST}:"
                " use the version that serves it, or `parley migrate` first."
            )
        self.epoch = Epoch(connection.scalars(select(epoch.c.value)).one())
        self.last_id = _last_id(connection)

    def records(self, part: str) -> Iterator[Record]:
        columns, names = _TABLES[part].c, tuple(PARTS[part].fields)
        statement = select(*(columns[name] for name in names)).order_by(*(columns[name] for name in PARTS[part].key))
        for row in self._connection.execute(statement):
            yield dict(zip(names, row, strict=True))


class SqlBackupStorage(BackupStorage):
    """The database at sqlite:///PATH or postgresql://HOST/NAME."""

    def __init__(self, url: str) -> None:
        self._url = url

    @contextmanager
    def contents(self) -> Iterator[SqlContents]:
        begin = _begin_sqlite if self._url.startswith("sqlite:") else _begin_postgres
        try:
            with begin(self._url) as connection:
                yield SqlContents(connection)
        except (DBAPIError, sqlite3.Error) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise Unavailable(f"The database cannot be read: {reason}") from error

    def replace(self, contents: Contents, *, overwrite: bool) -> None:
        with _alone(self._url) as connection:
            migrations.upgrade(connection)
            _require_not_newer(migrations.revision_of(connection))
            _make_room(connection, overwrite=overwrite)
            try:
                for part in PARTS:
                    _fill(connection, part, contents.records(part))
            except IntegrityError as error:
                raise DamagedBackup(f"The backup contradicts itself: {error.orig}") from error
            _begin_epoch(connection, last_id=contents.last_id)


@contextmanager
def _begin_sqlite(url: str) -> Iterator[Connection]:
    path = path_of(url)
    if not path.is_file():
        raise Unavailable(f"There is no database: {path} is not there.")
    reader = sqlite3.connect(path, isolation_level=None)
    with engine_over(reader).connect() as connection:
        reader.execute("PRAGMA query_only = ON")
        reader.execute("BEGIN")
        yield connection


@contextmanager
def _begin_postgres(url: str) -> Iterator[Connection]:
    from adapters.sql.postgresql.connections import unpooled_engine  # noqa: PLC0415 - the driver

    with unpooled_engine(url).connect() as connection:
        yield connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


@contextmanager
def _alone(url: str) -> Iterator[Connection]:
    """A connection in a transaction, while no server has the database; raises Conflict."""
    if url.startswith("sqlite:"):
        with claimed(url), migrations.opened(url) as connection:
            yield connection
        return
    from adapters.sql.postgresql.claim import keep_servers_off  # noqa: PLC0415 - the driver

    with migrations.opened(url) as connection:
        keep_servers_off(connection)
        yield connection


def _require_not_newer(revision: str | None) -> None:
    """What a newer version keeps beside would be left as it is, and belong to nothing that is restored."""
    if revision != migrations.NEWEST:
        raise Unavailable(
            f"The database is of revision {revision}, which is newer than this program ({migrations.NEWEST}):"
            " restore with the version that serves it."
        )


def _make_room(connection: Connection, *, overwrite: bool) -> None:
    if not overwrite and any(connection.execute(select(table).limit(1)).first() for table in _TABLES.values()):
        raise Conflict(
            "There is something in this database already. Stop the server, and say --force to replace all of it."
        )
    if connection.dialect.name == "postgresql":  # where a DELETE would look for what refers to each of the rows
        connection.execute(text(f"TRUNCATE {', '.join(_TABLES)}"))
    else:
        for table in reversed(_TABLES.values()):
            connection.execute(delete(table))


def _fill(connection: Connection, part: str, records: Iterator[Record]) -> None:
    statement = insert(_TABLES[part])
    while some := list(islice(records, _AT_A_TIME)):
        connection.execute(statement, some)


def _begin_epoch(connection: Connection, *, last_id: int) -> None:
    largest = (connection.scalar(select(func.max(table.c.id))) or 0 for table in _WITH_IDS)
    last = max(last_id, *largest) + AHEAD
    if last > LARGEST_ID - AHEAD:
        raise DamagedBackup("The backup's ids are too large to go on from.")
    connection.execute(update(epoch).values(value=uuid4().hex))
    if connection.dialect.name == "postgresql":
        connection.execute(select(func.setval("ids", last)))
    else:
        connection.execute(update(ids).values(last=last))


def _last_id(connection: Connection) -> int:
    if connection.dialect.name == "postgresql":
        return int(connection.execute(text("SELECT last_value FROM ids")).scalar_one())
    return int(connection.scalars(select(ids.c.last)).one())
