"""A channel over PostgreSQL: LISTEN and NOTIFY, with two connections for each process."""

import re
from collections import deque
from collections.abc import Iterator
from typing import Any, Final

import psycopg2
from gevent.socket import wait_read, wait_write
from psycopg2 import extensions

from adapters.broadcasting.bus.channel import SILENCE, Channel, ChannelAway

# As the storage's: the system's own timers notice a server that is gone.
_TIMEOUTS: Final[dict[str, Any]] = {
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
_NAME: Final = "parley"
_LONGEST: Final = 7_900
"""Bytes of one part; PostgreSQL takes fewer than 8,000 with what stands before them."""
_PART: Final = re.compile(r"(\d+)/(\d+) (.*)", re.DOTALL)

# The parts of one payload are notified in one transaction, so that no other's come between them.
_NOTIFY: Final = "SELECT pg_notify(%s, part) FROM unnest(%s) WITH ORDINALITY AS t(part, n) ORDER BY n"


class PostgresChannel(Channel):
    """Connections are asynchronous ones of psycopg2, which wait in gevent's loop. A pooler that lends its connections
    for one transaction cannot carry it."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._speaking: extensions.connection | None = None
        self._listening: extensions.connection | None = None
        self._received: deque[str] = deque()

    def publish(self, payload: bytes) -> None:
        try:
            if self._speaking is None:
                # Else each NOTIFY would wait for the disk, for words that nobody keeps.
                self._speaking = self._connect()
                _run(self._speaking, "SET synchronous_commit = off")
            _run(self._speaking, _NOTIFY, [_NAME, list(_parts(payload))])
        except (psycopg2.Error, OSError) as error:
            _close(self._speaking)
            self._speaking = None
            raise _away(error) from error

    def subscribe(self) -> None:
        _close(self._listening)
        self._listening = None
        self._received.clear()
        try:
            self._listening = self._connect()
            _run(self._listening, f"LISTEN {_NAME}")
        except (psycopg2.Error, OSError) as error:
            raise _away(error) from error

    def receive(self) -> bytes:
        parts: list[str] = []
        while True:
            if not (found := _PART.fullmatch(self._next())):
                continue  # a stranger's
            number, count, part = found.groups()
            if int(number) == 1:
                parts = []
            parts.append(part)
            if len(parts) == int(count):
                return "".join(parts).encode()

    def close(self) -> None:
        for connection in (self._speaking, self._listening):
            _close(connection)
        self._speaking = self._listening = None

    def _connect(self) -> extensions.connection:
        connection: extensions.connection = psycopg2.connect(self._url, async_=True, **_TIMEOUTS)
        _wait(connection)
        return connection

    def _next(self) -> str:
        """The next part. Raises ChannelAway."""
        while not self._received:
            if self._listening is None:
                raise ChannelAway("it was not listened to")
            self._collect(self._listening)
        return self._received.popleft()

    def _collect(self, connection: extensions.connection) -> None:
        try:
            if not connection.notifies:
                wait_read(connection.fileno(), timeout=SILENCE, timeout_exc=TimeoutError("it is silent"))
                connection.poll()
        except (psycopg2.Error, OSError) as error:
            _close(connection)
            self._listening = None
            raise _away(error) from error
        self._received.extend(notify.payload for notify in connection.notifies)
        connection.notifies.clear()


def _parts(payload: bytes) -> Iterator[str]:
    """The payload cut between characters, each part after its number and how many they are: `1/2 ...`."""
    cuts = [0]
    while len(payload) - cuts[-1] > _LONGEST:
        cut = cuts[-1] + _LONGEST
        while payload[cut] & 0xC0 == 0x80:  # noqa: PLR2004 - within a character of UTF-8
            cut -= 1
        cuts.append(cut)
    for number, (begin, end) in enumerate(zip(cuts, [*cuts[1:], len(payload)], strict=True), 1):
        yield f"{number}/{len(cuts)} {payload[begin:end].decode()}"


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
