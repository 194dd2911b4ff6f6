"""The Socket.IO server of a process: everything about sockets, wired."""

import logging
import time
from typing import Any, Final

import gevent
import socketio
from engineio.payload import Payload
from flask import Flask
from flask_socketio import SocketIO

from entrypoints.browser import BrowserTrust
from entrypoints.services import Services
from entrypoints.sockets.connections import Connections
from entrypoints.sockets.dispatcher import Dispatcher
from entrypoints.sockets.door import LARGEST_BODY, MOST_PACKETS, SocketDoor
from entrypoints.sockets.engine import Engine
from entrypoints.sockets.events import Events
from entrypoints.sockets.gate import Gate
from entrypoints.sockets.packets import Json, StrictPacket
from entrypoints.wire.views import Views

_PING_EVERY: Final = 25
_PING_ANSWERED_WITHIN: Final = 8


class Sockets:
    """Flask-SocketIO on `app`, which answers events by the services.

    It goes around `app.wsgi_app` as that is now; whatever corrects addresses (ProxyFix) must go around it later.
    """

    def __init__(
        self,
        app: Flask,
        services: Services,
        views: Views,
        trust: BrowserTrust,
        *,
        most_per_user: int = 10,
        most_per_address: int = 50,
        handshake_within: float = 10.0,
        allows_polling: bool = True,
    ) -> None:
        self._connections = Connections(most_per_user=most_per_user, most_per_address=most_per_address)
        self.server = _attach(app, trust)
        app.wsgi_app = SocketDoor(app.wsgi_app, trust, self._connections, allows_polling)  # type: ignore[method-assign]
        self._engine = Engine(self.server, self._connections, handshake_within=handshake_within)
        self._gate = Gate(services, trust, self._connections, self._engine)
        self._dispatcher = Dispatcher(Events(services, views).answers(), self._connections, self.server.not_handled)
        # python-socketio's own `on`, not Flask-SocketIO's: that one makes a request context for every event, a third
        # of what a small message costs.
        self.server.on("connect", self._connect)
        self.server.on("disconnect", self._disconnect)
        self.server.on("*", self._dispatcher.dispatch)

    def drain(self, within: float) -> None:
        """Finish the events that are being handled, for at most `within` seconds, and close every connection.

        They are closed below Socket.IO: a client that is told to disconnect would not come back by itself.
        """
        self._dispatcher.stop()
        deadline = time.monotonic() + within
        while self._engine.ids() and time.monotonic() < deadline:
            for id in self._engine.ids():
                if not self._dispatcher.is_busy(self.server.manager.sid_from_eio_sid(id, "/")):
                    self._engine.close(id)
            gevent.sleep(0.01)
        self._engine.close()

    def _connect(self, socket: str, environ: dict[str, Any], auth: object = None) -> None:
        self._gate.connect(socket, self._engine_id(socket), environ, auth)

    def _disconnect(self, socket: str, _reason: str) -> None:
        self._gate.disconnect(socket)
        if self._engine.is_open(id := self._engine_id(socket)):
            self._engine.expect_user(id)

    def _engine_id(self, socket: str) -> str:
        return str(self.server.manager.eio_sid_from_sid(socket, "/"))


def _attach(app: Flask, trust: BrowserTrust) -> socketio.Server:
    options: dict[str, Any] = {
        "async_mode": "gevent",
        "async_handlers": False,  # else the second event of a socket may overtake the first
        "json": Json,
        "serializer": StrictPacket,
        # Never []: that turns the check off.
        "cors_allowed_origins": lambda _origin, environ: not trust.is_foreign(environ),
        "ping_interval": _PING_EVERY,
        "ping_timeout": _PING_ANSWERED_WITHIN,
        "max_http_buffer_size": LARGEST_BODY,
        "logger": _logger("socketio"),
        "engineio_logger": _logger("engineio"),
    }
    Payload.max_decode_packets = MOST_PACKETS
    io: Any = SocketIO(app, manage_session=False, **options)
    return io.server


def _logger(name: str) -> logging.Logger:
    """A logger for a library, which then adds no handler of its own. It warns of every mistake of a client."""
    logger = logging.getLogger(name)
    logger.setLevel(logging.ERROR)
    return logger
