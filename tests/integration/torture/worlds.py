"""Where a run takes place: one process on SQLite, or three over PostgreSQL, with Valkey between them or without."""

import json
import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import psutil

from tests.integration.servers.parley import ParleyServer
from tests.integration.servers.postgres import Postgres, a_postgres
from tests.integration.servers.program import Program
from tests.integration.servers.valkey import Valkey, a_valkey
from tests.integration.torture.proxy import FaultyProxy, a_faulty_proxy

_ROOT: Final = Path(__file__).parents[3]
_SETTINGS: Final = {
    "PARLEY_RATE_LIMITS": "off",
    "PARLEY_MAX_SOCKETS_PER_USER": "0",
    "PARLEY_MAX_SOCKETS_PER_ADDRESS": "0",
    "LOG_LEVEL": "warning",
}
FAILPOINTS: Final = (
    "day_long_tokens",
    "die_before_broadcast", "die_before_ack", "spoil_hints", "small_buffers", "count_connections", "tell_lag",
    "recording_consumer",
)  # fmt: skip


class LaunchedServer(ParleyServer):
    """A server with failpoints or a planted bug, or of another version."""

    def __init__(self, folder: Path, settings: Mapping[str, str], plants: Sequence[str]) -> None:
        super().__init__(folder, {**_SETTINGS, **settings})
        self.environment["PYTHONPATH"] = str(_ROOT)
        self.plants = plants

    def start(self) -> None:
        command = [sys.executable, "-m", "tests.integration.torture.server", *self.plants]
        self._program = Program(command, self.folder / "log", environment=self.environment)
        self._program.wait_until(self._is_healthy, within=60)

    @property
    def process(self) -> psutil.Process:
        """Its process, to look into."""
        return psutil.Process(self.pid)

    @property
    def clients(self) -> int:
        """How many connections are open at its port."""
        return sum(
            each.laddr.port == self.port and each.status == psutil.CONN_ESTABLISHED
            for each in self.process.net_connections()
        )

    def freeze(self) -> None:
        """Stop it as a debugger would."""
        self.process.suspend()

    def thaw(self) -> None:
        """Let it go on."""
        self.process.resume()

    def restart(self) -> None:
        """Ask it to end, as a deployment does, and start it again."""
        code = self.stop(signal.SIGTERM)
        assert code == 0, f"it ended with {code}"
        self.start()

    def tell(self, failpoint: str) -> None:
        """Let it die at a failpoint, once."""
        (self.folder / failpoint).touch()

    def tell_no_more(self, failpoint: str) -> None:
        """Take back what was told."""
        (self.folder / failpoint).unlink(missing_ok=True)

    def words_of(self, failpoint: str) -> dict[str, Any] | None:
        """What it left to be known there, once; None if it did not."""
        left = self.folder / f"{failpoint}.json"
        if not left.exists():
            return None
        words: dict[str, Any] = json.loads(left.read_text("ascii"))
        left.unlink()
        return words

    def connections(self) -> int:
        """How many objects it keeps for connections, those that have ended too."""
        self.tell("count_connections")
        while (said := self.words_of("count_connections")) is None:
            assert self.running
            time.sleep(0.05)
        return int(said["count"])

    def wait_for_death(self, within: float = 30) -> None:
        """Return when it has died of its own."""
        deadline = time.monotonic() + within
        while self.running:
            assert time.monotonic() < deadline, "it lives on"
            time.sleep(0.01)


@dataclass
class World:
    """The servers, and what they stand on. `postgres` is None on SQLite."""

    name: str
    servers: Sequence[LaunchedServer]
    postgres: Postgres | None = None
    valkey: Valkey | None = None
    bus_of_the_first: FaultyProxy | None = None
    database: Path | None = None
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    @property
    def ports(self) -> list[int]:
        """Where the servers listen."""
        return [server.port for server in self.servers]

    def doors(self, number: int) -> Sequence[int]:
        """The ports for a client: all of them, each client beginning with another."""
        at = number % len(self.servers)
        return self.ports[at:] + self.ports[:at]

    def any(self) -> LaunchedServer:
        """One of the servers."""
        return self.chance.choice(self.servers)

    def mend(self) -> None:
        """After a fault that went wrong: take back what was told, and start again whoever is dead."""
        for server in self.servers:
            for failpoint in FAILPOINTS:
                server.tell_no_more(failpoint)
            if not server.running:
                server.start()

    def busiest(self) -> LaunchedServer:
        """The server with most connections: to one that was started again nobody may have come back yet."""
        return max(self.servers, key=lambda server: server.clients)


@contextmanager
def one_on_sqlite(*plants: str, **settings: str) -> Iterator[World]:
    """One process with its file."""
    with tempfile.TemporaryDirectory(prefix="parley-torture-") as folder:
        server = LaunchedServer(Path(folder), settings, plants or FAILPOINTS)
        with _running([server]):
            yield World("sqlite", [server], database=server.data / "parley.db")


@contextmanager
def three_over_postgres(*plants: str, **settings: str) -> Iterator[World]:
    """Three processes over one PostgreSQL and one Valkey; the first reaches the Valkey by a proxy."""
    with a_valkey() as valkey, a_faulty_proxy(valkey.port) as proxy:
        buses = (f"redis://127.0.0.1:{proxy.port}/0", valkey.url, valkey.url)
        with _over_postgres([{"REDIS_URL": bus, **settings} for bus in buses], plants) as (servers, postgres):
            yield World("postgresql", servers, postgres=postgres, valkey=valkey, bus_of_the_first=proxy)


@contextmanager
def three_over_postgres_alone(*plants: str, **settings: str) -> Iterator[World]:
    """Three processes over one PostgreSQL, whose LISTEN and NOTIFY is their bus."""
    with _over_postgres([settings] * 3, plants) as (servers, postgres):
        yield World("listen-notify", servers, postgres=postgres)


@contextmanager
def _over_postgres(
    settings: Sequence[Mapping[str, str]], plants: Sequence[str]
) -> Iterator[tuple[Sequence[LaunchedServer], Postgres]]:
    """A process of each of these settings."""
    with a_postgres(durable=True) as postgres, tempfile.TemporaryDirectory(prefix="parley-torture-") as folder:
        shared = {"DATABASE_URL": postgres.url(postgres.create_database()), "SECRET_KEY": "torture" * 8}
        servers = []
        for number, own in enumerate(settings):
            (home := Path(folder) / str(number)).mkdir()
            servers.append(LaunchedServer(home, {**shared, **own}, plants or FAILPOINTS))
        with _running(servers):
            yield servers, postgres


@contextmanager
def _running(servers: Sequence[LaunchedServer]) -> Iterator[None]:
    started: list[LaunchedServer] = []
    try:
        for server in servers:
            server.start()
            started.append(server)
        yield
    finally:
        for server in started:
            server.kill()
