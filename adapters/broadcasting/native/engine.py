"""The Engine.IO socket of python-engineio, speaking through a connection of ours, and its polling."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import gevent
from engineio.exceptions import EngineIOError
from engineio.socket import Socket
from gevent import get_hub

from adapters.broadcasting.native.backlog import MOST_WAITING
from adapters.broadcasting.native.connection import Connection
from adapters.broadcasting.native.frames import TOO_SLOW, text_frame, text_of
from adapters.broadcasting.native.packets import CLOSE, NOOP

_SEPARATOR: Final = b"\x1e"
_POLLING_ONLY: Final = (CLOSE.decode(), NOOP.decode())

FETCHED_WITHIN: Final = 5.0
"""Seconds that a client which polls has to fetch its last packets, or to change over to a WebSocket for them."""


class EngineSocket(Socket):  # type: ignore[misc]  # it has no types
    """The part of a connection that python-engineio and python-socketio hold on to.

    Its pings are the heartbeat's, its packets those of the connection; only the polling is left of the original.
    """

    connection: Connection
    sid: str
    queue: Any
    server: Any
    closed: bool

    def send(self, pkt: Any) -> None:  # noqa: ANN401 - an engineio.packet.Packet
        """Send an Engine.IO packet."""
        self.connection.send(pkt.encode().encode())

    def schedule_ping(self) -> None:
        """The heartbeat pings."""

    def check_ping_timeout(self) -> bool:
        """The heartbeat ends connections whose answer is late."""
        return True

    def poll(self) -> list[Any]:
        """Wait for packets, for a client that polls."""
        packets: list[Any] = super().poll()
        transport = self.connection.transport
        if isinstance(transport, Polling):
            transport.was_sent(packets)
        if self.connection.has_ended and self.queue.qsize() <= 1:  # but for the mark of the end
            self.retire()
        return packets

    def handle_post_request(self, environ: dict[str, Any]) -> None:
        """Take packets from a client that polls; raises EngineIOError for a body that is too large."""
        length = int(environ.get("CONTENT_LENGTH") or 0)
        if length > self.server.max_http_buffer_size:
            raise EngineIOError("too large")
        for packet in environ["wsgi.input"].read(length).split(_SEPARATOR):
            while self.connection.is_full:
                gevent.sleep(0.01)
            if self.connection.has_ended:
                raise EngineIOError("closed")
            self.connection.take(packet)

    def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:  # noqa: ARG002
        """End the connection; called again, drop what waits to be polled. Unlike the original it never waits."""
        if self.connection.has_ended:
            self.retire()
        else:
            self.connection.end(reason or self.server.reason.SERVER_DISCONNECT)

    def retire(self) -> None:
        """From now on python-engineio does not find the socket, and what waited to be polled is dropped."""
        self.closing = self.closed = True
        self.server.sockets.pop(self.sid, None)
        if self.queue:
            self.queue.queue.clear()  # this socket and its connection hold each other until garbage is collected
            self.end_poll()

    def finish(self, reason: str) -> None:
        """Tell python-socketio and its handlers of `disconnect` that the connection has ended. May wait."""
        self.server._trigger_event("disconnect", self.sid, reason, run_async=False)

    def unsent(self) -> Iterable[bytes]:
        """What waits to be polled, as frames; a poll that waits for it ends."""
        while self.queue.qsize():
            packet = self.queue.get()
            if packet and (text := packet.encode()) not in _POLLING_ONLY:
                yield text_frame(text.encode())
        self.end_poll()

    def end_poll(self) -> None:
        """Let a poll that waits come to its end."""
        self.queue.put(_Encoded(NOOP))


class _Encoded:
    """A packet as python-engineio's payloads want it."""

    __slots__ = ("text",)

    def __init__(self, text: bytes) -> None:
        self.text = text

    def encode(self, b64: bool = False) -> str:  # noqa: ARG002 - theirs
        return self.text.decode()


class Polling:
    """The transport and the `out` of a connection that polls: all goes to the queue of its Engine.IO socket."""

    def __init__(self, engine: EngineSocket) -> None:
        self._engine = engine
        self._waiting = 0

    def append(self, frame: bytes, /) -> None:
        """Put the text of the frame into the queue; where too much waits there, the connection is ended."""
        text = text_of(frame)
        self._engine.queue.put(_Encoded(text))
        was, self._waiting = self._waiting, self._waiting + len(text)
        if was <= MOST_WAITING < self._waiting:
            # Not at once: the audience may be iterating over the connections of a room.
            get_hub().loop.run_callback(self._engine.connection.end, "transport error", TOO_SLOW, "too slow; sync")

    def was_sent(self, packets: Iterable[object]) -> None:
        """The client has polled these packets."""
        self._waiting -= sum(len(packet.text) for packet in packets if isinstance(packet, _Encoded))

    def flush(self) -> None:
        """The client asks when it wants more."""

    def read_on(self) -> None:
        """There is nothing to resume: `handle_post_request` waits by itself."""

    def close(self, code: int, reason: str) -> None:  # noqa: ARG002 - these are WebSocket's
        """Send the goodbye by the reply to the poll that waits, or to the next."""
        self._engine.queue.put(_Encoded(CLOSE))
        self._engine.queue.put(None)
        get_hub().loop.timer(FETCHED_WITHIN).start(self._engine.retire)
