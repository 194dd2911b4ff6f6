"""Real processes on a bus, as a test sees them."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.integration.sockets.people import eventually

ROOT = Path(__file__).parents[3]


class Process:
    """One process on the bus; the methods are those of `member.Member`."""

    def __init__(self, url: str, log: Path) -> None:
        self.url = url
        self._log = log
        with log.open("wb") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.bus.member", url],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=output,
            )
        self._heard: list[str] = []

    def ask(self, do: str, **more: object) -> Any:
        """Have it do something; its answer."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"do": do, **more}).encode() + b"\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, self.log()
        return json.loads(answer)

    def publish(self, *texts: str) -> None:
        self.ask("publish", texts=texts)

    def heard(self) -> list[str]:
        """All that it was told."""
        self._heard += self.ask("take")
        return self._heard

    def forget(self) -> None:
        """Begin with nothing heard."""
        self.heard().clear()

    def hears(self, *texts: str, within: float = 5) -> None:
        """Fail unless it was told exactly these, in this order, by then."""
        eventually(lambda: len(self.heard()) >= len(texts), f"{texts[:3]}...", within)
        assert self.heard() == list(texts)

    def is_current(self) -> bool:
        return bool(self.ask("is_current"))

    def becomes_current(self, within: float = 5) -> None:
        eventually(self.is_current, "a current process", within)

    def has_peers(self, count: int, within: float = 5) -> None:
        eventually(lambda: self.ask("peers") == count, f"{count} peers", within)

    def online(self, *users: int) -> list[int]:
        return list(self.ask("online", users=users))

    def gone(self, grace: float = 0) -> list[int]:
        """Who is collected as gone for so many seconds."""
        return list(self.ask("collect_gone", grace=grace))

    def log(self) -> str:
        return self._log.read_text("utf-8")

    def freeze(self) -> None:
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._process.send_signal(signal.SIGCONT)

    def leave(self) -> None:
        """Close its bus, as a server does that is told to stop."""
        self.ask("close")

    def kill(self) -> None:
        """End it, as a crash would."""
        self._process.kill()
        self._process.communicate()


@contextmanager
def a_process(url: str, log: Path) -> Iterator[Process]:
    """A process that is killed at the end."""
    process = Process(url, log)
    try:
        yield process
    finally:
        process.kill()


@contextmanager
def processes(url: str, folder: Path, count: int) -> Iterator[list[Process]]:
    """So many processes that know each other."""
    with ExitStack() as stack:
        found = [stack.enter_context(a_process(url, folder / f"{number}.log")) for number in range(count)]
        for process in found:
            process.has_peers(count - 1, within=20)
        for process in found:
            process.becomes_current(within=20)
        yield found
