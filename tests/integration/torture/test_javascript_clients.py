"""The same promise to the official JavaScript client, which connects, reconnects and acknowledges in its own way."""

import time
from functools import partial

import pytest

from tests.integration.torture.faults import ON_POSTGRESQL, ON_SQLITE, networks
from tests.integration.torture.node import Node
from tests.integration.torture.play import a_scene, play, verdict
from tests.integration.torture.worlds import one_on_sqlite, three_over_postgres

pytestmark = pytest.mark.timeout(240)

NETWORK_AWAY = partial(networks.away, seconds=1.0, missed=300)


def test_one_process_on_sqlite_keeps_its_promise() -> None:
    with one_on_sqlite() as world, a_scene(world, rate=200, client_type=Node()) as scene:
        play(scene, [ON_SQLITE["F1"], NETWORK_AWAY], sends=3_000)


def test_three_processes_over_postgresql_and_valkey_keep_their_promise() -> None:
    with three_over_postgres() as world, a_scene(world, rate=200, client_type=Node()) as scene:
        play(scene, [ON_POSTGRESQL["F1"], ON_POSTGRESQL["F7"], NETWORK_AWAY], sends=3_000)


def test_applying_without_a_look_at_the_seq_is_found_when_messages_get_lost() -> None:
    with (
        one_on_sqlite("lose_pushes") as world,
        a_scene(world, rate=100, people=4, rooms=2, members=4, client_type=Node("--credulous")) as scene,
    ):
        scene.fleet.work(moderate_every=1)
        time.sleep(3)
        _, violations = verdict(scene)
        assert "I5" in {violation.invariant for violation in violations}
