"""People on servers that all tests share: one for each transport, because both must keep the same promises."""

from collections.abc import Iterator

import pytest

from tests.integration.servers.parley import ParleyServer, a_parley
from tests.integration.sockets.people import TRANSPORTS, Person


@pytest.fixture(scope="session", params=TRANSPORTS)
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ParleyServer]:
    """A running server on SQLite, without rate limits."""
    settings = {"PARLEY_TRANSPORT": request.param, "PARLEY_RATE_LIMITS": "off"}
    with a_parley(tmp_path_factory.mktemp(request.param), **settings) as server:
        yield server


@pytest.fixture
def anna(server: ParleyServer) -> Person:
    return Person(server, "anna")


@pytest.fixture
def ben(server: ParleyServer) -> Person:
    return Person(server, "ben")


@pytest.fixture
def cleo(server: ParleyServer) -> Person:
    return Person(server, "cleo")
