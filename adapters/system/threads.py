"""Native threads for work that would hold up the event loop: hashing, and syncing to disk."""

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Final, TypeVar

from gevent.threadpool import ThreadPool

from chat_domain.model.errors import Unavailable

Result = TypeVar("Result")

_STEPS_BACK: Final = 10
"""Of the twenty that a system knows: a tenth is left of a processor that the event loop wants as well."""

_LAST: Final = 19


class NativeThreads:
    """At most `size` functions run at once, each in a thread of the system, and at most `waiting` more wait.

    In the `background` they give way to everything else that wants the processors, where the system can tell threads
    apart (Linux).
    """

    def __init__(self, *, size: int, waiting: int, background: bool = False) -> None:
        self._pool = ThreadPool(size)
        self._most = size + waiting
        self._taken = 0
        self._lock = Lock()
        self._gives_way = background and sys.platform == "linux"
        self._nice = min(os.getpriority(os.PRIO_PROCESS, 0) + _STEPS_BACK, _LAST)

    def run(self, function: Callable[[], Result]) -> Result:
        """What the function returns or raises; other greenlets go on meanwhile. Raises Unavailable when full."""
        with self._lock:
            if self._taken >= self._most:
                raise Unavailable
            self._taken += 1
        try:
            return self._pool.apply(self._politely, (function,)) if self._gives_way else self._pool.apply(function)
        finally:
            with self._lock:
                self._taken -= 1

    def _politely(self, function: Callable[[], Result]) -> Result:
        with suppress(OSError):  # where that is forbidden it hashes as it is
            os.setpriority(os.PRIO_PROCESS, 0, self._nice)  # on Linux that is this thread
        return function()
