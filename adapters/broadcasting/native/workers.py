"""The greenlets that handle the events of clients: a few that are used again and again, not one for each event."""

import logging
from collections import deque
from typing import Any, Final, Protocol

import gevent
from gevent import get_hub, getcurrent

_log = logging.getLogger(__name__)

_MOST: Final = 128
"""Events that may wait at a time, for a commit mostly. Further clients are queued."""

_KEPT: Final = 16
"""Greenlets that stay when there is nothing to do."""


class Work(Protocol):
    """A connection with packets to handle, as the workers see it."""

    def work(self) -> bool:
        """Handle some of the packets; whether there are more."""


class Workers:
    """Works off what is submitted, each by one greenlet at a time, in turns."""

    def __init__(self) -> None:
        self._ready: deque[Work] = deque()
        self._idle: list[gevent.Greenlet[..., Any]] = []
        self._count = 0

    def submit(self, work: Work) -> None:
        """Have it done soon. It must not be submitted again before `work` has returned False."""
        self._ready.append(work)
        if self._idle:
            get_hub().loop.run_callback(self._idle.pop().switch)
        elif self._count < _MOST:
            self._count += 1
            gevent.spawn(self._run)

    def _run(self) -> None:
        while True:
            while self._ready:
                work = self._ready.popleft()
                try:
                    more = work.work()
                except Exception:  # noqa: BLE001 - it must not take the worker with it
                    _log.exception("a client's events could not be worked off")
                    more = False
                if more:
                    self._ready.append(work)
                    gevent.sleep(0)  # a client that sends without a pause must not have the process to itself
            if len(self._idle) >= _KEPT:
                self._count -= 1
                return
            self._idle.append(getcurrent())  # type: ignore[arg-type]  # it is a Greenlet
            get_hub().switch()
