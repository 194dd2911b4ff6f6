"""Two thousand connections that are slow with their headers are few at a time, cost little, and are felt by nobody."""

import socket
import time
from contextlib import ExitStack, suppress

import psutil
import pytest
import requests

from tests.integration.servers.parley import ParleyServer
from tests.integration.transport.latency import percentile

pytestmark = pytest.mark.alone

MEBIBYTE = 1024 * 1024
CONNECTIONS = 2_000
BEGINNING = b"GET /healthz HTTP/1.1\r\nHost: parley\r\n"


def test_slow_headers_are_cut_and_nobody_notices(server: ParleyServer, witness: list[float]) -> None:
    _attack(server, 300)  # what a server needs at first
    witness.clear()
    time.sleep(2)
    calm = percentile(99, witness)
    before = psutil.Process(server.pid).memory_info().rss
    with ExitStack() as opened:
        slow = []
        witness.clear()
        for _ in range(20):
            slow += [opened.enter_context(_begun(server)) for _ in range(CONNECTIONS // 20)]
            assert requests.get(f"{server.url}/healthz", headers={"Connection": "close"}, timeout=10).ok
            time.sleep(0.1)
        took = list(witness)
        assert psutil.Process(server.pid).memory_info().rss - before < 5 * MEBIBYTE
        assert len(took) > 100
        assert percentile(99, took) < 0.05 + calm
        assert sum(not _is_cut(each) for each in slow) <= 200
        time.sleep(10.5)
        assert all(_is_cut(each) for each in slow)


def _attack(server: ParleyServer, count: int) -> None:
    with ExitStack() as opened:
        for _ in range(count):
            opened.enter_context(_begun(server))


def _begun(server: ParleyServer) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", server.port), timeout=10)
    client.sendall(BEGINNING)
    return client


def _is_cut(client: socket.socket) -> bool:
    client.setblocking(False)
    with suppress(BlockingIOError):
        try:
            return client.recv(4096) is not None  # an end, or a last word
        except ConnectionError:
            return True
    return False
