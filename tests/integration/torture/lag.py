"""How late the event loop of a server was since one began to look."""

from typing import NamedTuple

from tests.integration.torture.worlds import LaunchedServer


class Late(NamedTuple):
    """By how many seconds it was late, at p99 and at most."""

    p99: float
    longest: float


class Lag:
    """Reads what the failpoint `tell_lag` writes down, from now on."""

    def __init__(self, server: LaunchedServer) -> None:
        self._file = server.folder / "lag"
        self._start = self._file.stat().st_size if self._file.exists() else 0

    def start_again(self) -> Late:
        """From now on; returns how it was until now."""
        late = self.late()
        self._start = self._file.stat().st_size
        return late

    def late(self) -> Late:
        """How it was until now."""
        with self._file.open(encoding="ascii") as file:
            file.seek(self._start)
            late = sorted(float(line) for line in file if line.endswith("\n"))
        return Late(late[int(len(late) * 0.99)], late[-1])
