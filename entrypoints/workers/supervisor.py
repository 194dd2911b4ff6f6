"""Keeps so many workers, replaces those that die or hang, and restarts or ends them without losing what they do."""

import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from selectors import EVENT_READ, DefaultSelector
from typing import Final

import structlog

from entrypoints.workers.terminal import Terminal
from entrypoints.workers.worker import Worker

_log = structlog.get_logger("parley.workers")

SILENCE: Final = 30.0
"""Seconds without a heartbeat after which a worker is taken to be stuck."""

_DRAIN: Final = 30.0
"""Seconds that a worker may take to end; draining itself takes 20 at most."""

_LOOK_EVERY: Final = 0.5
_AGAIN_AFTER: Final = 1.0
"""Seconds between tries where workers end before they serve."""

_SIGNALS: Final = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class Supervisor:
    """Looks after `count` workers on `listener`; `on_ready` is called once, when all of them serve."""

    def __init__(
        self, listener: socket.socket, *, count: int, on_ready: Callable[[], None], silence: float = SILENCE
    ) -> None:
        self._listener = listener
        self._count = count
        self._on_ready: Callable[[], None] | None = on_ready
        self._silence = silence
        self._selector = DefaultSelector()
        self._terminal = Terminal()
        self._workers: list[Worker] = []
        self._generation = 0
        self._has_begun = self._is_stopping = False
        self._start_at = 0.0
        self._code = 0

    def run(self) -> int:
        """Serve until SIGTERM or SIGINT, or the terminal is closed; another SIGHUP replaces the workers one by one.

        Returns the exit code: where the first worker ends before it serves, that of this worker, which has said why.
        """
        with self._signals():
            looked_at = time.monotonic()
            while self._workers or not self._is_stopping:
                now = time.monotonic()
                self._end_overdue(now, unheard=max(now - looked_at - _LOOK_EVERY, 0))
                self._match(now)
                looked_at = now
                for key, _ in self._selector.select(_LOOK_EVERY):
                    key.data()
        return self._code

    def _match(self, now: float) -> None:
        """Start what is missing. While some are outdated there is one more, and only when all serve one is stopped."""
        wanted = [worker for worker in self._workers if worker.is_wanted]
        outdated = [worker for worker in wanted if worker.generation < self._generation]
        if outdated and len(wanted) > self._count and all(worker.is_ready for worker in wanted):
            outdated[0].stop()
        elif now >= self._start_at and not self._is_stopping:
            # The first one alone: it migrates the storage, makes the key, and says what is wrong, once.
            most = self._count + bool(outdated) if self._has_begun else 1
            for _ in range(most - len(wanted)):
                self._start()

    def _start(self) -> None:
        try:
            worker = Worker.start(self._listener, self._generation)
        except OSError as error:  # no memory, or no more processes: those that serve go on
            if not self._has_begun:
                raise
            _log.error("no worker can be started; it is tried again", error=str(error))
            self._start_at = time.monotonic() + _AGAIN_AFTER
            return
        self._workers.append(worker)
        self._selector.register(worker.pipe, EVENT_READ, lambda: self._listen_to(worker))

    def _listen_to(self, worker: Worker) -> None:
        if not worker.listen():
            self._ended(worker)
        elif not self._has_begun:
            self._has_begun = True
        elif self._on_ready and sum(each.is_ready for each in self._workers) >= self._count:
            self._on_ready()
            self._on_ready = None

    def _ended(self, worker: Worker) -> None:
        self._selector.unregister(worker.pipe)
        self._workers.remove(worker)
        code = worker.end()
        if not worker.is_wanted:
            return
        if not self._has_begun:
            self._code = code or 1
            self._stop()
            return
        _log.error("a worker ended; it is replaced", worker=worker.process.pid, code=code)
        if not worker.is_ready:
            self._start_at = time.monotonic() + _AGAIN_AFTER

    def _end_overdue(self, now: float, *, unheard: float) -> None:
        """End those that hang; not for a silence during which this process itself could not listen."""
        for worker in self._workers:
            worker.forgive(unheard)
            if worker.is_overdue(now, silence=self._silence, drain=_DRAIN):
                _log.error("a worker hangs; it is killed", worker=worker.process.pid)
                worker.process.kill()

    def _stop(self) -> None:
        """The listener is closed first, so that new connections are refused and no client waits in vain."""
        self._is_stopping = True
        self._listener.close()
        for worker in self._workers:
            if worker.is_wanted:
                worker.stop()

    def _obey(self, number: int) -> None:
        is_closed = self._terminal.is_closed
        if is_closed:
            self._terminal.let_go()
        if number == signal.SIGHUP and not is_closed:
            _log.info("restarting the workers")
            self._generation += 1
        elif number in _SIGNALS and not self._is_stopping:
            _log.info("stopping")
            self._stop()
        elif number in (signal.SIGTERM, signal.SIGINT):  # a terminal that closes signals more than once
            self._code = 1
            for worker in self._workers:
                worker.process.kill()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Signals come through a socket, one byte each, so that they wake the loop and are handled in its turn."""
        coming, going = socket.socketpair()
        going.setblocking(False)
        signal.set_wakeup_fd(going.fileno())
        for number in _SIGNALS:
            signal.signal(number, lambda *_: None)
        self._selector.register(coming, EVENT_READ, lambda: self._obey(coming.recv(1)[0]))
        with coming, going:
            yield
            signal.set_wakeup_fd(-1)
        for number in _SIGNALS:  # one that comes while the interpreter ends would end it with another code
            signal.signal(number, signal.SIG_IGN)
