"""A WebSocket client without manners: it sends any bytes, and reads only when told to."""

import base64
import os
import socket
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple, Protocol

from tests.integration.servers.parley import ParleyServer

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
ADDRESS = "/socket.io/?EIO=4&transport=websocket"


class Listening(Protocol):
    """A server on 127.0.0.1."""

    @property
    def port(self) -> int: ...


class Frame(NamedTuple):
    """One frame that the server sent."""

    opcode: int
    payload: bytes


class Hung(Exception):
    """The server closed the connection."""


class RawWebSocket:
    """One connection. `receive_buffer` makes it a slow reader."""

    def __init__(
        self,
        server: Listening,
        *,
        path: str = ADDRESS,
        headers: Mapping[str, str] | None = None,
        receive_buffer: int | None = None,
    ) -> None:
        self._socket = socket.socket()
        if receive_buffer:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.settimeout(10)
        self._socket.connect(("127.0.0.1", server.port))
        self._buffer = b""
        asked = {
            "Host": f"127.0.0.1:{server.port}",
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(),
            **(headers or {}),
        }
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in asked.items() if value), "", ""]
        self._socket.sendall("\r\n".join(lines).encode())
        self.reply = self._read_until(b"\r\n\r\n").decode()

    def send(self, payload: bytes | str, opcode: int = TEXT, *, last: bool = True, length: int | None = None) -> None:
        """Send a frame, which may lie about its length."""
        data = payload.encode() if isinstance(payload, str) else payload
        self._socket.sendall(a_frame(data, opcode, last=last, length=length))

    def send_bytes(self, data: bytes) -> None:
        """Send what may be no frame."""
        self._socket.sendall(data)

    def read(self) -> Frame:
        """The next frame, which may say goodbye; raises Hung at the end of the connection."""
        first, length = self._take(2)
        assert first & 0x70 == 0, f"reserved bits in {first:#x}: this is no start of a frame"
        assert first & 0x80, "the server sends messages in one frame"
        if length == 126:
            (length,) = struct.unpack("!H", self._take(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", self._take(8))
        return Frame(first & 0x0F, self._take(length))

    def text(self) -> str:
        """The next message."""
        frame = self.read()
        assert frame.opcode == TEXT, frame
        return frame.payload.decode()

    def end(self) -> list[Frame]:
        """What comes until the server closes the connection."""
        frames = []
        try:
            while True:
                frames.append(self.read())
        except (Hung, ConnectionError):
            return frames

    def log_in(self, token: str) -> None:
        """Speak for the user of this token; raises if that is refused."""
        assert self.text().startswith("0{")
        self.send(f'40{{"token":"{token}"}}')
        while (answer := self.text()).startswith("42"):
            """What is pushed may overtake the answer; official clients keep it until they are connected."""
        assert answer.startswith("40{"), answer

    def ack(self, event: str) -> str:
        """Send `421[...]` as it is given, and return the ack, dropping what comes before."""
        self.send(f"421{event}")
        while not (message := self.text()).startswith("431"):
            pass
        return message[3:]

    def close(self) -> None:
        self._socket.close()

    def _take(self, count: int) -> bytes:
        while len(self._buffer) < count:
            self._receive()
        taken, self._buffer = self._buffer[:count], self._buffer[count:]
        return taken

    def _read_until(self, mark: bytes) -> bytes:
        while mark not in self._buffer:
            self._receive()
        found, self._buffer = self._buffer.split(mark, 1)
        return found

    def _receive(self) -> None:
        data = self._socket.recv(65536)
        if not data:
            raise Hung
        self._buffer += data


def a_frame(
    payload: bytes, opcode: int = TEXT, *, last: bool = True, length: int | None = None, compressed: bool = False
) -> bytes:
    """A client's frame, which may lie about its length, with a mask of nothing."""
    first = opcode | (0x80 if last else 0) | (0x40 if compressed else 0)
    return _head(first, len(payload) if length is None else length) + bytes(4) + payload


def _head(first: int, length: int) -> bytes:
    if length < 126:
        return struct.pack("!BB", first, 0x80 | length)
    if length < 1 << 16:
        return struct.pack("!BBH", first, 0x80 | 126, length)
    return struct.pack("!BBQ", first, 0x80 | 127, length)


@contextmanager
def a_websocket(
    server: ParleyServer,
    *,
    path: str = ADDRESS,
    headers: Mapping[str, str] | None = None,
    receive_buffer: int | None = None,
) -> Iterator[RawWebSocket]:
    """An open connection, closed afterwards."""
    client = RawWebSocket(server, path=path, headers=headers, receive_buffer=receive_buffer)
    try:
        yield client
    finally:
        client.close()
