"""The load generator tells what happened: otherwise no figure of the benchmark would mean anything."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.benchmarks.programs import compiled
from tests.integration.benchmarks.counting_server import CountingServer

pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(sys.platform != "linux", reason="it reads Linux's /proc, like the whole benchmark"),
]

MEMBERS = 5
NOBODY_WAITS = ("--warmup", "0.1", "--seconds", "0.4")


@pytest.fixture(scope="session")
def loadgen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled("loadgen", tmp_path_factory.mktemp("loadgen"))


@pytest.fixture
def seats(tmp_path: Path) -> Path:
    path = tmp_path / "seats"
    path.write_text('7\t{"token":"t"}\n' * MEMBERS)
    return path


def measured(loadgen: Path, server: CountingServer, seats: Path, *options: str) -> dict[str, Any]:
    command: list[str | Path] = [loadgen, "--port", str(server.port), "--seats", seats, *NOBODY_WAITS, *options]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=60)
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def test_it_counts_every_delivery_once(loadgen: Path, seats: Path) -> None:
    with closing(CountingServer(ack={"data": {}})) as server:
        report = measured(loadgen, server, seats, "--window", "3", "--ack")
    assert server.messages > 10
    assert report["heard"] == server.delivered == MEMBERS * server.messages
    assert (report["unfinished"], report["surplus"], report["refused"]) == (0, 0, 0)
    # What is under way when the measuring begins and when it ends is counted on one side only.
    assert abs(report["deliveries"] - MEMBERS * report["done"]) <= 3 * MEMBERS
    assert abs(report["acks"] - report["done"]) <= 3


def test_it_misses_what_was_not_delivered(loadgen: Path, seats: Path) -> None:
    with closing(CountingServer(copies=lambda number: number not in (7, 23))) as server:
        report = measured(loadgen, server, seats, "--rate", "100")
    assert report["unfinished"] == 2
    assert report["heard"] == server.delivered == MEMBERS * server.messages - 2


def test_it_notes_what_came_twice(loadgen: Path, seats: Path) -> None:
    with closing(CountingServer(copies=lambda number: 2 if number == 24 else 1)) as server:
        report = measured(loadgen, server, seats, "--window", "1")
    assert report["surplus"] == 1
    assert report["unfinished"] == 0


def test_it_tells_refused_messages_from_accepted_ones(loadgen: Path, seats: Path) -> None:
    with closing(CountingServer(ack={"error": {"code": "too_many"}})) as server:
        report = measured(loadgen, server, seats, "--window", "1", "--ack")
    assert report["refused"] == server.messages > 0


def test_it_sends_at_the_rate_it_was_told_and_measures_from_when_a_message_was_due(loadgen: Path, seats: Path) -> None:
    # At 10 ms each it can do half of that, so that the queue grows for as long as it lasts.
    with closing(CountingServer(delay=0.01)) as server:
        report = measured(loadgen, server, seats, "--rate", "200")
    assert report["messages"] == 0.4 * 200
    assert report["delivery_ms"]["p50"] > 50


def test_it_reports_the_median_delay_of_a_slow_server(loadgen: Path, seats: Path) -> None:
    with closing(CountingServer(delay=0.03)) as server:
        report = measured(loadgen, server, seats, "--window", "1")
    assert 30 <= report["delivery_ms"]["p50"] <= report["delivery_ms"]["p99"]


def test_it_adds_up_the_processor_time_of_a_process_and_its_descendants(loadgen: Path, seats: Path) -> None:
    with a_busy_grandchild() as (idle, busy), closing(CountingServer()) as server:
        before = cpu_seconds(busy)
        report = measured(loadgen, server, seats, "--window", "1", "--pid", str(idle.pid))
        most = cpu_seconds(busy) - before
        resident = sum(each.memory_info().rss for each in (idle, busy)) / 1024
    assert 0 < report["cpu_s"][0] <= most + 0.02
    assert resident / 2 < report["rss_kib"][0] < resident * 2


@contextmanager
def a_busy_grandchild() -> Iterator[tuple[psutil.Process, psutil.Process]]:
    """A process that only waits, and its child, which never does."""
    spinning = [sys.executable, "-c", "while True: pass"]
    waiting = f"import subprocess; p = subprocess.Popen({spinning!r}); print(p.pid, flush=True); p.wait()"
    with subprocess.Popen([sys.executable, "-c", waiting], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        try:
            yield psutil.Process(parent.pid), child
        finally:
            child.kill()


def cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)
