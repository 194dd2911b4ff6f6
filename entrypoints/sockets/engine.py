"""Engine.IO under Socket.IO, where its own behaviour would let a client hold the server up."""

import logging
from collections.abc import Callable
from typing import Any

import gevent
import socketio

from entrypoints.sockets.connections import Connections

_log = logging.getLogger(__name__)


class Engine:
    """Counts its connections, closes those that misbehave or name no user in time, and never waits for a client.

    `handshake_within` is in seconds, from the opening of a connection to a CONNECT that was let in.
    """

    def __init__(self, server: socketio.Server, connections: Connections, *, handshake_within: float) -> None:
        self._engine: Any = server.eio
        self._connections = connections
        self._handshake_within = handshake_within
        self._expected: dict[str, gevent.Greenlet[..., None]] = {}
        inner = dict(self._engine.handlers)
        self._engine.on("connect", lambda *args: self._open(inner["connect"], *args))
        self._engine.on("message", lambda *args: self._take(inner["message"], *args))
        self._engine.on("disconnect", lambda *args: self._forget(inner["disconnect"], *args))
        # The original waits until the client has taken everything, which may be never; Engine.IO itself calls it too.
        self._engine.disconnect = self.close

    def ids(self) -> list[str]:
        """The connections that are open."""
        return [id for id, connection in self._engine.sockets.copy().items() if not connection.closed]

    def is_open(self, id: str) -> bool:
        """Whether this connection is open."""
        return id in self._engine.sockets and not self._engine.sockets[id].closed

    def close(self, id: str | None = None) -> None:
        """Close the connection, or all, behind what is still to be sent. Official clients come back by themselves."""
        for each in self.ids() if id is None else [id]:
            if self.is_open(each):
                self._engine.sockets[each].close(wait=False)

    def expect_user(self, id: str) -> None:
        """Close the connection unless `user_came` is called in time."""
        self._expected[id] = gevent.spawn_later(self._handshake_within, self._give_up, id)

    def user_came(self, id: str) -> None:
        """A user has signed in over the connection."""
        timer = self._expected.pop(id, None)
        if timer is not None:
            timer.kill(block=False)

    def _open(self, inner: Callable[..., object], id: str, environ: dict[str, Any]) -> object:
        self._connections.opened(id, environ.get("REMOTE_ADDR", ""))
        self.expect_user(id)
        return inner(id, environ)

    def _take(self, inner: Callable[..., object], id: str, data: object) -> None:
        try:
            inner(id, data)
        except Exception as error:  # noqa: BLE001 - handlers raise nothing: what comes here could not be read
            _log.info("closing a connection that sent what is no Socket.IO packet: %s", type(error).__name__)
            self.close(id)

    def _forget(self, inner: Callable[..., object], id: str, *reason: str) -> object:
        self._connections.closed(id)
        try:
            return inner(id, *reason)
        finally:
            self.user_came(id)  # no user is expected any more

    def _give_up(self, id: str) -> None:
        self._expected.pop(id, None)
        self.close(id)
