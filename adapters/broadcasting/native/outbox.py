"""Where frames for the clients wait, and when they leave.

Every connection has an `out`, to which ready-made frames are appended. Nothing else is ever written to a socket, so
the order of the appends is the order on the wire, and a frame is never cut or mixed with another. What an `out` does
with a frame depends on its client: nearly all are plain lists, written at the end of the event loop's turn.
"""

from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any, Final, Protocol

from gevent import get_hub

_A_BUSY_FLUSH: Final = 50
"""Connections; when so many are written to at a time, it pays to wait for more to write."""

_REST: Final = 2.0
"""Times as long as a busy flush took the next one waits, so that writing leaves time for all else."""

_LONGEST_REST: Final = 0.008
"""Seconds: 200 messages a second in a room of 1,000 cost 2.5 times less with it, and no user sees a delay."""


class Flushed(Protocol):
    """The transport of a connection."""

    def flush(self) -> None:
        """Write what waits in `out`; never blocks, never raises."""


class Writer(Protocol):
    """A connection, as the outbox sees it."""

    out: Any
    """Has `append(frame)`, and is false when nothing waits in it."""

    @property
    def transport(self) -> Flushed: ...


class Outbox:
    """Writes what was appended in a turn of the event loop at its end, with one `send` for each connection."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock  # seconds
        self._dirty: list[Writer] = []
        self._is_scheduled = False
        self._not_before = 0.0

    def add(self, writer: Writer, frame: bytes) -> None:
        """Send a frame to one connection."""
        if not writer.out:
            self._dirty.append(writer)
            self._schedule()
        writer.out.append(frame)

    def send_to_all(self, writers: Iterable[Writer], frame: bytes) -> None:
        """Send the same frame to many connections; `writers` must not change meanwhile, and nothing here makes them."""
        dirty = self._dirty
        for writer in writers:
            out = writer.out
            if not out:
                dirty.append(writer)
            out.append(frame)
        if dirty:
            self._schedule()

    def flush(self) -> None:
        """Write everything now."""
        dirty, self._dirty, self._is_scheduled = self._dirty, [], False
        began = self._clock()
        for writer in dirty:
            writer.transport.flush()
        ended = self._clock()
        rest = min(_REST * (ended - began), _LONGEST_REST) if len(dirty) >= _A_BUSY_FLUSH else 0.0
        self._not_before = ended + rest

    def _schedule(self) -> None:
        if self._is_scheduled:
            return
        self._is_scheduled = True
        pause = self._not_before - self._clock()
        loop = get_hub().loop
        if pause <= 0:
            loop.run_callback(self.flush)
        else:
            # The loop's own time may be as old as its turn, and a timer counts from there: update it.
            loop.timer(pause).start(self.flush, update=True)


class Discard:
    """The `out` of a connection that has ended: frames are dropped. It is never false, so that nothing is flushed."""

    def append(self, frame: bytes, /) -> None: ...

    def __bool__(self) -> bool:
        return True


DISCARD: Final = Discard()
