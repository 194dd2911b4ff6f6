"""The events that came over the bus and wait to be handed on."""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import gevent

from chat_domain.model.ephemeral import AnyEvent

_MOST: Final = 10_000
_AT_A_TIME: Final = 100
"""Events that are handed on before other greenlets have a turn."""


class Incoming:
    """Hands on in order, in a greenlet of its own: a subscriber may have to ask the storage, which takes a while.

    When too many wait they are dropped, and `overflow` is called.
    """

    def __init__(self, hand_on: Callable[[Sequence[AnyEvent]], None], overflow: Callable[[], None]) -> None:
        self._hand_on = hand_on
        self._overflow = overflow
        self._waiting: deque[AnyEvent] = deque()
        self._is_busy = False

    def put(self, events: Iterable[AnyEvent]) -> None:
        """Have these events handed on soon. Never waits."""
        self._waiting.extend(events)
        if len(self._waiting) > _MOST:
            self._waiting.clear()
            self._overflow()
        if self._waiting and not self._is_busy:
            self._is_busy = True
            gevent.spawn(self._work_off)

    def _work_off(self) -> None:
        try:
            while self._waiting:
                self._hand_on([self._waiting.popleft() for _ in range(min(len(self._waiting), _AT_A_TIME))])
                gevent.sleep(0)
        finally:
            self._is_busy = False
