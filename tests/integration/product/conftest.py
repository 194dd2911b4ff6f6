"""A running server and people who use it."""

import pytest

from tests.integration.servers.parley import ParleyServer
from tests.integration.sockets.people import Person


@pytest.fixture
def anna(parley_server: ParleyServer) -> Person:
    return Person(parley_server, "anna")


@pytest.fixture
def ben(parley_server: ParleyServer) -> Person:
    return Person(parley_server, "ben")
