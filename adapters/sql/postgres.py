"""PostgreSQL: how its connections are set up, and how they behave among greenlets."""

import time
from collections import deque
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import Any, Final

import psycopg2
from psycopg2 import extensions
from sqlalchemy import PoolProxiedConnection, Sequence, create_engine, func, literal_column, select
from sqlalchemy import event as events
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from adapters.sql.batches import LARGEST_BATCH, Batches
from adapters.sql.executor import CursorExecutor, Executor, Statements
from adapters.sql.prepared import PreparingCursor
from adapters.sql.rounds import Rounds
from adapters.sql.storage import Database, Reading, SqlStorage, Writing
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import RoomId
from chat_domain.ports.broadcasting import Broadcaster

# A server that is gone is noticed by the system's own timers: psycopg2 heeds no timeouts of its own among greenlets.
TIMEOUTS: Final = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
POOL_SIZE: Final = 10
"""Connections for reading, and as many for units of work that are alone in their transaction."""
PATIENCE: Final = 5.0
"""How many seconds to wait for a connection, or for whoever holds a lock."""
ANSWERED_WITHIN: Final = 60.0
"""Seconds that a statement may take, of which removing a large room takes most."""
MOST_WAITING: Final = 2_000
_SOME_IDS: Final = select(Sequence("ids").next_value()).select_from(
    func.generate_series(literal_column("1"), literal_column("1000"))
)
# A prepared statement is planned once, whatever its parameters: planning a page of history for each takes longer than
# reading it, and comes to the same plan.
_SETTINGS: Final = "SET lock_timeout = {:.0f}; SET synchronous_commit = on; SET plan_cache_mode = force_generic_plan"
_FRESH: Final = 1.0
"""Seconds after which a connection is asked whether it still lives; asking each time would be a tenth of a send."""


def driver_url(url: str) -> URL:
    """The address as SQLAlchemy wants it: `postgresql://` means psycopg2."""
    return make_url(url).set(drivername="postgresql+psycopg2")


def cooperate() -> None:
    """From now on let other greenlets go on while one waits for the database; for programs that run under gevent."""
    extensions.set_wait_callback(_wait)


def postgres_storage(url: str, *, broadcaster: Broadcaster) -> SqlStorage:
    """Storage in the database at postgresql://HOST/NAME, migrated before."""
    return SqlStorage(PostgresDatabase(url), broadcaster)


class PostgresDatabase(Database):
    """One database."""

    def __init__(self, url: str, *, patience: float = PATIENCE) -> None:
        self._readers = _Pool(
            url, patience, isolation_level=extensions.ISOLATION_LEVEL_REPEATABLE_READ, readonly=True, autocommit=True
        )
        self._writers = _Pool(url, patience, isolation_level=extensions.ISOLATION_LEVEL_READ_COMMITTED)
        self._batching = _Pool(url, patience, autocommit=True)
        self._statements = Statements(self._writers.engine.dialect)
        self._ids: deque[int] = deque()
        self.batches = Batches(self._begin_rounds, self._write_alone, self._statements, patience=patience)

    def read(self) -> Reading:
        return PostgresSnapshot(self._readers.connect(), self._statements, opening="BEGIN; ")

    def glance(self) -> Reading:
        return PostgresSnapshot(self._readers.connect(), self._statements)

    def write(self, room: RoomId | None) -> Writing:
        return self.batches.begin(room) if room else self._write_alone()

    def next_id(self, executor: Executor) -> int:
        while True:
            try:
                return self._ids.popleft()
            except IndexError:
                self._take_ids(executor)

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
        self.executor = _executor(connection, statements, locks=False, opening=opening)

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
        self.executor = _executor(connection, statements, locks=True)

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


def _executor(
    connection: PoolProxiedConnection, statements: Statements, *, locks: bool, opening: str = ""
) -> CursorExecutor:
    known = connection.info.setdefault("prepared", {})
    return CursorExecutor(PreparingCursor(connection.cursor(), known, opening=opening), statements, locks=locks)


class _Pool:
    """A bounded number of connections, and a bounded number of those who wait for one."""

    def __init__(self, url: str, patience: float, **session: Any) -> None:  # noqa: ANN401 - see psycopg2's set_session
        self.engine = _engine(url, patience, **session)
        self._places = BoundedSemaphore(MOST_WAITING)

    def connect(self) -> PoolProxiedConnection:
        if not self._places.acquire(blocking=False):
            raise Unavailable(retry_after=1)
        try:
            return self.engine.raw_connection()
        except (psycopg2.Error, SQLAlchemyError) as error:
            raise Unavailable from error
        finally:
            self._places.release()


def _engine(url: str, patience: float, **session: Any) -> Engine:  # noqa: ANN401 - likewise
    engine = create_engine(
        driver_url(url),
        connect_args=TIMEOUTS,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=patience,
        pool_use_lifo=True,
        use_native_hstore=False,
    )

    @events.listens_for(engine, "connect")
    def set_up(connection: extensions.connection, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(_SETTINGS.format(patience * 1_000))
        connection.commit()
        connection.set_session(**session)

    @events.listens_for(engine, "checkout")
    def look_at(connection: extensions.connection, record: ConnectionPoolEntry, _proxy: object) -> None:
        now = time.monotonic()
        if now - record.info.get("seen", now) > _FRESH:
            _ping(connection)
        record.info["seen"] = now

    return engine


def _ping(connection: extensions.connection) -> None:
    """Raise DisconnectionError, upon which the pool makes a new connection, if this one is dead."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except psycopg2.Error as error:
        raise DisconnectionError from error


def _wait(connection: extensions.connection) -> None:
    from gevent import Timeout  # noqa: PLC0415 - only programs that run under gevent have it
    from gevent.socket import wait_read, wait_write  # noqa: PLC0415 - likewise

    silence = Timeout(ANSWERED_WITHIN, psycopg2.OperationalError("the database does not answer"))
    with silence:  # a machine that hangs still acknowledges at the level of the network
        while (state := connection.poll()) != extensions.POLL_OK:
            if state == extensions.POLL_READ:
                wait_read(connection.fileno())
            else:
                wait_write(connection.fileno())
