"""At least 50,000 acknowledged sends and twelve faults: nothing is lost, nothing there twice, and all in one order."""

from functools import partial
from typing import Final

import pytest

from tests.integration.torture.faults import (
    ON_POSTGRESQL,
    ON_POSTGRESQL_ALONE,
    ON_SQLITE,
    networks,
    processes,
    upgrades,
)
from tests.integration.torture.play import a_scene, play
from tests.integration.torture.worlds import one_on_sqlite, three_over_postgres, three_over_postgres_alone

AWAY: Final = {"F14": partial(networks.away, seconds=1.0)}
IN_SHORT: Final = {
    "F1": partial(processes.killed_again_and_again, seconds=10.0),
    "F23": partial(upgrades.there_and_back, mixed_for=1.0),
}
ON_ONE: Final = ("F1", "F2", "F3", "F5", "F12", "F14", "F17", "F22")
ON_THREE: Final = ("F1", "F2", "F3", "F7", "F8", "F9", "F14", "F22", "F23")
ON_THREE_ALONE: Final = ("F9", "F1", "F3", "F7")

pytestmark = [pytest.mark.alone, pytest.mark.timeout(400)]


def test_one_process_on_sqlite_keeps_its_promise() -> None:
    with one_on_sqlite() as world, a_scene(world, rate=800) as scene:
        play(scene, [(ON_SQLITE | AWAY)[name] for name in ON_ONE], sends=30_000)


def test_three_processes_over_postgresql_and_valkey_keep_their_promise() -> None:
    with three_over_postgres() as world, a_scene(world, rate=500) as scene:
        play(scene, [(ON_POSTGRESQL | AWAY | IN_SHORT)[name] for name in ON_THREE], sends=20_000)


def test_three_processes_over_postgresql_alone_keep_their_promise() -> None:
    with three_over_postgres_alone() as world, a_scene(world, rate=200) as scene:
        play(scene, [ON_POSTGRESQL_ALONE[name] for name in ON_THREE_ALONE], sends=3_000)
