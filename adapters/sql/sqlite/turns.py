"""Taking turns: one at a time, first come, first served, and not too many waiting."""

from collections import deque
from threading import Event, Lock

from chat_domain.model.errors import Unavailable


class Turn:
    """A place in the queue; `wait` returns when its turn has come."""

    def __init__(self) -> None:
        self._come = Event()
        self.wait = self._come.wait
        self.begin = self._come.set


class Turns:
    """Threads and greenlets alike may take turns. A turn is ended by `hand_on` or `leave`."""

    def __init__(self, most_waiting: int) -> None:
        self._most_waiting = most_waiting
        self._mutex = Lock()
        self._current: Turn | None = None
        self._waiting: deque[Turn] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return len(self._waiting)

    def queue(self) -> Turn:
        """A turn to wait for; raises Unavailable when too many wait."""
        turn = Turn()
        with self._mutex:
            if len(self._waiting) >= self._most_waiting:
                raise Unavailable(retry_after=1)
            self._waiting.append(turn)
            if self._current is None:
                self._begin_next()
        return turn

    def withdraw(self, turn: Turn) -> bool:
        """Leave the queue, after an interruption; False if the turn has come and is still to be ended."""
        with self._mutex:
            if turn is self._current:
                return False
            self._waiting.remove(turn)
            return True

    def hand_on(self) -> bool:
        """End the turn if another is waited for; else keep it, and return False."""
        with self._mutex:
            if self._waiting:
                self._begin_next()
                return True
            return False

    def leave(self) -> None:
        """End the turn."""
        with self._mutex:
            self._begin_next()

    def _begin_next(self) -> None:
        self._current = self._waiting.popleft() if self._waiting else None
        if self._current:
            self._current.begin()
