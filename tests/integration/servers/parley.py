"""A real `parley serve`, as an operator starts it: the installed command, a data folder and the environment."""

import os
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from tests.integration.servers.program import Program, free_port

COMMAND = Path(sys.executable).with_name("parley")
_SETTINGS = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "HOST", "PORT", "LOG_LEVEL"}
_open = build_opener(ProxyHandler({})).open


class ParleyServer:
    """One server process on one port of 127.0.0.1, with its data in `folder`/data and its log in `folder`/log.

    It may be stopped, killed and started again: same port, same data. `settings` are environment variables.
    """

    command: Sequence[str | Path] = (COMMAND, "serve")

    def __init__(self, folder: Path, settings: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = environment(
            {"HOST": "127.0.0.1", "PORT": str(self.port), "PARLEY_DATA_DIR": str(self.data), **(settings or {})}
        )

    def start(self) -> None:
        """Starts it and waits until /healthz answers; raises ProgramFailed with its log when it does not."""
        self._program = Program(self.command, self.folder / "log", environment=self.environment)
        self._program.wait_until(self._is_healthy)

    @property
    def pid(self) -> int:
        return self._program.pid

    @property
    def running(self) -> bool:
        return self._program.running

    def stop(self, sig: signal.Signals = signal.SIGTERM) -> int:
        """Asks it to end, waits, returns its exit code."""
        return self._program.stop(sig)

    def kill(self) -> None:
        """Ends it at once, as a crash would."""
        self._program.kill()

    def log(self) -> str:
        return (self.folder / "log").read_text("utf-8")

    def _is_healthy(self) -> bool:
        try:
            with _open(f"{self.url}/healthz", timeout=5) as reply:
                return bool(reply.status == 200)
        except (URLError, OSError):
            return False


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's environment with none of Parley's settings but these."""
    ours = {name for name in os.environ if name.startswith("PARLEY_") or name.removesuffix("_FILE") in _SETTINGS}
    return {**{name: value for name, value in os.environ.items() if name not in ours}, **settings}


@contextmanager
def a_parley(folder: Path, **settings: str) -> Iterator[ParleyServer]:
    """A started server, gone however the test went: `with a_parley(tmp_path, LOG_LEVEL="debug") as server`."""
    server = ParleyServer(folder, settings)
    server.start()
    try:
        yield server
    finally:
        server.kill()
