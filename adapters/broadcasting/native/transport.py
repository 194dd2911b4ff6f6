"""The native transport: python-socketio's server on connections that cost little and never wait for a client."""

import logging
from functools import partial
from importlib.metadata import version
from typing import Any, Final

import socketio

from adapters.broadcasting import engineio_parts
from adapters.broadcasting.errors import UnknownTransport
from adapters.broadcasting.native.connection import Connection
from adapters.broadcasting.native.engine import EngineSocket, Polling
from adapters.broadcasting.native.frames import BROKEN_SERVER
from adapters.broadcasting.native.handshake import upgrade
from adapters.broadcasting.native.heartbeat import Heartbeat
from adapters.broadcasting.native.outbox import Outbox
from adapters.broadcasting.native.packets import Connect, Event, Malformed, ack, parse
from adapters.broadcasting.native.workers import Workers
from chat_domain.ports.broadcasting import Attachable

_log = logging.getLogger(__name__)

_ROOT: Final = "/"
_ABOUT_THE_CLIENT: Final = frozenset({
    "HTTP_AUTHORIZATION", "HTTP_COOKIE", "HTTP_HOST", "HTTP_ORIGIN", "HTTP_SEC_FETCH_SITE", "HTTP_USER_AGENT",
    "PATH_INFO", "QUERY_STRING", "REMOTE_ADDR", "REQUEST_METHOD", "SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL",
    "wsgi.url_scheme",
})  # fmt: skip
"""What is kept of the environment of the first request, for as long as the connection lives."""


class NativeTransport(Attachable[socketio.Server]):
    """Serves the connections of one Socket.IO server, over WebSocket and polling, with these limits and this order:

    64 KB a message, text only; what one client sends is handled in order; frames are whole and in the order in which
    they were appended to the outbox; the connection of a client for which more than 1 MiB waits is closed with 1013.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._workers = Workers()
        self._server: Any = None
        self._heartbeat: Heartbeat

    def attach(self, server: socketio.Server) -> None:
        """Serve the server's connections, from its next one on. Its handler of `*` answers all events of `/`.

        Raises UnknownTransport.
        """
        _require_hooks(server)
        self._server, engine = server, server.eio
        self._heartbeat = Heartbeat(self._outbox, interval=engine.ping_interval, timeout=engine.ping_timeout)
        self._heartbeat.start()
        engine.on("connect", partial(self._open, engine.handlers["connect"]))
        engine.start_service_task = False  # the heartbeat does what it would
        engineio_parts.replace_parts(server, websocket=lambda handler, _: partial(upgrade, handler.__self__))

    def _open(self, inner: Any, engine_id: str, environ: dict[str, Any]) -> object:  # noqa: ANN401
        engine = self._server.eio.sockets[engine_id]
        engine.__class__ = EngineSocket  # python-engineio has no option for it
        engine.last_ping = None  # or it would start a greenlet that pings
        polling = Polling(engine)
        engine.connection = Connection(
            engine,
            out=polling,
            transport=polling,
            outbox=self._outbox,
            workers=self._workers,
            handle_packet=self._handle_packet,
        )
        self._heartbeat.add(engine.connection)
        return inner(engine_id, {name: environ[name] for name in _ABOUT_THE_CLIENT if name in environ})

    def _handle_packet(self, connection: Connection, message: bytes) -> None:
        """Handle a Socket.IO packet; raises Malformed."""
        packet = parse(message)
        try:
            if isinstance(packet, Event):
                self._answer(connection, packet)
            elif isinstance(packet, Connect):
                self._server._handle_connect(connection.engine.sid, packet.namespace, packet.auth)
            elif packet:
                self._server._handle_disconnect(connection.engine.sid, packet.namespace)
        except Malformed:
            raise
        except Exception:  # noqa: BLE001 - handlers raise nothing: this is a bug, and this client's state is unknown
            _log.exception("a %s could not be handled", type(packet).__name__.lower())
            connection.end("transport error", BROKEN_SERVER, "fault")

    def _answer(self, connection: Connection, event: Event) -> None:
        manager = self._server.manager
        socket = manager.sid_from_eio_sid(connection.engine.sid, _ROOT)
        if socket is None or not manager.is_connected(socket, _ROOT):
            return
        answer = self._server.handlers[_ROOT]["*"](event.name, socket, *event.args)
        if event.ack_id and answer is not self._server.not_handled:
            connection.send(ack(event.ack_id, answer))


def _require_hooks(server: socketio.Server) -> None:
    hooks = (
        engineio_parts.are_known(server),
        "connect" in server.eio.handlers,
        hasattr(server, "_handle_connect"),
        hasattr(server, "_handle_disconnect"),
        "*" in server.handlers.get(_ROOT, {}),
    )
    if not all(hooks):
        found = ", ".join(f"{name} {version(name)}" for name in ("python-engineio", "python-socketio"))
        raise UnknownTransport(
            f"The native transport needs python-engineio 4.15 and python-socketio 5.18, but found {found}: "
            "run `make install`, or set PARLEY_TRANSPORT=stock."
        )
