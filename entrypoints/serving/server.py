"""gevent's WSGI server, with as many connections as the system allows."""

import logging
import resource
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

import gevent
from gevent.pool import Pool
from gevent.pywsgi import WSGIServer

from entrypoints.serving.handler import Handler
from entrypoints.serving.pending_requests import PendingRequests

_IDLE: Final = 60.0
"""Seconds that a connection may be silent between requests, or not take what is sent to it."""

_ON_ITS_WAY: Final = 100
"""Hundredths of a second that a new connection has at the end to send its request."""

_MOST_CONNECTIONS: Final = 20_000
_FILES_FOR_OTHERS: Final = 128
_FILES_PER_CONNECTION: Final = 2
"""A WebSocket has a duplicate of its connection's socket."""


class Server(WSGIServer):
    """Accepts connections on one socket, which workers share, and knows what it is answering."""

    handler_class = Handler
    max_accept = 1
    """Connections accepted in one turn of the event loop: fifty people who sign in at once would hold up all
    messages together, one after the other they do not. Workers leave the next one to each other besides."""

    def __init__(
        self, listener: socket.socket, application: Callable[..., Iterable[bytes]], *, is_worker: bool = False
    ) -> None:
        host = listener.getsockname()[0]
        super().__init__(
            listener,
            application,
            spawn=Pool(_most_connections()),
            log=None,
            error_log=logging.getLogger(__name__),
            # The name would be looked up.
            environ={"SERVER_NAME": host, "wsgi.multiprocess": is_worker},
        )
        self.is_stopping = False
        self.pending_requests = PendingRequests()
        self._answering = 0

    def handle(self, sock: Any, address: Any) -> None:  # noqa: ANN401 - gevent's socket and its peer
        """Serve one connection."""
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # else a push and its ack cost 40 ms
        sock.settimeout(_IDLE)
        super().handle(sock, address)

    @contextmanager
    def answering(self) -> Iterator[None]:
        """While a request is answered."""
        self._answering += 1
        try:
            yield
        finally:
            self._answering -= 1

    def finish(self, within: float) -> None:
        """Wait for the requests that are being answered, at most so many seconds, and drop what is left.

        A request may be on its way over a connection that was accepted just before the end.
        """
        with gevent.Timeout(within, False):  # type: ignore[arg-type]  # False is documented: raise nothing
            for _ in range(_ON_ITS_WAY):
                gevent.sleep(0.01)
                if not self.pending_requests:
                    break
            while self._answering:
                gevent.sleep(0.01)
        self.stop(timeout=0)


def _most_connections() -> int:
    """What the limit of open files allows, after it was raised as far as may be."""
    wanted = _MOST_CONNECTIONS * _FILES_PER_CONNECTION + _FILES_FOR_OTHERS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if _is_less(soft, wanted):
        with suppress(ValueError, OSError):  # macOS may allow less than it says
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard if _is_less(hard, wanted) else wanted, hard))
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = soft if _is_less(soft, wanted) else wanted
    return max((files - _FILES_FOR_OTHERS) // _FILES_PER_CONNECTION, 1)


def _is_less(limit: int, wanted: int) -> bool:
    return limit != resource.RLIM_INFINITY and limit < wanted
