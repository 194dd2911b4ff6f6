"""A server with the native transport whose limits on connections do not stand in the way of many clients."""

from collections.abc import Iterator

import pytest

from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.sockets.people import Person


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
