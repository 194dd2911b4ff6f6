"""Whether people who sign in, at the price of a password hash each, are felt by those who chat."""

import json
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import psutil

from tests.benchmarks.figures import Figure, Results
from tests.benchmarks.loads import generator, load, took
from tests.benchmarks.over_http import sign_in
from tests.benchmarks.seeding import rooms_of
from tests.benchmarks.servers import Server, a_parley
from tests.benchmarks.size import Size

LOGINS, MEMBERS, RATE = 50, 100, 100
WARMUP, SETTLING = 1.0, 0.5
"""loadgen's, in seconds: between everybody's arrival and the measurement."""


def fifty_at_once(results: Results, size: Size) -> None:
    """The p99 of messages while 50 people sign in at once, to that before; the server may use every processor."""
    with a_parley(rooms_of(MEMBERS), pin=False) as server:
        taken = sorted((_once(server) for _ in range(size.repetitions)), key=lambda once: once[0] / once[1])
    during, before, lasted = taken[len(taken) // 2]
    detail = f"{during:.2f} against {before:.2f} ms; {LOGINS} logins took {lasted:.1f} s"
    results.add(Figure(f"message p99 during {LOGINS} logins", during / before, "x before", 2, detail))


def _once(server: Server) -> tuple[float, float, float]:
    """The p99 during and before, in milliseconds, and the seconds that the logins took."""
    before = load(server, "--rate", str(RATE), seconds=3).p99_ms
    during, lasted = _while_signing_in(server)
    return during, before, lasted


def _while_signing_in(server: Server) -> tuple[float, float]:
    command = generator(server, "--rate", str(RATE), "--seconds", "3", "--warmup", str(WARMUP))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as loading, ThreadPoolExecutor(LOGINS) as pool:
        assert loading.stdout is not None
        _wait_for_everybody(loading, server)
        time.sleep(WARMUP + SETTLING)
        begin = time.perf_counter()
        list(pool.map(lambda person: sign_in(server.port, person), range(1, LOGINS + 1)))
        lasted = time.perf_counter() - begin
        told = json.loads(loading.stdout.read())
    return took(told).p99_ms, lasted


def _wait_for_everybody(loading: subprocess.Popen[str], server: Server) -> None:
    process = psutil.Process(server.pids[0])
    while loading.poll() is None and _connected(process) < MEMBERS:
        time.sleep(0.05)


def _connected(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return sum(each.status == psutil.CONN_ESTABLISHED for each in process.net_connections("tcp"))
    return 0
