"""A server with the native transport whose limits on connections do not stand in the way of many clients."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.sockets.people import Person
from tests.integration.sockets.raw import a_websocket


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ParleyServer]:
    settings = {
        "DATABASE_URL": "memory://",
        "PARLEY_RATE_LIMITS": "off",
        "PARLEY_MAX_SOCKETS_PER_USER": "0",
        "PARLEY_MAX_SOCKETS_PER_ADDRESS": "0",
        "PARLEY_TRANSPORT": "native",
    }
    with a_parley(tmp_path_factory.mktemp("native"), **settings) as server:
        yield server
        assert "Traceback" not in server.log()
        assert '"fault"' not in server.log()


@pytest.fixture
def anna(server: ParleyServer) -> Person:
    return Person(server, "anna")


@pytest.fixture
def ben(server: ParleyServer) -> Person:
    return Person(server, "ben")


@pytest.fixture
def witness(server: ParleyServer, anna: Person) -> Iterator[list[float]]:
    """Somebody who behaves and asks all the time: how long each answer took, in seconds."""
    took: list[float] = []
    enough = Event()

    def ask() -> None:
        with a_websocket(server) as client:
            client.log_in(anna.token)
            while not enough.wait(0.005):
                asked = time.monotonic()
                assert (
                    client.ack(f'["presence",{{"user_ids":[{anna.id}]}}]') == f'[{{"data":{{"online":[{anna.id}]}}}}]'
                )
                took.append(time.monotonic() - asked)

    with ThreadPoolExecutor(1) as thread:
        asking = thread.submit(ask)
        try:
            yield took
        finally:
            enough.set()
        asking.result(30)
