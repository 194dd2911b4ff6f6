"""Memory per connection, idle memory, and how long a start takes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from tests.benchmarks.figures import Figure, Results
from tests.benchmarks.loads import generator, report
from tests.benchmarks.seeding import rooms_of
from tests.benchmarks.servers import Server, a_node, a_parley
from tests.integration.servers.parley import ParleyServer

FEW, MANY = 100, 2000


def connections(results: Results) -> None:
    """What 1,900 more idle connections take, all of them in rooms of ten."""
    crowd = rooms_of(10, MANY // 10)
    with a_parley(crowd) as server:
        ours = _per_connection(server)
    with a_node(crowd) as server:
        theirs = _per_connection(server)
    detail = f"{ours:.1f} against {theirs:.1f} KiB"
    results.add(Figure("memory per idle connection", ours / theirs, "x Node", 1.2, detail))


def _per_connection(server: Server) -> float:
    rss: dict[str, int] = report(generator(server, "--idle", f"{FEW},{MANY}"))["rss_kib"]
    return (rss[str(MANY)] - rss[str(FEW)]) / (MANY - FEW)


def start(results: Results) -> None:
    """From the command to the first answer of /healthz; the first start makes key and database too."""
    with TemporaryDirectory() as folder:
        server = ParleyServer(Path(folder))
        with _started(server) as first:
            pass
        with _started(server) as second:
            time.sleep(1)
            idle = psutil.Process(server.pid).memory_info().rss / 2**20
    results.add(
        Figure("start-up, first", first, "s", None, "makes the database and the key"),
        Figure("start-up, again", second, "s", None, ""),
        Figure("idle memory", idle, "MiB", None, "resident, nobody connected"),
    )


@contextmanager
def _started(server: ParleyServer) -> Iterator[float]:
    begin = time.perf_counter()
    server.start()
    try:
        yield time.perf_counter() - begin
    finally:
        server.kill()
