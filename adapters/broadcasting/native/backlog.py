"""The frames that wait for a client which does not take them as fast as they come."""

from collections.abc import Callable, Iterable
from typing import Final

MOST_WAITING: Final = 1 << 20
"""Bytes that may wait for one client before its connection is ended; the client heals by `sync`. The last message may
go beyond."""

_AT_A_TIME: Final = 64 * 1024


class Backlog:
    """The `out` of such a client's connection. It is never false, so that the outbox leaves writing to the WebSocket.

    Frames are kept as they are, so that many clients share the memory of one. `overflow` is called for each frame that
    comes when more waits than may.
    """

    __slots__ = ("_frames", "_overflow", "_waiting")

    def __init__(self, frames: Iterable[bytes | memoryview], overflow: Callable[[], None]) -> None:
        self._frames = list(frames)
        self._waiting = sum(map(len, self._frames))
        self._overflow = overflow

    def __bool__(self) -> bool:
        return True

    @property
    def is_empty(self) -> bool:
        """Whether the client has got everything."""
        return not self._frames

    def append(self, frame: bytes, /) -> None:
        """Keep the frame, or call `overflow`."""
        if self._waiting > MOST_WAITING:
            self._overflow()
        else:
            self._frames.append(frame)
            self._waiting += len(frame)

    def finish(self, frame: bytes, *, dropping: bool) -> None:
        """The last frame. With `dropping` all others go, but for the rest of one that was sent in part."""
        if dropping:
            self._frames = [rest for rest in self._frames[:1] if isinstance(rest, memoryview)]
        self._frames.append(frame)

    def head(self) -> bytes:
        """The bytes to write next."""
        count = size = 0
        while count < len(self._frames) and size < _AT_A_TIME:
            size += len(self._frames[count])
            count += 1
        return b"".join(self._frames[:count])

    def sent(self, size: int) -> None:
        """So many bytes of the head were written."""
        self._waiting -= size
        whole = 0
        while whole < len(self._frames) and size >= len(self._frames[whole]):
            size -= len(self._frames[whole])
            whole += 1
        del self._frames[:whole]
        if size:
            self._frames[0] = memoryview(self._frames[0])[size:]
