"""The connection of one client: the packets that wait to be handled, the frames that wait to be sent, and its end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol

from adapters.broadcasting.native.frames import GOING_AWAY, NOT_TEXT, PROTOCOL_ERROR, text_frame
from adapters.broadcasting.native.outbox import DISCARD, Outbox
from adapters.broadcasting.native.packets import Malformed, attachments
from adapters.broadcasting.native.workers import Workers
from chat_domain.model.identifiers import RoomId, SessionId, UserId

_AT_A_TIME: Final = 16
"""Events of one client that are handled before it is the turn of another client."""

_MUCH: Final = 64 * 1024
"""Bytes of answers to one client, after which they are written before its next event is handled."""

_MOST_UNHANDLED: Final = 64
_LARGEST_UNHANDLED: Final = 64 * 1024
"""Events, and bytes of events, of one client that may wait; until they are fewer, nothing is read from it."""


class Engine(Protocol):
    """The Engine.IO socket, by which python-engineio knows the connection."""

    sid: str

    def retire(self) -> None:
        """From now on python-engineio does not find it."""

    def finish(self, reason: str) -> None:
        """Tell the handlers of `disconnect` that the connection has ended. May wait."""


class Transport(Protocol):
    """The WebSocket of a connection, or its polling."""

    def flush(self) -> None:
        """Write what waits in the connection's `out`; never blocks, never raises."""

    def read_on(self) -> None:
        """Go on reading, if reading was stopped because the connection was full."""

    def close(self, code: int, reason: str) -> None:
        """Write what waits and a goodbye, release the socket, and retire the Engine.IO socket; never blocks.

        Raises nothing. A client that polls is given some time to fetch what waits.
        """


class Connection:
    """An Engine.IO connection over either transport.

    `take` and `end` may be called in the event loop itself: they never wait. The events of the client are handled by a
    worker, one at a time and in order, and so is the end of the connection.
    """

    __slots__ = (
        "_announced", "_answered", "_busy", "_handle_packet", "_inbox", "_outbox", "_reason", "_size", "_workers",
        "alive", "engine", "leave", "out", "rooms", "session", "transport", "user",
    )  # fmt: skip

    def __init__(
        self,
        engine: Engine,
        *,
        out: Any,  # noqa: ANN401 - an Out
        transport: Transport,
        outbox: Outbox,
        workers: Workers,
        handle_packet: Callable[[Connection, bytes], None],
    ) -> None:
        self.engine = engine
        self.out = out
        self.transport = transport
        self.alive = True  # the client has answered the last ping
        self.leave: Callable[[Connection], None] | None = None  # called once, at the end
        self.rooms: set[RoomId] = set()  # these three are the audience's
        self.user: UserId | None = None
        self.session: SessionId | None = None
        self._outbox, self._workers, self._handle_packet = outbox, workers, handle_packet
        self._inbox: deque[bytes] = deque()
        self._size = 0  # bytes in the inbox
        self._answered = 0  # bytes of answers since its turn began
        self._announced = 0  # attachments that are still to come
        self._busy = False  # with a worker, or on the way to one
        self._reason: str | None = None  # why it has ended

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is sent to the client or taken from it."""
        return self._reason is not None

    @property
    def is_full(self) -> bool:
        """Whether the client has sent as much as may wait to be handled."""
        return len(self._inbox) >= _MOST_UNHANDLED or self._size >= _LARGEST_UNHANDLED

    def send(self, message: bytes) -> None:
        """Send an Engine.IO packet."""
        self._answered += len(message)
        self._outbox.add(self, text_frame(message))

    def write(self, frame: bytes) -> None:
        """Send a WebSocket frame."""
        self._outbox.add(self, frame)

    def take(self, packet: bytes) -> None:
        """Take an Engine.IO packet of the client. Bytes that are none end the connection."""
        match packet[:1]:
            case b"4":
                self._inbox.append(packet)
                self._size += len(packet)
                self._submit()
                if packet[1:2] == b"5":
                    self._announced += attachments(packet)
            case b"b":
                self.drop_attachment()
            case b"3":
                self.alive = True
            case b"1":
                self.end("client disconnect")
            case _:
                self.end("transport error", PROTOCOL_ERROR, "not a packet")

    def drop_attachment(self) -> None:
        """Drop binary data of the client: an attachment that an event announced, which is refused by its answer."""
        if self._announced:
            self._announced -= 1
        else:
            self.end("transport error", NOT_TEXT, "only text is understood")

    def end(self, reason: str, code: int = GOING_AWAY, note: str = "") -> None:
        """End the connection, unless it has ended: what waits is sent, then a goodbye with this WebSocket close code.

        Events that came before are still handled. `reason` is for python-socketio's disconnect handlers.
        """
        if self._reason is not None:
            return
        self._reason = reason
        if self.leave:
            self.leave(self)
        self.transport.close(code, note)
        self.out = DISCARD
        self._submit()

    def dismiss(self, last_messages: list[bytes]) -> None:
        """End the connection by the server's will, with these messages; events that wait are not handled any more."""
        for message in last_messages:
            self.send(message)
        self._inbox.clear()
        self._size = 0
        self.end("server disconnect", note="dismissed")

    def work(self) -> bool:
        """Handle some of the packets that wait, and the end of the connection; for the workers."""
        for _ in range(min(len(self._inbox), _AT_A_TIME)):
            if not self._inbox:  # the connection was dismissed meanwhile
                break
            packet = self._inbox.popleft()
            self._size -= len(packet)
            self._handle(packet)
            if not self.is_full:
                self.transport.read_on()
            if self._answered > _MUCH:
                break
        self._answered = 0
        if not self._inbox and self._reason is not None:
            self.engine.finish(self._reason)
        self._busy = bool(self._inbox)
        return self._busy

    def _handle(self, packet: bytes) -> None:
        try:
            self._handle_packet(self, packet)
        except Malformed as error:
            self._inbox.clear()
            self._size = 0
            self.end("transport error", PROTOCOL_ERROR, str(error))

    def _submit(self) -> None:
        if not self._busy:
            self._busy = True
            self._workers.submit(self)
