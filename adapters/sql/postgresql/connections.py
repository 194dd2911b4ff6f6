"""How connections to PostgreSQL are set up, shared, and behave among greenlets."""

import time
from collections.abc import Callable
from contextvars import ContextVar
from threading import BoundedSemaphore
from typing import Any, Final

import psycopg2
from psycopg2 import extensions
from sqlalchemy import NullPool, PoolProxiedConnection, create_engine
from sqlalchemy import event as events
from sqlalchemy.engine import URL, Engine, make_url
from sqlalchemy.exc import DisconnectionError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from adapters.libpq import OPTIONS, located
from adapters.sql.postgresql.claim import SHARED
from chat_domain.model.errors import Unavailable

_OPTIONS: Final = {**OPTIONS, "connect_timeout": 5}
POOL_SIZE: Final = 10
"""Connections for reading, as many for units of work that are alone in their transaction, and as many for batches."""
PATIENCE: Final = 5.0
"""How many seconds to wait for a connection, or for a lock."""
ANSWERED_WITHIN: Final = PATIENCE + 1.0
"""Seconds that a statement may take, be it that it waits for a lock; then the database is taken for dead."""
LONG_ANSWERED_WITHIN: Final = 60.0
"""Seconds that one may take which changes very many rows."""
_MOST_WAITING: Final = 2_000
# A prepared statement is planned once, whatever its parameters: planning a page of history for each takes longer than
# reading it, and comes to the same plan.
# PostgreSQL itself is to notice a machine that is gone, or a restore would wait for its share of the database.
_SETTINGS: Final = (
    "SET lock_timeout = {:.0f}; SET synchronous_commit = on; SET plan_cache_mode = force_generic_plan;"
    " SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; " + SHARED
)
_is_long: Final = ContextVar("is_long", default=False)
_FRESH: Final = 1.0
"""Seconds after which a connection is asked whether it still lives; asking each time would be a tenth of a send."""


def driver_url(url: str) -> URL:
    """The address as SQLAlchemy wants it: `postgresql://` means psycopg2."""
    return make_url(url).set(drivername="postgresql+psycopg2")


def unpooled_engine(url: str) -> Engine:
    """SQLAlchemy with a connection for each use, which it closes."""
    return create_engine(driver_url(url), poolclass=NullPool, connect_args=_OPTIONS)


def cooperate() -> None:
    """From now on let other greenlets go on while one waits for the database; for programs that run under gevent."""
    extensions.set_wait_callback(_wait)


def patiently(run: Callable[[], None]) -> None:
    """Run statements that may take long."""
    before = _is_long.set(True)
    try:
        run()
    finally:
        _is_long.reset(before)


class Pool:
    """A bounded number of connections, and a bounded number of greenlets that wait for one."""

    def __init__(self, url: str, patience: float, **session: Any) -> None:  # noqa: ANN401 - see psycopg2's set_session
        self.engine = _engine(url, patience, **session)
        self._places = BoundedSemaphore(_MOST_WAITING)

    def connect(self) -> PoolProxiedConnection:
        if not self._places.acquire(blocking=False):
            raise Unavailable(retry_after=1)
        try:
            return self.engine.raw_connection()
        except (psycopg2.Error, SQLAlchemyError) as error:
            raise Unavailable from error
        finally:
            self._places.release()


def _engine(url: str, patience: float, **session: Any) -> Engine:  # noqa: ANN401 - psycopg2's
    engine = create_engine(
        driver_url(url),
        connect_args=_OPTIONS,
        pool_size=POOL_SIZE,
        max_overflow=0,
        pool_timeout=patience,
        pool_use_lifo=True,
        use_native_hstore=False,
    )

    @events.listens_for(engine, "do_connect")
    def look_up(_dialect: object, _record: object, _arguments: object, parameters: dict[str, Any]) -> None:
        if extensions.get_wait_callback():  # or else no greenlet goes on meanwhile
            parameters.update(located(parameters))

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
    from gevent.socket import wait_read, wait_write  # noqa: PLC0415 - only programs that run under gevent have it

    within = LONG_ANSWERED_WITHIN if _is_long.get() else ANSWERED_WITHIN
    silence = Timeout(within, psycopg2.OperationalError("the database does not answer"))
    with silence:  # a machine that hangs still acknowledges at the level of the network
        while (state := connection.poll()) != extensions.POLL_OK:
            if state == extensions.POLL_READ:
                wait_read(connection.fileno())
            else:
                wait_write(connection.fileno())
