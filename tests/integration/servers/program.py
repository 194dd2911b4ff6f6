"""A program that a test runs beside itself: its output kept in a file, stopped by its own process id."""

import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, Final, NamedTuple, Self

import psutil

# Below those that systems give to connections, which may take the port of a server that is being restarted. Processes
# of one run never meet; those of different runs do not begin at the same place.
_PORTS: Final = range(
    20_000 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")),
    32_000,
    int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")),
)
_numbers = count(random.randrange(len(_PORTS)))


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listens on now, and that nobody else is given soon."""
    while True:
        port = _PORTS[next(_numbers) % len(_PORTS)]
        with socket.socket() as probe, suppress(OSError):
            # What servers set too: connections that ended a moment ago do not keep the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


class User(NamedTuple):
    """A user of the operating system."""

    id: int
    group: int


def identity(user: User | None) -> dict[str, Any]:
    """What subprocess takes to run a program as `user`, without the groups of whoever starts it."""
    return {"user": user.id, "group": user.group, "extra_groups": []} if user else {}


class ProgramFailed(Exception):
    """It ended early, or was not ready or gone in time; the message carries the end of its log."""


class Program:
    """Runs in a session of its own, so that a Ctrl-C meant for the tests does not reach it.

    `user` is whom to run as, for root only.
    """

    started: ClassVar[list["Program"]] = []

    def __init__(
        self,
        command: Sequence[str | Path],
        log: Path,
        *,
        environment: Mapping[str, str] | None = None,
        user: User | None = None,
    ) -> None:
        self.log = log
        self.name = Path(command[0]).name
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=log.parent,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **identity(user),
            )
        Program.started.append(self)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait_until(self, ready: Callable[[], bool], *, within: float = 60) -> Self:
        """Polls `ready`; ends the program and raises ProgramFailed when it ends or `within` seconds pass before."""
        deadline = time.monotonic() + within
        while not ready():
            ended = not self.running
            if ended or time.monotonic() > deadline:
                self.kill()
                reason = f"ended with {self._process.returncode}" if ended else f"was not ready within {within} s"
                raise ProgramFailed(f"{self.name} {reason}:\n{self.log_tail()}")
            time.sleep(0.02)
        return self

    def stop(self, sig: signal.Signals = signal.SIGTERM, *, within: float = 30) -> int:
        """Sends `sig`, returns the exit code, negative for a signal; one that stays is killed: ProgramFailed."""
        self._process.send_signal(sig)
        try:
            return self._process.wait(within)
        except subprocess.TimeoutExpired:
            self.kill()
            raise ProgramFailed(f"{self.name} did not end within {within} s:\n{self.log_tail()}") from None

    def kill(self) -> None:
        """Ends it and its children at once, as a crash would."""
        if self.running:
            family = psutil.Process(self.pid).children(recursive=True)
            self._process.kill()
            for child in family:
                with suppress(psutil.NoSuchProcess):
                    child.kill()
            while any(_lives(child) for child in family):
                time.sleep(0.01)
        self._process.wait()

    def log_tail(self, lines: int = 40) -> str:
        if not self.log.exists():  # the folder it lay in went with the test
            return ""
        return "\n".join(self.log.read_text("utf-8", "replace").splitlines()[-lines:])


def _lives(process: psutil.Process) -> bool:
    with suppress(psutil.NoSuchProcess):
        return bool(process.status() != psutil.STATUS_ZOMBIE)
    return False


def answers(port: int) -> bool:
    """Whether something accepts connections on this port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
