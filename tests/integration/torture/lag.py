"""How late the event loop of a server was since one began to look."""

from tests.integration.torture.worlds import LaunchedServer


class Lag:
    """Reads what the failpoint `tell_lag` writes down, from now on."""

    def __init__(self, server: LaunchedServer) -> None:
        self._file = server.folder / "lag"
        self._start = self._file.stat().st_size if self._file.exists() else 0

    def start_again(self) -> float:
        """From now on; returns the p99 until now, in seconds."""
        p99 = self.p99()
        self._start = self._file.stat().st_size
        return p99

    def p99(self) -> float:
        """Seconds."""
        late = self._late()
        return late[int(len(late) * 0.99)]

    def most(self) -> float:
        """Seconds."""
        return self._late()[-1]

    def _late(self) -> list[float]:
        with self._file.open(encoding="ascii") as file:
            file.seek(self._start)
            return sorted(float(line) for line in file if line.endswith("\n"))
