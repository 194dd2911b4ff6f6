"""A channel over Redis or Valkey: publish and subscribe, with two connections for each process."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from redis.backoff import NoBackoff
from redis.connection import ConnectionPool
from redis.exceptions import RedisError
from redis.retry import Retry

from adapters.broadcasting.bus.channel import SILENCE, Channel, ChannelAway

Result = TypeVar("Result")

_OPTIONS: Final[dict[str, Any]] = {
    "protocol": 2,
    "socket_timeout": SILENCE,
    "socket_connect_timeout": SILENCE,
    "socket_keepalive": True,
    "retry": Retry(NoBackoff(), 0),  # the caller tries again, and has to know that there was a gap
}


class RedisChannel(Channel):
    """Needs a process that gevent has patched. Servers are shared, and all their databases hear each other: the name
    of the channel holds the number of the database, so that two Parleys can use one server."""

    def __init__(self, url: str) -> None:
        pool = ConnectionPool.from_url(url, **_OPTIONS)
        self._name = f"parley:{pool.connection_kwargs.get('db') or 0}"
        self._speaking: Any = pool.make_connection()
        self._listening: Any = pool.make_connection()

    def publish(self, payload: bytes) -> None:
        def ask() -> None:
            self._speaking.send_command("PUBLISH", self._name, payload)
            self._speaking.read_response()

        self._try(self._speaking, ask)

    def subscribe(self) -> None:
        def ask() -> None:
            self._listening.disconnect()
            self._listening.send_command("SUBSCRIBE", self._name)
            self._listening.read_response()

        self._try(self._listening, ask)

    def receive(self) -> bytes:
        def ask() -> bytes:
            payload: bytes = self._listening.read_response(disable_decoding=True)[2]
            return payload

        return self._try(self._listening, ask)

    def close(self) -> None:
        self._speaking.disconnect()
        self._listening.disconnect()

    def _try(self, connection: Any, ask: Callable[[], Result]) -> Result:  # noqa: ANN401 - of one of two classes
        try:
            return ask()
        except (RedisError, OSError) as error:
            connection.disconnect()  # an answer may be half read
            raise ChannelAway(f"{type(error).__name__}: {error}") from error
