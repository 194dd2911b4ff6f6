"""A channel over PostgreSQL: LISTEN and NOTIFY, with two connections for each process."""

from collections import deque
from typing import Any, Final

import psycopg2
from gevent.socket import wait_read, wait_write
from psycopg2 import extensions

from adapters.broadcasting.bus.channel import SILENCE, Channel, ChannelAway
from adapters.broadcasting.bus.parts import Joiner, cut
from adapters.libpq import OPTIONS, located

_NAME: Final = "parley"

# The parts of one payload are notified in one transaction, so that no other's come between them.
_NOTIFY: Final = "SELECT pg_notify(%s, part) FROM unnest(%s) WITH ORDINALITY AS t(part, n) ORDER BY n"


class PostgresChannel(Channel):
    """Connections are asynchronous ones of psycopg2, which wait in gevent's loop. A pooler that lends its connections
    for one transaction cannot carry it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._speaking: extensions.connection | None = None
        self._listening: extensions.connection | None = None
        self._received: deque[bytes] = deque()
        self._joiner = Joiner()

    def publish(self, payload: bytes) -> None:
        try:
            if self._speaking is None:
                self._speaking = self._connect()
            _run(self._speaking, _NOTIFY, [_NAME, list(cut(payload))])
        except (psycopg2.Error, OSError) as error:
            _close(self._speaking)
            self._speaking = None
            raise _away(error) from error

    def subscribe(self) -> None:
        _close(self._listening)
        self._listening = None
        self._received.clear()
        self._joiner = Joiner()
        try:
            self._listening = self._connect()
            _run(self._listening, f"LISTEN {_NAME}")
        except (psycopg2.Error, OSError) as error:
            raise _away(error) from error

    def receive(self) -> bytes:
        while not self._received:
            if self._listening is None:
                raise ChannelAway("it is not listened to")
            self._collect(self._listening)
        return self._received.popleft()

    def close(self) -> None:
        for connection in (self._speaking, self._listening):
            _close(connection)
        self._speaking = self._listening = None

    def _connect(self) -> extensions.connection:
        parameters = {**located(extensions.parse_dsn(self._url)), **OPTIONS}
        connection: extensions.connection = psycopg2.connect(**parameters, async_=True)
        _wait(connection)
        return connection

    def _collect(self, connection: extensions.connection) -> None:
        try:
            if not connection.notifies:
                wait_read(connection.fileno(), timeout=SILENCE, timeout_exc=TimeoutError("it is silent"))
                connection.poll()
        except (psycopg2.Error, OSError) as error:
            _close(connection)
            self._listening = None
            raise _away(error) from error
        self._received.extend(filter(None, (self._joiner.add(notify.payload) for notify in connection.notifies)))
        connection.notifies.clear()


def _run(connection: extensions.connection, statement: str, parameters: list[Any] | None = None) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        _wait(connection)


def _wait(connection: extensions.connection) -> None:
    late = TimeoutError("it does not answer")
    while (state := connection.poll()) != extensions.POLL_OK:
        wait = wait_read if state == extensions.POLL_READ else wait_write
        wait(connection.fileno(), timeout=SILENCE, timeout_exc=late)


def _close(connection: extensions.connection | None) -> None:
    if connection is not None:
        connection.close()


def _away(error: Exception) -> ChannelAway:
    return ChannelAway(f"{type(error).__name__}: {' '.join(str(error).split())}")
