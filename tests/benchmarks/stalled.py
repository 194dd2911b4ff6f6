"""Whether clients that stop reading are felt by the others in their room."""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from statistics import median

import psutil

from tests.benchmarks.figures import Figure, Results
from tests.benchmarks.loads import load
from tests.benchmarks.seeding import rooms_of
from tests.benchmarks.servers import Server, a_parley
from tests.integration.sockets.raw import RawWebSocket

MEMBERS, STALLED, RATE, LENGTH, TURNS = 100, 50, 100, 2_000, 5
_RECEIVE_BUFFER = 4_096
_OPTIONS = ("--rate", str(RATE), "--length", str(LENGTH), "--warmup", "1")


def fifty_readers(results: Results) -> None:
    """The p99 of the others beside them to that without, in turns, and how much the server grows."""
    without, beside, grown = [], [], []
    with a_parley(rooms_of(MEMBERS)) as server:
        for _ in range(TURNS):
            without.append(load(server, *_OPTIONS, seconds=3).p99_ms)
            before = _resident(server)
            with _stalled(server):
                beside.append(load(server, *_OPTIONS, seconds=3).p99_ms)
                grown.append(_resident(server) - before)
    ratio = median(beside) / median(without)
    detail = (
        f"{median(beside):.2f} against {median(without):.2f} ms, medians of {TURNS} turns; {MEMBERS} members,"
        f" {RATE} messages of {LENGTH} characters a second; the server grew by {max(grown):.1f} MiB at most"
    )
    results.add(Figure(f"p99 beside {STALLED} stalled readers", ratio, "x without", 1.2, detail))


@contextmanager
def _stalled(server: Server) -> Iterator[None]:
    seats = server.seats.read_text().splitlines()[:STALLED]
    with ExitStack() as opened:
        for seat in seats:
            client = RawWebSocket(server, receive_buffer=_RECEIVE_BUFFER)
            opened.callback(client.close)
            client.log_in(json.loads(seat.split("\t")[1])["token"])
        time.sleep(1)  # that they arrive is another matter
        yield


def _resident(server: Server) -> float:
    return psutil.Process(server.pids[0]).memory_info().rss / 2**20
