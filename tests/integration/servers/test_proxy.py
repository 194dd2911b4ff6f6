"""Proxies pass on what they are given, and leave no socket behind, whatever is under way when they stop."""

import gc
import socket
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.integration.product.test_a_slow_database import SlowProxy
from tests.integration.servers.proxy import Proxy, started
from tests.integration.torture.proxy import FaultyProxy
from tests.integration.transport.proxy import CuttingProxy

every_kind = pytest.mark.parametrize("kind", [Proxy, SlowProxy, FaultyProxy, CuttingProxy])


@pytest.fixture
def target() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0), backlog=1_000) as listener:
        yield listener


@pytest.fixture
def unclosed(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[str]]]:
    """What was left to the garbage collector until now."""
    found: list[str] = []

    def collect() -> list[str]:
        gc.collect()
        return found

    collect()
    monkeypatch.setattr(sys, "unraisablehook", lambda unraisable: found.append(str(unraisable.exc_value)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield collect


@every_kind
@pytest.mark.parametrize("open_for", [0.0, 0.001, 0.003])
@pytest.mark.parametrize("hanging_up", [True, False])
def test_a_proxy_that_stops_leaves_nothing_open(
    target: socket.socket, unclosed: Callable[[], list[str]], kind: type[Proxy], open_for: float, hanging_up: bool
) -> None:
    for _ in range(10):
        with ExitStack() as clients, started(kind(target.getsockname()[1])) as proxy:
            for _ in range(5):
                clients.enter_context(socket.create_connection(("127.0.0.1", proxy.port)))
            time.sleep(open_for)  # they are waiting, being accepted, being joined or joined
            if hanging_up:
                clients.close()
    assert unclosed() == []


@every_kind
def test_what_either_end_says_reaches_the_other_to_the_last_byte(target: socket.socket, kind: type[Proxy]) -> None:
    words = bytes(range(256)) * 400
    with (
        started(kind(target.getsockname()[1])) as proxy,
        socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as client,
        target.accept()[0] as server,
    ):
        server.settimeout(10)
        client.sendall(words)
        assert _read(server, len(words)) == words
        server.sendall(words)
        assert _read(client, len(words)) == words
        server.close()
        assert client.recv(1) == b"", "the client learns that the server has gone"


def _read(end: socket.socket, size: int) -> bytes:
    read = b""
    while len(read) < size:
        read += end.recv(65_536)
    return read
