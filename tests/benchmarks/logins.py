"""What signing in takes, and whether it is felt by those who chat: each login is a password hash."""

import json
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from statistics import median, median_low

import psutil

from adapters.security.argon2 import Argon2PasswordHasher
from chat_domain.model.values import Password
from tests.benchmarks.figures import Figure, Results
from tests.benchmarks.loads import generator, load, took
from tests.benchmarks.over_http import sign_in
from tests.benchmarks.seeding import PASSWORD, rooms_of
from tests.benchmarks.servers import Server, a_parley
from tests.benchmarks.size import Size

LOGINS, MEMBERS, RATE = 50, 100, 100
WARMUP, SETTLING = 1.0, 0.5
"""loadgen's, in seconds: between everybody's arrival and the measurement."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """The p99 of messages before and while a crowd signed in, in milliseconds, and the seconds that this took."""

    before: float
    during: float
    seconds: float

    @property
    def ratio(self) -> float:
        """How much it was felt."""
        return self.during / self.before


def one_by_one(results: Results) -> None:
    """A login while nobody else wants anything."""
    with a_parley(rooms_of(MEMBERS), pin=False) as server:
        whole = median(_seconds(partial(sign_in, server.port, person)) for person in range(1, 1 + LOGINS))
    hasher = Argon2PasswordHasher()
    hashed = hasher.hash(Password(PASSWORD))
    alone = median(_seconds(lambda: hasher.verify(hashed, PASSWORD)) for _ in range(LOGINS))
    detail = f"of which {alone * 1000:.1f} ms are argon2's"
    results.add(Figure("a login over HTTP, p50", whole * 1000, "ms", None, detail))


def fifty_at_once(results: Results, size: Size) -> None:
    """The p99 of messages while 50 people sign in at once, to that before; the server may use every processor."""
    with a_parley(rooms_of(MEMBERS), pin=False) as server:
        crowds = [_a_crowd(server) for _ in range(size.repetitions)]
    middle = median_low(crowd.ratio for crowd in crowds)
    found = next(crowd for crowd in crowds if crowd.ratio == middle)
    detail = f"{found.during:.2f} against {found.before:.2f} ms; {LOGINS} logins took {found.seconds:.1f} s"
    results.add(Figure(f"message p99 during {LOGINS} logins", middle, "x before", 2, detail))


def _seconds(run: Callable[[], object]) -> float:
    begin = time.perf_counter()
    run()
    return time.perf_counter() - begin


def _a_crowd(server: Server) -> Crowd:
    before = load(server, "--rate", str(RATE), seconds=3).p99_ms
    command = generator(server, "--rate", str(RATE), "--seconds", "3", "--warmup", str(WARMUP))
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as loading, ThreadPoolExecutor(LOGINS) as pool:
        assert loading.stdout is not None
        _wait_for_everybody(loading, server)
        time.sleep(WARMUP + SETTLING)
        seconds = _seconds(lambda: list(pool.map(lambda person: sign_in(server.port, person), range(1, LOGINS + 1))))
        told = json.loads(loading.stdout.read())
    return Crowd(before, took(told).p99_ms, seconds)


def _wait_for_everybody(loading: subprocess.Popen[str], server: Server) -> None:
    process = psutil.Process(server.pids[0])
    while loading.poll() is None and _connected(process) < MEMBERS:
        time.sleep(0.05)


def _connected(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        return sum(each.status == psutil.CONN_ESTABLISHED for each in process.net_connections("tcp"))
    return 0
