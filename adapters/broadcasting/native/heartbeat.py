"""One timer that pings every client and ends the connections of those that do not answer."""

import math
from typing import Any, Final

from gevent import get_hub

from adapters.broadcasting.native.connection import Connection
from adapters.broadcasting.native.frames import text_frame
from adapters.broadcasting.native.outbox import Outbox
from adapters.broadcasting.native.packets import PING

_GROUPS: Final = 25
"""The clients are asked in so many groups, one after the other, so that they do not all answer at once."""


class Heartbeat:
    """Pings each connection every `interval` seconds, and ends those that have not answered after `timeout`.

    `timeout` must be shorter than `interval`.
    """

    def __init__(self, outbox: Outbox, *, interval: float, timeout: float) -> None:
        self._outbox = outbox
        self._groups: list[list[Connection]] = [[] for _ in range(_GROUPS)]
        self._turn = 0
        self._tick = interval / _GROUPS
        self._patience = math.ceil(timeout / self._tick)
        self._timer: Any = None

    def start(self) -> None:
        """Begin to tick."""
        self._timer = get_hub().loop.timer(self._tick, self._tick, ref=False)
        self._timer.start(self.tick)

    def add(self, connection: Connection) -> None:
        """Ping this connection until it ends."""
        self._groups[self._turn].append(connection)

    def tick(self) -> None:
        """Ping the next group, and end the connections whose answers are late."""
        self._turn = (self._turn + 1) % _GROUPS
        asked = self._groups[self._turn] = [one for one in self._groups[self._turn] if not one.has_ended]
        for connection in asked:
            connection.alive = False
        self._outbox.send_to_all(asked, text_frame(PING))
        late = self._turn - self._patience
        for connection in self._groups[late]:
            # A connection that is full is not read from: its answer may be on the way.
            if not (connection.alive or connection.is_full):
                connection.end("ping timeout")
        # Or connections that have ended would stay in memory until the turn of their group.
        self._groups[late] = [one for one in self._groups[late] if not one.has_ended]
