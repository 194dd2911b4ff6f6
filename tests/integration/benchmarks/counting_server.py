"""A chat server that knows exactly what it sent: every message goes to everybody, as often as it is told to."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress

_ANSWER = (
    b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n"
)
_OPEN = '0{"sid":"s","upgrades":[],"pingInterval":3600000,"pingTimeout":20000,"maxPayload":65536}'
_EVENT = re.compile(r"42(\d*)(\[.*\])")


class CountingServer:
    """Serves on `port` until closed. `copies` says how often a delivery is made, by its number from 0.

    `ack` is what an acknowledged event gets; what it is told to all takes `delay` seconds to leave.
    """

    def __init__(self, *, copies: Callable[[int], int] = lambda _: 1, ack: object = None, delay: float = 0.0) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.messages = self.delivered = 0
        self._copies, self._ack, self._delay = copies, ack, delay
        self._deliveries = 0
        self._members: list[socket.socket] = []
        self._mutex = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=self._serve, args=[self._listener.accept()[0]], daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as incoming, suppress(ConnectionError):
            while incoming.readline() != b"\r\n":
                pass
            client.sendall(_ANSWER + _frame(_OPEN))
            while head := incoming.read(2):
                length = head[1] & 127
                if length == 126:
                    length = int.from_bytes(incoming.read(2))
                assert incoming.read(4) == bytes(4)  # the mask
                self._take(client, incoming.read(length).decode())

    def _take(self, client: socket.socket, packet: str) -> None:
        if packet.startswith("40"):
            self._members.append(client)
            client.sendall(_frame('40{"sid":"s"}'))
        elif event := _EVENT.fullmatch(packet):
            with self._mutex:
                self._pass_on(client, event[1], json.loads(event[2])[1])

    def _pass_on(self, sender: socket.socket, ack: str, payload: dict[str, object]) -> None:
        self.messages += 1
        time.sleep(self._delay)
        frame = _frame(f"42{json.dumps(['receive_message', payload])}")
        for member in self._members:
            copies = self._copies(self._deliveries)
            self._deliveries += 1
            self.delivered += copies
            member.sendall(frame * copies)
        if ack:
            sender.sendall(_frame(f"43{ack}{json.dumps([self._ack])}"))


def _frame(text: str) -> bytes:
    data = text.encode()
    assert len(data) < 1 << 16
    return b"\x81" + (bytes([len(data)]) if len(data) < 126 else b"\x7e" + len(data).to_bytes(2)) + data
