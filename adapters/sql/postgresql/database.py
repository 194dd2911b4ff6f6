"""PostgreSQL: many connections read, a few write in batches, and some alone."""

from collections import deque
from collections.abc import Callable
from typing import Any, Final

import psycopg2
from psycopg2 import extensions
from sqlalchemy import PoolProxiedConnection, Sequence, func, literal_column, select

from adapters.sql.executor import CursorExecutor, Executor
from adapters.sql.postgresql import among  # noqa: F401 - which says it to SQLAlchemy
from adapters.sql.postgresql.connections import PATIENCE, Pool, patiently
from adapters.sql.postgresql.consumer_lock import PostgresConsumerLock
from adapters.sql.postgresql.forms import BatchStatements
from adapters.sql.postgresql.group_commit import LARGEST_BATCH, Batches
from adapters.sql.postgresql.prepared import PreparingCursor
from adapters.sql.postgresql.rounds import Rounds
from adapters.sql.repositories import Repositories
from adapters.sql.statements import Statements
from adapters.sql.storage import Database, Reading, SqlStorage, Writing
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import RoomId
from chat_domain.ports.broadcasting import Broadcaster
from chat_domain.ports.consumers import ConsumerLock

_SOME_IDS: Final = select(Sequence("ids").next_value()).select_from(
    func.generate_series(literal_column("1"), literal_column("1000"))
)


def postgres_storage(url: str, *, broadcaster: Broadcaster) -> SqlStorage:
    """Storage in the database at postgresql://HOST/NAME, migrated before."""
    return SqlStorage(PostgresDatabase(url), broadcaster)


class PostgresDatabase(Database):
    """One database."""

    repositories = Repositories()

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        self._url = url
        self._readers = Pool(
            url, patience, isolation_level=extensions.ISOLATION_LEVEL_REPEATABLE_READ, readonly=True, autocommit=True
        )
        self._writers = Pool(url, patience, isolation_level=extensions.ISOLATION_LEVEL_READ_COMMITTED)
        self._batching = Pool(url, patience, autocommit=True)
        self._statements = BatchStatements(
            self._writers.engine.dialect, [*self.repositories.statements(), ("_SOME_IDS", _SOME_IDS)]
        )
        self._ids: deque[int] = deque()
        self.batches = Batches(self._begin_rounds, self._write_alone, self._statements, patience=patience)

    def read(self) -> Reading:
        return PostgresSnapshot(self._readers.connect(), self._statements, opening="BEGIN; ")

    def lookup(self) -> Reading:
        return PostgresSnapshot(self._readers.connect(), self._statements)

    def write(self, room: RoomId | None) -> Writing:
        return self.batches.begin(room) if room else self._write_alone()

    def next_id(self, executor: Executor) -> int:
        while True:
            try:
                return self._ids.popleft()
            except IndexError:
                self._take_ids(executor)

    def consumer_lock(self) -> ConsumerLock:
        return PostgresConsumerLock(self._url)

    def close(self) -> None:
        self.batches.close()
        for pool in (self._readers, self._writers, self._batching):
            pool.engine.dispose()

    def _write_alone(self) -> Writing:
        return PostgresUnit(self._writers.connect(), self._statements)

    def _begin_rounds(self) -> Rounds:
        if len(self._ids) < LARGEST_BATCH:  # or each unit of the batch would ask for some
            asking = self._write_alone()
            try:
                self._take_ids(asking.executor)
            finally:
                asking.roll_back()  # a sequence gives numbers for good all the same
        return Rounds(self._batching.connect(), self._statements)

    def _take_ids(self, executor: Executor) -> None:
        self._ids.extend(number for (number,) in executor.all(_SOME_IDS))


class PostgresSnapshot(Reading):
    """A transaction in which everything is as of its first statement, with which it begins.

    Without `opening` each statement is a transaction of its own, and needs no end.
    """

    def __init__(self, connection: PoolProxiedConnection, statements: Statements, *, opening: str = "") -> None:
        self._connection = connection
        self.executor = CursorExecutor(_cursor(connection, opening), statements, locks=False)

    def end(self) -> None:
        driver: Any = self._connection.driver_connection
        try:
            if driver.info.transaction_status != extensions.TRANSACTION_STATUS_IDLE:
                driver.cursor().execute("ROLLBACK")
        except psycopg2.Error:
            self._connection.invalidate()
        finally:
            self._connection.close()


class PostgresUnit(Writing):
    """A transaction in which each statement sees what was committed before it, and rooms are locked before use."""

    def __init__(self, connection: PoolProxiedConnection, statements: Statements) -> None:
        self._connection = connection
        self.executor = CursorExecutor(_cursor(connection), statements, locks=True, offload=patiently)

    def commit(self, then: Callable[[], None]) -> None:
        try:
            self._connection.commit()
        except psycopg2.Error as error:
            raise Unavailable from error
        finally:
            self._connection.close()
        then()

    def roll_back(self) -> None:
        self._connection.close()


def _cursor(connection: PoolProxiedConnection, opening: str = "") -> PreparingCursor:
    return PreparingCursor(connection.cursor(), connection.info.setdefault("prepared", {}), opening=opening)
