"""Flask-SocketIO's own WebSocket path (python-engineio over simple-websocket), made safe to leave on the internet.

As it comes, simple-websocket drops what a slow reader does not take at once, accepts compression bombs, and reads
without end into memory. Here frames are written whole, nothing is compressed, a message may take 64 KB, and the next
bytes are read only when the last message was handled, so that the network itself holds a sender back.
"""

import socket
from collections.abc import Callable, Iterable
from contextlib import suppress
from importlib.metadata import version
from typing import Any, Final

import gevent
import simple_websocket
import socketio
from gevent.lock import RLock
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError

from adapters.broadcasting import engineio_parts
from adapters.broadcasting.errors import UnknownTransport
from chat_domain.ports.broadcasting import Attachable

LARGEST_MESSAGE: Final = 64 * 1024
_FRAMING: Final = 1024
"""Bytes that the frames of a message may add to it."""

_SILENCE: Final = 40.0
"""Seconds: an Engine.IO ping and its answer take 33 at most, so a client that is silent for longer is gone."""

_GOODBYE: Final = 3.0
"""Seconds that a client has to close its side after ours."""

_MOST_UNSENT: Final = 100
"""Packets that a client may leave unread before nothing more is read from it."""

_PACKET_TYPES: Final = frozenset("123456")


class StockTransport(Attachable[socketio.Server]):
    """Flask-SocketIO's own connections, over WebSockets of this module."""

    def attach(self, server: socketio.Server) -> None:
        """Let the server speak WebSocket by this module; raises UnknownTransport."""
        hooks = (
            engineio_parts.are_known(server),
            hasattr(simple_websocket.Server, "_handle_events"),
            hasattr(simple_websocket.Server, "handshake"),
        )
        if not all(hooks):
            found = ", ".join(f"{name} {version(name)}" for name in ("python-engineio", "simple-websocket"))
            raise UnknownTransport(
                f"The WebSocket transport needs python-engineio 4.15 and simple-websocket 1.1, but found {found}: "
                "run `make install`."
            )
        engineio_parts.replace_parts(server, websocket=StockWebSocket)


class _WholeWrites:
    """A socket whose `send` writes everything, one message after the other."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._lock = RLock()
        self.recv, self.shutdown, self.close = sock.recv, sock.shutdown, sock.close

    def send(self, data: bytes) -> None:
        with self._lock:
            self._sock.sendall(data)


class _NoThread:
    """Stands for the thread by which simple-websocket would read ahead."""

    name = ""

    def __init__(self, target: Callable[[], None]) -> None:
        """Nothing runs it."""

    def start(self) -> None:
        """Nothing starts."""


class _Connection(simple_websocket.Server):  # type: ignore[misc]  # it has no types
    """A connection that is read only when `receive` is called."""

    sock: Any
    connected: bool

    def __init__(self, environ: dict[str, Any]) -> None:
        # What is not offered is not agreed to: no compression.
        plain = {name: value for name, value in environ.items() if name != "HTTP_SEC_WEBSOCKET_EXTENSIONS"}
        super().__init__(plain, receive_bytes=16 * 1024, thread_class=_NoThread)

    def handshake(self) -> None:
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.settimeout(_SILENCE)
        self.sock = _WholeWrites(self.sock)
        super().handshake()

    def receive(self, timeout: float | None = None) -> str | bytes:  # noqa: ARG002 - the socket has its own
        """The next message; raises ConnectionClosed, or OSError when the other side is gone."""
        taken = 0
        while self.connected and not self.input_buffer:
            data = self.sock.recv(self.receive_bytes)
            taken += len(data)
            if not data:
                self.connected = False
            elif taken > LARGEST_MESSAGE + _FRAMING:
                self.close(CloseReason.MESSAGE_TOO_BIG)
            else:
                self.ws.receive_data(data)
                self.connected = self._handle_events() and self.connected
        if self.input_buffer:
            message: str | bytes = self.input_buffer.pop(0)
            return message
        raise simple_websocket.ConnectionClosed(self.close_reason, self.close_message)


class StockWebSocket:
    """What python-engineio asks of a WebSocket: called with a request, it runs `handler` with itself until the end."""

    def __init__(self, handler: Callable[["StockWebSocket"], list[bytes]], server: object) -> None:  # noqa: ARG002
        self._handler = handler
        self._unsent = handler.__self__.queue  # type: ignore[attr-defined]  # a method of the Engine.IO socket
        self._connection: Any = None

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., object]) -> Iterable[bytes]:
        try:
            self._connection = _Connection(environ)
        except Exception:  # noqa: BLE001 - whatever is wrong with a handshake is the mistake of the client
            start_response("400 Bad Request", [("Content-Length", "0"), ("Connection", "close")])
            return []
        try:
            return self._handler(self)
        finally:
            self._hang_up()
            self._connection.sock.close()

    def wait(self) -> str | bytes | None:
        """The next message, or None when there will be none. Nothing is read while too much is unsent."""
        gevent.sleep(0)  # a client that sends without a pause must not have the process to itself
        while self._connection.connected and self._unsent.qsize() > _MOST_UNSENT:
            gevent.sleep(0.05)
        try:
            message: str | bytes = self._connection.receive()
        except (simple_websocket.ConnectionClosed, LocalProtocolError, OSError):
            return None
        # python-engineio does not expect what is no packet, and would leave the connection half open.
        return message if isinstance(message, bytes) or message[:1] in _PACKET_TYPES else None

    def send(self, message: str | bytes) -> None:
        """Write the message whole; raises OSError when the other side is gone or takes nothing."""
        try:
            self._connection.send(message)
        except (simple_websocket.ConnectionClosed, LocalProtocolError) as error:
            raise OSError("closed") from error

    def close(self) -> None:
        """Say goodbye, and end the connection even if the client does not answer."""
        with suppress(simple_websocket.ConnectionClosed, LocalProtocolError, OSError):
            self._connection.close()
        gevent.spawn_later(_GOODBYE, self._hang_up)

    def _hang_up(self) -> None:
        with suppress(OSError):
            self._connection.sock.shutdown(socket.SHUT_RDWR)
