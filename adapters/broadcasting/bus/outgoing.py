"""The items that wait to be published."""

from collections import deque
from typing import Final

_MOST: Final = 8 * 1024 * 1024
_LARGEST: Final = 64 * 1024


class Outgoing:
    """Items of JSON in the order in which they were put, at most 8 MiB of them: the oldest make room."""

    def __init__(self, most: int = _MOST) -> None:
        self._items: deque[bytes] = deque()
        self._size = 0
        self._most = most

    def __len__(self) -> int:
        return len(self._items)

    def put(self, item: bytes) -> None:
        """Add one item."""
        self._items.append(item)
        self._size += len(item)
        while self._size > self._most:
            self._next()

    def take(self) -> list[bytes]:
        """The next items: all, unless they are too much for one payload."""
        taken: list[bytes] = []
        until = max(self._size - _LARGEST, 0)
        while self._items and (not taken or self._size > until):
            taken.append(self._next())
        return taken

    def put_back(self, taken: list[bytes]) -> None:
        """These items could not be published: they are next again."""
        self._items.extendleft(reversed(taken))
        self._size += sum(map(len, taken))

    def _next(self) -> bytes:
        item = self._items.popleft()
        self._size -= len(item)
        return item
