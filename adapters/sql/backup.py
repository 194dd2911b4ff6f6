"""All of a database: read as of one moment while others write, and replaced in one transaction."""

import sqlite3
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from itertools import islice
from typing import Final, Protocol
from uuid import uuid4

from sqlalchemy import Connection, Table, func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from adapters.sql import migrations
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


class Place(Protocol):
    """One database, as far as it differs from the other kind."""

    @abstractmethod
    def read(self) -> AbstractContextManager[Connection]:
        """A connection that sees one moment; raises Unavailable."""

    @abstractmethod
    def alone(self, opened: AbstractContextManager[Connection]) -> AbstractContextManager[Connection]:
        """The opened connection, in a transaction, while no server has the database; raises Conflict."""

    @abstractmethod
    def clear(self, connection: Connection, tables: Sequence[Table]) -> None:
        """Remove all rows; `tables` come after those that they refer to."""

    @abstractmethod
    def last_id(self, connection: Connection) -> int:
        """The id that was given last."""

    @abstractmethod
    def go_on_from(self, connection: Connection, last_id: int) -> None:
        """Give larger ids than this from now on."""


class SqlContents(Contents):
    """What one transaction sees."""

    def __init__(self, connection: Connection, *, last_id: Callable[[Connection], int]) -> None:
        self._connection = connection.execution_options(yield_per=_AT_A_TIME)
        self.revision = migrations.revision_of(connection) or "none"
        if self.revision != migrations.NEWEST:
            raise Unavailable(
                f"The database is of revision {self.revision}, and this program is of {migrations.NEWEST}:"
                " use the version that serves it, or `parley migrate` first."
            )
        self.epoch = Epoch(connection.scalars(select(epoch.c.value)).one())
        self.last_id = last_id(connection)

    def records(self, part: str) -> Iterator[Record]:
        columns, names = _TABLES[part].c, tuple(PARTS[part].fields)
        statement = select(*(columns[name] for name in names)).order_by(*(columns[name] for name in PARTS[part].key))
        for row in self._connection.execute(statement):
            yield dict(zip(names, row, strict=True))


class SqlBackupStorage(BackupStorage):
    """The database at sqlite:///PATH or postgresql://HOST/NAME, which `place` is."""

    def __init__(self, url: str, place: Place) -> None:
        self._url = url
        self._place = place

    @contextmanager
    def contents(self) -> Iterator[SqlContents]:
        try:
            with self._place.read() as connection:
                yield SqlContents(connection, last_id=self._place.last_id)
        except (DBAPIError, sqlite3.Error) as error:
            reason = error.orig if isinstance(error, DBAPIError) else error
            raise Unavailable(f"The database cannot be read: {reason}") from error

    def replace(self, contents: Contents, *, overwrite: bool) -> None:
        with self._place.alone(migrations.opened(self._url)) as connection:
            migrations.upgrade(connection)
            _require_not_newer(migrations.revision_of(connection))
            _make_room(self._place, connection, overwrite=overwrite)
            try:
                for part in PARTS:
                    _fill(connection, part, contents.records(part))
            except IntegrityError as error:
                raise DamagedBackup(f"The backup contradicts itself: {error.orig}") from error
            _begin_epoch(self._place, connection, last_id=contents.last_id)


def _require_not_newer(revision: str | None) -> None:
    """What a newer version keeps beside would be left as it is, and belong to nothing that is restored."""
    if revision != migrations.NEWEST:
        raise Unavailable(
            f"The database is of revision {revision}, which is newer than this program ({migrations.NEWEST}):"
            " restore with the version that serves it."
        )


def _make_room(place: Place, connection: Connection, *, overwrite: bool) -> None:
    if not overwrite and any(connection.execute(select(table).limit(1)).first() for table in _TABLES.values()):
        raise Conflict(
            "There is something in this database already. Stop the server, and say --force to replace all of it."
        )
    place.clear(connection, list(_TABLES.values()))


def _fill(connection: Connection, part: str, records: Iterator[Record]) -> None:
    statement = insert(_TABLES[part])
    while some := list(islice(records, _AT_A_TIME)):
        connection.execute(statement, some)


def _begin_epoch(place: Place, connection: Connection, *, last_id: int) -> None:
    largest = (connection.scalar(select(func.max(table.c.id))) or 0 for table in _WITH_IDS)
    last = max(last_id, *largest) + AHEAD
    if last > LARGEST_ID - AHEAD:
        raise DamagedBackup("The backup's ids are too large to go on from.")
    connection.execute(update(epoch).values(value=uuid4().hex))
    place.go_on_from(connection, last)
