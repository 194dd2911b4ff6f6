"""A WebSocket without a greenlet: two callbacks of the event loop that never wait."""

from __future__ import annotations

import _socket
import socket
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from gevent import get_hub

from adapters.broadcasting.native.backlog import Backlog
from adapters.broadcasting.native.frames import (
    BINARY,
    CLOSE,
    PING,
    TEXT,
    TOO_SLOW,
    FrameError,
    FrameReader,
    close_code,
    close_frame,
    pong_frame,
)
from adapters.broadcasting.native.outbox import DISCARD

if TYPE_CHECKING:
    from adapters.broadcasting.native.connection import Connection

_READABLE: Final = 1  # libev's
_WRITABLE: Final = 2
_CHUNK: Final = 16 * 1024
_GOODBYE: Final = 10.0
"""Seconds that a client has to take what waits for it and to close its side after ours."""


class WebSocket:
    """The transport of a connection over WebSocket. It owns the socket, which must not block.

    `reader` has what was read already. Frames leave by `flush`, straight from the connection's `out`, or if the client
    does not take them all, bit by bit from a backlog.
    """

    __slots__ = (
        "_backlog",
        "_connection",
        "_is_paused",
        "_readable",
        "_reader",
        "_send",
        "_sock",
        "_timer",
        "_writable",
    )

    def __init__(self, connection: Connection, sock: _socket.socket, reader: FrameReader) -> None:
        self._connection = connection
        self._sock = sock
        self._send = sock.send
        self._reader = reader
        self._backlog: Backlog | None = None
        self._is_paused = False
        self._timer: Any = None
        self._writable: Any = None
        self._readable: Any = get_hub().loop.io(sock.fileno(), _READABLE)

    def begin(self) -> None:
        """Write what waits, take what was read, and listen."""
        self._readable.start(self._on_readable)
        self.flush()
        if not self._connection.has_ended:
            self._take()

    def flush(self) -> None:
        """Write what waits in the connection's `out`, unless it has stalled or ended."""
        out = self._connection.out
        if type(out) is not list or not out:
            return
        data = out[0] if len(out) == 1 else b"".join(out)
        try:
            sent = self._send(data)
        except BlockingIOError:
            sent = 0
        except OSError:
            self._lose()
            return
        if sent != len(data):
            self._stall(out, sent)
        else:
            out.clear()

    def read_on(self) -> None:
        """Read again, if that was stopped because the connection was full."""
        if self._is_paused:
            self._is_paused = False
            self._take()
            if not self._is_paused and self._readable is not None:
                self._readable.start(self._on_readable)

    def close(self, code: int, reason: str) -> None:
        """Write what waits and a close frame, then let the client finish; what it sends is not looked at any more."""
        self._connection.engine.retire()
        self._reader = FrameReader()  # what was read and not handled must not stay until all of this is collected
        self._is_paused = False  # or a worker that goes on would have what is only to be discarded read again
        if self._readable is None:
            return
        self._readable.stop()
        frame = close_frame(code, reason)
        if self._backlog:
            self._backlog.finish(frame, dropping=code == TOO_SLOW)
        else:
            self._connection.out.append(frame)
            self.flush()
            if self._readable is None:
                return
        self._readable.start(self._discard)
        self._timer = get_hub().loop.timer(_GOODBYE)
        self._timer.start(self._release)
        if not self._backlog:
            self._shut_down()

    def _on_readable(self) -> None:
        try:
            data = self._sock.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._lose()
            return
        self._reader.feed(data)
        self._take()

    def _take(self) -> None:
        """Hand on what has been read, until that is all or the connection is full or at its end."""
        connection = self._connection
        try:
            while not connection.is_full:
                found = self._reader.read()
                if found is None or connection.has_ended:
                    return
                opcode, payload = found
                if opcode == TEXT:
                    connection.take(payload)
                else:
                    self._take_other(opcode, payload)
        except FrameError as error:
            connection.end("transport error", error.code, str(error))
        else:
            self._is_paused = True
            self._readable.stop()

    def _take_other(self, opcode: int, payload: bytes) -> None:
        if opcode == BINARY:
            self._connection.drop_attachment()
        elif opcode == PING:
            self._connection.write(pong_frame(payload))
        elif opcode == CLOSE:
            self._connection.end("transport close", close_code(payload))

    def _stall(self, out: list[bytes], sent: int) -> None:
        self._connection.out = self._backlog = Backlog(out, self._overflow)
        self._backlog.sent(sent)
        self._writable = get_hub().loop.io(self._sock.fileno(), _WRITABLE)
        self._writable.start(self._on_writable)

    def _overflow(self) -> None:
        # Not at once: the audience is iterating over the connections of a room, which this one would leave.
        self._connection.out = DISCARD
        get_hub().loop.run_callback(self._connection.end, "transport error", TOO_SLOW, "too slow; sync")

    def _on_writable(self) -> None:
        backlog = self._backlog
        if backlog is None:
            return
        try:
            backlog.sent(self._send(backlog.head()))
        except BlockingIOError:
            return
        except OSError:
            self._lose()
            return
        if backlog.is_empty:
            _stop(self._writable)
            self._writable = self._backlog = None
            if self._connection.has_ended:
                self._shut_down()
            elif self._connection.out is backlog:
                self._connection.out = []

    def _shut_down(self) -> None:
        with suppress(OSError):
            self._sock.shutdown(socket.SHUT_WR)

    def _discard(self) -> None:
        try:
            if self._sock.recv(_CHUNK):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._release()

    def _lose(self) -> None:
        """The client is gone."""
        self._release()
        self._connection.end("transport close")

    def _release(self) -> None:
        for watcher in (self._readable, self._writable, self._timer):
            _stop(watcher)
        self._readable = self._writable = self._timer = self._backlog = None
        self._sock.close()


def _stop(watcher: Any) -> None:  # noqa: ANN401 - gevent's
    if watcher is not None:
        watcher.stop()
        watcher.close()
