"""People on the server that all tests share."""

import pytest

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import Person


@pytest.fixture
def anna(parley_server: ParleyServer) -> Person:
    return Person(parley_server, "anna")


@pytest.fixture
def ben(parley_server: ParleyServer) -> Person:
    return Person(parley_server, "ben")


@pytest.fixture
def cleo(parley_server: ParleyServer) -> Person:
    return Person(parley_server, "cleo")
