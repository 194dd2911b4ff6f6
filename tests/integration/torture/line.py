"""A lean Socket.IO line: WebSocket, Engine.IO 4 and Socket.IO 5 in one asyncio protocol. It trusts no frame."""

import asyncio
import base64
import os
import socket
import time
from collections.abc import Callable
from typing import Any

import orjson

from tests.integration.torture.frames import CLOSE, PING, PONG, TEXT, frame, take_frame

Heard = Callable[[str, Any], None]
"""Takes the name and the payload of an event."""


class Refusal(Exception):
    """The server said no: `status` and `code` of the problem object."""

    def __init__(self, problem: dict[str, Any]) -> None:
        super().__init__(problem.get("detail"))
        self.status = int(problem.get("status", 0))
        self.code = str(problem.get("code", ""))


class NoAnswer(Exception):
    """The connection went away, or nothing came in time."""


class Line(asyncio.Protocol):
    """One connection. `lost` is done, with the reason, when it is gone."""

    def __init__(self, heard: Heard) -> None:
        self.lost: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.heard_at = time.monotonic()
        self._heard = heard
        self._buffer = bytearray()
        self._is_upgraded = False
        self._answers: dict[int, asyncio.Future[Any]] = {}
        self._letting_in: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count = 0
        self._token = ""

    async def log_in(self, token: str, within: float) -> None:
        """Return when the server let the user in; raises Refusal or NoAnswer."""
        self._token = token
        await self._await(self._letting_in, within)

    async def ask(self, event: str, payload: object, within: float) -> dict[str, Any]:
        """The data of the acknowledgement; raises Refusal or NoAnswer."""
        if self.lost.done():
            raise NoAnswer(self.lost.result())
        self._count += 1
        answer = self._answers[self._count] = asyncio.get_running_loop().create_future()
        self._say(b"42%d" % self._count + orjson.dumps([event, payload]))
        try:
            ack = await self._await(answer, within)
        finally:
            del self._answers[next(id for id, known in self._answers.items() if known is answer)]
        if "error" in ack:
            raise Refusal(ack["error"])
        return dict(ack["data"])

    def hang_up(self, why: str) -> None:
        """End it from this side."""
        if not self.lost.done():
            self.lost.set_result(why)
        self._transport.abort()

    def keep_little(self) -> None:
        """Have the system receive only a little that was not read yet."""
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)

    def pause(self) -> None:
        """Stop reading."""
        self._transport.pause_reading()

    def resume(self) -> None:
        """Read again."""
        self._transport.resume_reading()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        key = base64.b64encode(os.urandom(16)).decode()
        transport.write(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self.heard_at = time.monotonic()
        self._buffer += data
        try:
            if not self._is_upgraded:
                self._upgrade()
            while self._is_upgraded and self._take_frame():
                pass
        except (ValueError, KeyError, TypeError, IndexError) as error:
            self.hang_up(f"corrupt: {error!r}")

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.lost.done():
            self.lost.set_result(repr(exc) if exc else "closed")

    async def _await(self, future: asyncio.Future[Any], within: float) -> Any:
        await asyncio.wait({future, self.lost}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
        if future.done():
            return future.result()
        raise NoAnswer(self.lost.result() if self.lost.done() else "too late")

    def _upgrade(self) -> None:
        head, mark, rest = bytes(self._buffer).partition(b"\r\n\r\n")
        if not mark:
            return
        if not head.startswith(b"HTTP/1.1 101"):
            self.hang_up(head.split(b"\r\n")[0].decode("latin-1"))
            return
        self._is_upgraded, self._buffer = True, bytearray(rest)

    def _take_frame(self) -> bool:
        """Whether there was one, and there may be more."""
        found = take_frame(self._buffer)
        if found is None:
            return False
        if found.opcode == TEXT:
            self._take(found.payload)
        elif found.opcode == CLOSE:
            self.hang_up(f"closed with {found.payload!r}")
        elif found.opcode == PING:
            self._transport.write(frame(PONG, found.payload))
        return not self.lost.done()

    def _take(self, message: bytes) -> None:
        kind, rest = message[:1], message[1:]
        if kind == b"2":
            self._say(b"3")
        elif kind == b"4":
            self._take_packet(rest[:1], rest[1:])
        elif kind == b"0":
            orjson.loads(rest)
            self._say(b"40" + orjson.dumps({"token": self._token}))
        elif kind not in (b"1", b"6"):
            raise ValueError(f"a message begins with {message[:20]!r}")

    def _take_packet(self, kind: bytes, rest: bytes) -> None:
        if kind == b"2":
            self._heard(*orjson.loads(rest))
        elif kind == b"3":
            id, bracket, acks = rest.partition(b"[")
            (ack,) = orjson.loads(bracket + acks)
            if (answer := self._answers.get(int(id))) and not answer.done():
                answer.set_result(ack)
        elif kind == b"0":
            self._let_in(None)
        elif kind == b"4":
            self._let_in(Refusal(orjson.loads(rest)["data"]))
        elif kind == b"1":
            self.hang_up("told to leave")
        else:
            raise ValueError(f"a packet of kind {kind!r}")

    def _let_in(self, refusal: Refusal | None) -> None:
        if self._letting_in.done():
            return
        if refusal:
            self._letting_in.set_exception(refusal)
        else:
            self._letting_in.set_result(None)

    def _say(self, message: bytes) -> None:
        self._transport.write(frame(TEXT, message))


async def open_line(port: int, token: str, heard: Heard, within: float = 5) -> Line:
    """A line of the user of this token; raises Refusal or NoAnswer."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(within):
            _, line = await loop.create_connection(lambda: Line(heard), "127.0.0.1", port)
    except (OSError, TimeoutError) as error:
        raise NoAnswer(repr(error)) from error
    try:
        await line.log_in(token, within)
    except BaseException:
        line.hang_up("not let in")
        raise
    return line
