"""Native threads for work that would hold up the event loop: hashing, and syncing to disk."""

from collections.abc import Callable
from threading import Lock
from typing import TypeVar

from gevent.threadpool import ThreadPool

from chat_domain.model.errors import Unavailable

Result = TypeVar("Result")


class NativeThreads:
    """At most `size` functions run at once, each in a thread of the system, and at most `waiting` more wait."""

    def __init__(self, *, size: int, waiting: int) -> None:
        self._pool = ThreadPool(size)
        self._most = size + waiting
        self._taken = 0
        self._lock = Lock()

    def run(self, function: Callable[[], Result]) -> Result:
        """What the function returns or raises; other greenlets go on meanwhile. Raises Unavailable when full."""
        with self._lock:
            if self._taken >= self._most:
                raise Unavailable
            self._taken += 1
        try:
            return self._pool.apply(function)
        finally:
            with self._lock:
                self._taken -= 1
