"""A serving process from its start to its end."""

import logging
import os
import signal
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import gevent
from gevent.event import Event

from entrypoints.serving.server import Server
from entrypoints.serving.tickers import Ticker
from entrypoints.settings import BadSettings

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


def serve(served: Served, *, host: str, port: int, on_ready: Callable[[int], None] = lambda _: None) -> None:
    """Serve until SIGTERM or SIGINT, finish what is going on, and return; a second signal ends the process at once.

    `on_ready` gets the port, which the system chose where `port` is 0. Raises BadSettings where it cannot listen.
    """
    server = Server(host, port, served.application)
    ended = _end_by_signal()
    try:
        server.start()
    except OSError as error:
        raise BadSettings(
            f"Parley cannot listen on HOST {host}, PORT {port}: {os.strerror(error.errno or 0)}."
        ) from error
    tickers = [gevent.spawn(ticker.run) for ticker in served.tickers]
    on_ready(server.server_port or port)
    ended.wait()
    _log.info("stopping")
    _stop(server, served)
    gevent.killall(tickers, timeout=1)
    served.close()


def _end_by_signal() -> Event:
    ended = Event()

    def end() -> None:
        if ended.is_set():
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
