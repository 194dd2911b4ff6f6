"""A serving process from its start to its end."""

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import gevent
from gevent.event import Event

from entrypoints.serving.server import Server
from entrypoints.serving.tickers import Ticker

_log = logging.getLogger(__name__)

DRAINED_WITHIN: Final = 10.0
"""Seconds that what is going on at the end may still take."""


@dataclass(frozen=True, slots=True)
class Served:
    """What runs in the process.

    `drain` finishes what sockets asked for, within so many seconds, and closes them; `close` lets go of everything.
    """

    application: Callable[..., Iterable[bytes]]
    tickers: Sequence[Ticker]
    drain: Callable[[float], None]
    close: Callable[[], None]


def serve(
    served: Served,
    listener: socket.socket,
    *,
    on_ready: Callable[[int], None] = lambda _: None,
    is_worker: bool = False,
) -> None:
    """Serve until SIGTERM or SIGINT, finish what is going on, and return; `on_ready` gets the port.

    A second signal ends the process at once, but for a worker: systemd signals it beside its supervisor.
    """
    server = Server(listener, served.application, is_worker=is_worker)
    ended = _end_by_signal(at_once_by_a_second=not is_worker)
    server.start()
    tickers = [gevent.spawn(ticker.run) for ticker in served.tickers]
    on_ready(listener.getsockname()[1])
    ended.wait()
    _log.info("stopping")
    _stop(server, served)
    gevent.killall(tickers, timeout=1)
    served.close()


def _end_by_signal(*, at_once_by_a_second: bool) -> Event:
    ended = Event()

    def end() -> None:
        if ended.is_set() and at_once_by_a_second:
            os._exit(1)
        ended.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        gevent.signal_handler(number, end)
    return ended


def _stop(server: Server, served: Served) -> None:
    """New connections are refused, so that they go elsewhere or come again; what was accepted is finished."""
    server.is_stopping = True
    server.close()
    served.drain(DRAINED_WITHIN)
    server.finish(DRAINED_WITHIN)
