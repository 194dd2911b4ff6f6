"""At least 50,000 acknowledged sends and twelve faults: nothing is lost, nothing there twice, and all in one order."""

import time
from collections.abc import Sequence
from typing import Final

import pytest

from tests.integration.torture.faults import ON_POSTGRESQL, ON_SQLITE
from tests.integration.torture.figures import figures_of
from tests.integration.torture.play import Fault, Scene, a_scene, verdict
from tests.integration.torture.worlds import one_on_sqlite, three_over_postgres

_PAUSE: Final = 1.0
ON_ONE: Final = ("F1", "F2", "F3", "F5", "F12", "F14", "F17")
ON_THREE: Final = ("F1", "F2", "F3", "F7", "F8", "F9", "F14")


@pytest.mark.timeout(400)
def test_one_process_on_sqlite_keeps_its_promise() -> None:
    with one_on_sqlite() as world, a_scene(world, rate=800) as scene:
        play(scene, [ON_SQLITE[name] for name in ON_ONE], sends=30_000)


@pytest.mark.timeout(400)
def test_three_processes_over_postgresql_and_valkey_keep_their_promise() -> None:
    with three_over_postgres() as world, a_scene(world, rate=500) as scene:
        play(scene, [ON_POSTGRESQL[name] for name in ON_THREE], sends=20_000)


def play(scene: Scene, faults: Sequence[Fault], *, sends: int) -> None:
    """Let the faults strike, and work on until so much was acknowledged; then nothing may be wrong."""
    scene.fleet.work()
    for strike in faults:
        time.sleep(_PAUSE)
        strike(scene)
    deadline = time.monotonic() + 300
    while scene.acknowledged() < sends:
        assert time.monotonic() < deadline, f"only {scene.acknowledged()} sends"
        time.sleep(0.5)
    run, violations = verdict(scene)
    figures = figures_of(scene.world.name, run, violations, scene.figures, [])
    assert figures.problems() == []
    assert figures.acknowledged >= sends
