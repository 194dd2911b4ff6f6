"""What it costs to have a server running: memory, and the time of a start."""

import time
from pathlib import Path

import psutil
import pytest

from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.sockets.people import Person


def megabytes(server: ParleyServer) -> float:
    """Resident memory of the server's process and whatever it started."""
    process = psutil.Process(server.pid)
    return sum(each.memory_info().rss for each in [process, *process.children(recursive=True)]) / 1e6


def test_an_idle_server_takes_less_than_100_mb(tmp_path: Path) -> None:
    with a_parley(tmp_path) as server:
        assert megabytes(server) < 100
        anna = Person(server)
        with anna.connected() as annas:
            annas.ask("send_message", {"room_id": anna.opens(), "message": "hello", "client_id": "1"})
        assert megabytes(server) < 100, "nor after it was used"


@pytest.mark.alone
def test_the_second_start_takes_less_than_3_seconds(tmp_path: Path) -> None:
    with a_parley(tmp_path) as server:
        taken = []
        for _ in range(3):  # the machine may be busy with something else; once is proof
            server.stop()
            began = time.monotonic()
            server.start()
            taken.append(time.monotonic() - began)
        assert min(taken) < 3, taken
