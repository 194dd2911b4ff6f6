"""From an HTTP request to a WebSocket, in the greenlet of the request, which is free again afterwards."""

import _socket  # the plain socket: gevent's own would wait
import base64
import binascii
import hashlib
import os
import socket
from collections.abc import Callable, Iterable
from typing import Any, Final

import gevent

from adapters.broadcasting.native.engine import EngineSocket, Polling
from adapters.broadcasting.native.frames import GOING_AWAY, TEXT, FrameError, FrameReader, text_frame
from adapters.broadcasting.native.outbox import DISCARD
from adapters.broadcasting.native.packets import PROBE, PROBE_ANSWER, UPGRADE
from adapters.broadcasting.native.websocket import WebSocket

UPGRADED_WITHIN: Final = 10.0
"""Seconds that a client which polls has to change over."""

_MOST_IN_THE_SYSTEM: Final = 128 * 1024
"""Bytes that the system may keep for a client beside the backlog. On its own it would go up to 4 MiB for each."""

_GUID: Final = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_KEY_BYTES: Final = 16
_NOTHING: Final[Iterable[bytes]] = ()  # no list, which python-engineio would take for packets to answer with


def upgrade(engine: EngineSocket, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer a request for a WebSocket, and let the connection speak through it; the request is over then."""
    key = environ.get("HTTP_SEC_WEBSOCKET_KEY", "")
    if environ.get("HTTP_SEC_WEBSOCKET_VERSION") != "13" or not _is_key(key):
        if not engine.connected:
            engine.connection.end("transport error")
        start_response("400 Bad Request", [("Content-Length", "0"), ("Connection", "close")])
        return _NOTHING
    sock, reader = _take_over(environ["wsgi.input"])
    try:
        if engine.connected:
            if _probe(engine, sock, reader, _answer(key)):
                _switch(engine, sock, reader)
        else:
            engine.connected = True
            _switch(engine, sock, reader, _answer(key))
            engine.queue = None  # a client with a WebSocket does not poll
    finally:
        if sock.fileno() >= 0:  # no WebSocket took it, and it must not be read from as HTTP any more
            os.close(sock.detach())
    return _NOTHING


def _is_key(key: str) -> bool:
    try:
        return len(base64.b64decode(key, validate=True)) == _KEY_BYTES
    except (binascii.Error, ValueError):
        return False


def _answer(key: str) -> bytes:
    accept = base64.b64encode(hashlib.sha1(key.encode() + _GUID, usedforsecurity=False).digest())
    return (
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
    )


def _take_over(stream: Any) -> tuple[Any, FrameReader]:  # noqa: ANN401 - gevent's buffered reader
    """The socket of the request, and a reader that has what was read from it already."""
    sock = stream.raw._sock
    sock.settimeout(0)  # so that looking into the buffer waits for nothing
    reader = FrameReader()
    reader.feed(stream.peek())
    return sock, reader


def _probe(engine: EngineSocket, sock: Any, reader: FrameReader, answer: bytes) -> bool:  # noqa: ANN401 - gevent's
    """Exchange the probe by which a client that polls makes sure that its WebSocket works; whether it succeeded."""
    sock.settimeout(UPGRADED_WITHIN)
    engine.upgrading = True
    try:
        with gevent.Timeout(UPGRADED_WITHIN, TimeoutError()):
            sock.sendall(answer)
            if _next(sock, reader) != PROBE:
                return False
            sock.sendall(text_frame(PROBE_ANSWER))
            engine.end_poll()
            return _next(sock, reader) == UPGRADE and not engine.upgraded
    except (FrameError, OSError):
        return False
    finally:
        engine.upgrading = False


def _next(sock: Any, reader: FrameReader) -> bytes:  # noqa: ANN401 - gevent's
    """The next message; raises OSError when there is none."""
    while (found := reader.read()) is None or found[0] != TEXT:
        if found is None:
            data = sock.recv(1024)
            if not data:
                raise ConnectionResetError
            reader.feed(data)
    return found[1]


def _switch(engine: EngineSocket, sock: Any, reader: FrameReader, answer: bytes = b"") -> None:  # noqa: ANN401
    connection = engine.connection
    if engine.closed or not isinstance(connection.transport, Polling):
        return
    engine.upgraded = True
    plain = _socket.socket(fileno=sock.detach())
    plain.setblocking(False)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _MOST_IN_THE_SYSTEM)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.out = [answer] if answer else []
    connection.out += engine.unsent()
    connection.transport = transport = WebSocket(connection, plain, reader)
    transport.begin()
    if connection.has_ended:  # during the probe; its last frames go out over the WebSocket now
        transport.close(GOING_AWAY, "")
        connection.out = DISCARD
