"""A real `parley serve` with several workers over PostgreSQL."""

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import Socket, eventually

SIZE = 3


class Crew(ParleyServer):
    """Its process is the supervisor's."""

    def start(self) -> None:
        super().start()
        eventually(lambda: "Parley is ready" in self.log(), "all workers", within=60)

    def workers(self) -> set[int]:
        """The processes that there are now beside the supervisor."""
        return {worker.pid for worker in psutil.Process(self.pid).children()}

    def restart(self) -> None:
        """Have every worker be another. Each must first have started, which a busy machine takes its time for."""
        before = self.workers()
        os.kill(self.pid, signal.SIGHUP)
        eventually(lambda: len(now := self.workers()) == SIZE and not now & before, "new workers", within=60)

    def worker_of(self, socket: Socket) -> int:
        """The worker that has the other end of this client's connection."""
        ours = socket.port
        for worker in psutil.Process(self.pid).children():
            # A socket that listens has no other end.
            if any(getattr(line.raddr, "port", None) == ours for line in worker.net_connections("tcp")):
                return int(worker.pid)
        raise LookupError(ours)


class ImpatientCrew(Crew):
    """Two seconds of silence are too long for it."""

    command = (
        sys.executable,
        "-c",
        "import os, sys; from entrypoints.settings import load; from entrypoints.workers.run import supervise;"
        "sys.exit(supervise(load(os.environ).settings, silence=2.0))",
    )


@contextmanager
def a_crew(folder: Path, database: str, *, kind: type[Crew] = Crew, **settings: str) -> Iterator[Crew]:
    """A started one, gone however the test went."""
    limits = {"PARLEY_RATE_LIMITS": "off", "PARLEY_MAX_SOCKETS_PER_USER": "0", "PARLEY_MAX_SOCKETS_PER_ADDRESS": "0"}
    crew = kind(folder, {"DATABASE_URL": database, "PARLEY_WORKERS": str(SIZE), **limits, **settings})
    crew.start()
    try:
        yield crew
    finally:
        crew.kill()
