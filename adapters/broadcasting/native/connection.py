"""One client: what it has sent and is still to be handled, what it is still to be told, and its end."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol

from adapters.broadcasting.native.frames import GOING_AWAY, NOT_TEXT, PROTOCOL_ERROR, text_frame
from adapters.broadcasting.native.outbox import NOWHERE, Outbox
from adapters.broadcasting.native.packets import Malformed, attachments
from adapters.broadcasting.native.workers import Workers
from chat_domain.model.identifiers import RoomId, SessionId, UserId

_AT_A_TIME: Final = 16
"""Events of one client that are handled before it is another's turn."""

_MUCH: Final = 64 * 1024
"""Bytes of answers to one client, after which they are written before its next event is handled."""

_MOST_UNHANDLED: Final = 64
_LARGEST_UNHANDLED: Final = 64 * 1024
"""Events, and bytes of events, of one client that may wait; until they are fewer, nothing is read from it."""


class Engine(Protocol):
    """The Engine.IO socket, by which python-engineio knows the connection."""

    sid: str

    def retire(self) -> None:
        """From now on nobody finds it."""

    def finish(self, reason: str) -> None:
        """Tell everybody who wants to know that the connection has ended. May wait."""


class Line(Protocol):
    """What a connection speaks through."""

    def flush(self) -> None:
        """Write what waits in the connection's `out`; never blocks, never raises."""

    def read_on(self) -> None:
        """Go on reading, if reading was stopped because the connection was full."""

    def close(self, code: int, reason: str) -> None:
        """Write what waits and say goodbye, let go of the line, and retire the Engine.IO socket; never blocks.

        Raises nothing. Whoever polls is given some time to fetch what waits.
        """


class Connection:
    """An Engine.IO connection, whatever it speaks through.

    `take` and `end` may be called in the event loop itself: they never wait. What the client asks for is handled by a
    worker, one event at a time and in order, and so is its end.
    """

    __slots__ = (
        "_announced", "_busy", "_converse", "_inbox", "_outbox", "_reason", "_said", "_size", "_workers",
        "alive", "engine", "leave", "line", "out", "rooms", "session", "user",
    )  # fmt: skip

    def __init__(
        self,
        engine: Engine,
        *,
        out: Any,  # noqa: ANN401 - an Out
        line: Line,
        outbox: Outbox,
        workers: Workers,
        converse: Callable[[Connection, bytes], None],
    ) -> None:
        self.engine = engine
        self.out = out
        self.line = line
        self.alive = True  # has answered the last ping
        self.leave: Callable[[Connection], None] | None = None  # called once, at the end
        self.rooms: set[RoomId] = set()  # these three are the audience's
        self.user: UserId | None = None
        self.session: SessionId | None = None
        self._outbox, self._workers, self._converse = outbox, workers, converse
        self._inbox: deque[bytes] = deque()
        self._size = 0  # bytes in the inbox
        self._said = 0  # bytes of answers since its turn began
        self._announced = 0  # attachments that are still to come
        self._busy = False  # with a worker, or on the way to one
        self._reason: str | None = None  # why it has ended

    @property
    def has_ended(self) -> bool:
        """Whether nothing more is said to it or taken from it."""
        return self._reason is not None

    @property
    def is_full(self) -> bool:
        """Whether it has sent more than may wait to be handled."""
        return len(self._inbox) >= _MOST_UNHANDLED or self._size >= _LARGEST_UNHANDLED

    def say(self, message: bytes) -> None:
        """Send an Engine.IO packet."""
        self._said += len(message)
        self._outbox.add(self, text_frame(message))

    def write(self, frame: bytes) -> None:
        """Send a WebSocket frame."""
        self._outbox.add(self, frame)

    def take(self, packet: bytes) -> None:
        """An Engine.IO packet came from the client. What is none ends the connection."""
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
        """Binary data came. What an event announced is dropped, and that event is refused by its answer."""
        if self._announced:
            self._announced -= 1
        else:
            self.end("transport error", NOT_TEXT, "only text is understood")

    def end(self, reason: str, code: int = GOING_AWAY, note: str = "") -> None:
        """End it, unless it has ended: what waits to be said is sent, then a goodbye with this WebSocket close code.

        What the client had asked for before is still done. `reason` is for python-socketio's disconnect handlers.
        """
        if self._reason is not None:
            return
        self._reason = reason
        if self.leave:
            self.leave(self)
        self.line.close(code, note)
        self.out = NOWHERE
        self._submit()

    def dismiss(self, last_words: list[bytes]) -> None:
        """End it by the server's will, with these messages; nothing is done any more that the client asked for."""
        for message in last_words:
            self.say(message)
        self._inbox.clear()
        self._size = 0
        self.end("server disconnect", note="dismissed")

    def work(self) -> bool:
        """Handle some of what the client sent, and its end; for the workers."""
        for _ in range(min(len(self._inbox), _AT_A_TIME)):
            if not self._inbox:  # it was dismissed meanwhile
                break
            packet = self._inbox.popleft()
            self._size -= len(packet)
            self._handle(packet)
            if not self.is_full:
                self.line.read_on()
            if self._said > _MUCH:
                break
        self._said = 0
        if not self._inbox and self._reason is not None:
            self.engine.finish(self._reason)
        self._busy = bool(self._inbox)
        return self._busy

    def _handle(self, packet: bytes) -> None:
        try:
            self._converse(self, packet)
        except Malformed as error:
            self._inbox.clear()
            self._size = 0
            self.end("transport error", PROTOCOL_ERROR, str(error))

    def _submit(self) -> None:
        if not self._busy:
            self._busy = True
            self._workers.submit(self)
