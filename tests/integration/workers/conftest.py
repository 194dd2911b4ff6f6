"""Workers that the tests of a module share."""

from collections.abc import Iterator

import pytest

from tests.integration.servers.postgres import Postgres
from tests.integration.sockets.people import Person
from tests.integration.workers.crew import Crew, a_crew


@pytest.fixture(scope="module")
def crew(tmp_path_factory: pytest.TempPathFactory, postgres: Postgres) -> Iterator[Crew]:
    with a_crew(tmp_path_factory.mktemp("crew"), postgres.url(postgres.create_database())) as crew:
        yield crew


@pytest.fixture
def anna(crew: Crew) -> Person:
    return Person(crew, "anna")


@pytest.fixture
def ben(crew: Crew) -> Person:
    return Person(crew, "ben")
