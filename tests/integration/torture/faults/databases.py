"""Storage that is held up, full, or away."""

import asyncio
import resource
import sqlite3
import threading
import time
from typing import Final

import psutil

from tests.integration.torture import http
from tests.integration.torture.history import Answered, Unanswered
from tests.integration.torture.lag import Lag, Late
from tests.integration.torture.line import NoAnswer, Refusal
from tests.integration.torture.play import Scene
from tests.integration.torture.stage import Rest

READ_FOR: Final = 60.0
AWAY_FOR: Final = 20.0
BACK_WITHIN: Final = 5.0
LATE_AT_MOST: Final = 0.1
BEFORE: Final = 5.0
GROWN_AT_MOST: Final = 64 * 2**20
_FULL_FOR: Final = 3.0
_NO_ANSWER: Final = 1
_AT_ONCE: Final = 40
"""Posts to each process, more than it has connections to the database."""


def a_reader_and_two_writers(scene: Scene, seconds: float = READ_FOR, before: float = BEFORE) -> None:
    """F11: another program reads for long and writes now and then; the process never waits for it as a whole."""
    assert scene.world.database
    (lag,), limit = _lags(scene, before)
    reader = sqlite3.connect(scene.world.database, isolation_level=None)
    writer = threading.Thread(target=_write, args=(scene, seconds))
    with scene.fault("F11"):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM messages").fetchone()
        writer.start()
        writer.join()
        reader.execute("ROLLBACK")
        reader.close()
    late = lag.late()
    scene.figures |= {"F11 lag p99 ms": late.p99 * 1_000, "F11 lag max ms": late.longest * 1_000}
    assert late.p99 <= limit.p99, f"the event loop was late by {late.p99:.3f} s at p99"
    assert late.longest <= limit.longest, f"the event loop was late by {late.longest:.3f} s once"


def _lags(scene: Scene, seconds: float = BEFORE) -> tuple[list[Lag], Late]:
    """How late the servers are from now on, and may be: on a busy machine half as much again as they were before."""
    lags = [Lag(server) for server in scene.world.servers]
    time.sleep(seconds)
    p99, longest = map(max, zip(*(lag.start_again() for lag in lags), strict=True))
    scene.figures |= {"lag p99 before F10 or F11 ms": p99 * 1_000, "lag max before F10 or F11 ms": longest * 1_000}
    return lags, Late(max(LATE_AT_MOST, 1.5 * p99), max(LATE_AT_MOST, 1.5 * longest))


def disk_full(scene: Scene) -> None:
    """F12: files cannot grow any more, for the server alone; sends are refused cleanly, reads go on."""
    server, room = scene.world.servers[0], next(iter(scene.stage.members))
    reader = scene.stage.members[room][0]
    began = len(scene.history.records)
    rest = Rest(server.port)
    with scene.fault("F12"):
        server.process.rlimit(psutil.RLIMIT_FSIZE, (4_096, resource.RLIM_INFINITY))
        since = time.monotonic()
        while time.monotonic() - since < _FULL_FOR:
            rest.ask(reader.token, "GET", f"/api/chat/rooms/{room}/messages")
            time.sleep(0.1)
        server.process.rlimit(psutil.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    rest.close()
    told = scene.history.records[began:]
    refused = {record.status for record in told if isinstance(record, Unanswered) and record.status}
    assert refused == {503}, f"on a full disk sends were answered with {refused}"
    assert _acknowledges(scene), "it did not recover"


def postgres_killed(scene: Scene) -> None:
    """F9: the database is killed and started again; meanwhile each process answers 503, and soon after all goes on."""
    assert scene.world.postgres
    with scene.fault("F9") as timed:
        scene.world.postgres.kill()
        answers = _answers_without_storage(scene, 1)
        scene.world.postgres.start()
        timed.healing_from = time.monotonic()
        for port in scene.world.ports:
            while scene.fleet.call(_post(scene, port)):
                assert time.monotonic() - timed.healing_from <= BACK_WITHIN, "a process does not come back"
                time.sleep(0.05)
        taken = time.monotonic() - timed.healing_from
    scene.figures["F9 back after s, at most"] = max(taken, scene.figures.get("F9 back after s, at most", 0.0))
    assert answers == {503}, f"without the database the answers are {answers}"


def unreachable(scene: Scene, seconds: float = AWAY_FOR) -> None:
    """F10: the database does not answer any more, as behind a dead network; the processes go on, and answer 503."""
    assert scene.world.postgres
    main = psutil.Process(scene.world.postgres.pid)
    lags, limit = _lags(scene)
    memory = [server.process.memory_info().rss for server in scene.world.servers]
    with scene.fault("F10"):
        family = [main, *main.children(recursive=True)]
        for process in family:
            process.suspend()
        answers = _answers_without_storage(scene, seconds)
        late = max(lag.late().p99 for lag in lags)
        grown = max(
            server.process.memory_info().rss - before
            for server, before in zip(scene.world.servers, memory, strict=True)
        )
        for process in reversed(family):
            process.resume()
    scene.figures |= {"F10 lag p99 ms": late * 1_000, "F10 grown MB": grown / 2**20}
    assert late <= limit.p99, f"the event loop was late by {late:.3f} s"
    # What was under way when it went is not answered: nobody knows what became of it.
    assert answers - {_NO_ANSWER} == {503}, f"without the database the answers are {answers}"
    assert grown <= GROWN_AT_MOST, f"a server grew by {grown} bytes"


def _answers_without_storage(scene: Scene, seconds: float) -> set[int]:
    """What the processes say to many who post at once meanwhile: as `_post` says."""
    until, found = time.monotonic() + seconds, set[int]()
    while time.monotonic() < until:
        found |= scene.fleet.call(_crowd(scene))
    return found


async def _crowd(scene: Scene) -> set[int]:
    return set(await asyncio.gather(*(_post(scene, port) for port in scene.world.ports for _ in range(_AT_ONCE))))


async def _post(scene: Scene, port: int) -> int:
    """0 where a message was posted, else the status of the refusal or _NO_ANSWER."""
    room, members = next(iter(scene.stage.members.items()))
    path, message = f"/api/chat/rooms/{room}/messages", {"message": "Is anybody there?"}
    try:
        await http.ask(port, members[0].token, "POST", path, message)
    except NoAnswer:
        return _NO_ANSWER
    except Refusal as refusal:
        return refusal.status
    return 0


def _acknowledges(scene: Scene) -> bool:
    began = len(scene.history.records)
    time.sleep(2)
    return any(isinstance(record, Answered) for record in scene.history.records[began:])


def _write(scene: Scene, seconds: float) -> None:
    """Hold the lock for writing 30 ms at a time, as a second process of Parley's commands does."""
    connection = sqlite3.connect(scene.world.database or "", isolation_level=None, timeout=10)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        connection.execute("BEGIN IMMEDIATE")
        time.sleep(0.03)
        connection.execute("ROLLBACK")
        time.sleep(0.3)
    connection.close()
