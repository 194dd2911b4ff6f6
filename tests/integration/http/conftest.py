"""One chat for all tests that do not ask for settings of their own; its people have names that nobody else has."""

import pytest

from tests.integration.http.place import Place
from tests.integration.http.world import Caller, World


@pytest.fixture(scope="session")
def world() -> World:
    return World()


@pytest.fixture
def anna(world: World) -> Caller:
    return world.someone()


@pytest.fixture
def ben(world: World) -> Caller:
    return world.someone()


@pytest.fixture
def outsider(world: World) -> Caller:
    return world.someone()


@pytest.fixture(scope="module")
def place(world: World) -> Place:
    return Place(world)
