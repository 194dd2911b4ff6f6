"""What the transports replace in python-engineio: entries of the private table of parts that its server is made of."""

from collections.abc import Callable
from typing import Any, Final

import socketio
from engineio.socket import Socket
from gevent.queue import Empty, JoinableQueue

MOST_IN_A_REPLY: Final = 16
"""Packets: python-engineio's clients give up on a reply to a poll that holds more."""


def are_known(server: socketio.Server) -> bool:
    """Whether python-engineio has its parts where `replace_parts` expects them."""
    parts = getattr(server.eio, "_async", None)
    return isinstance(parts, dict) and {"websocket", "queue"} <= parts.keys() and hasattr(Socket, "_websocket_handler")


def replace_parts(server: socketio.Server, *, websocket: Callable[..., object]) -> None:
    """Have the connections to this server upgraded by `websocket`, and polled from queues that end a reply in time."""
    # A copy: the table of the library is shared by all servers of a process.
    server.eio._async = {**server.eio._async, "websocket": websocket, "queue": PollQueue}


class PollQueue(JoinableQueue[Any]):
    """The packets that a client has still to get. It pretends to be empty after as many as a reply may hold."""

    _taken = 0

    def get(self, block: bool = True, timeout: float | None = None) -> Any:  # noqa: ANN401 - an Engine.IO packet
        self._taken = 1 if block else self._taken + 1
        if self._taken > MOST_IN_A_REPLY:
            raise Empty
        return super().get(block, timeout)
