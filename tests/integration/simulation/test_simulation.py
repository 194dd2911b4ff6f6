"""Whatever the world does, nothing is lost, nothing comes twice, and all see one order.

A seed that fails is replayed by `pytest tests/integration/simulation --seed N`. What is checked is listed in checks.py.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tests.integration.simulation import bugs
from tests.integration.simulation.world import World

SEEDS: Final = 2_000
AT_A_TIME: Final = 100
FOR_A_BUG: Final = 200
IN_ANOTHER_PROCESS: Final = 20
ROOT: Final = Path(__file__).parents[3]


def run(seed: int, bug: bugs.Bugs | None = None) -> list[str]:
    return World(seed, bug).run()


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seeds" in metafunc.fixturenames:
        only: int | None = metafunc.config.getoption("--seed", None)
        all = [range(first, first + AT_A_TIME) for first in range(0, SEEDS, AT_A_TIME)]
        metafunc.parametrize("seeds", all if only is None else [range(only, only + 1)], ids=lambda seeds: str(seeds[0]))


def test_the_promise_holds_in_every_world(seeds: range) -> None:
    for seed in seeds:
        faults = run(seed)
        replay = f"pytest {__file__} -k promise --seed {seed}"
        assert not faults, "\n".join([f"seed {seed}; to replay it: {replay}", *faults])


def test_the_same_seed_is_the_same_world() -> None:
    one, other = World(7), World(7)
    assert one.run() == other.run()
    assert one.history() == other.history()


def test_the_same_seed_is_the_same_world_in_a_process_that_orders_sets_otherwise() -> None:
    one, *others = (lines_of_worlds(hash_seed) for hash_seed in range(4))
    assert len(one) == IN_ANOTHER_PROCESS
    assert others == [one] * 3


def lines_of_worlds(hash_seed: int) -> list[str]:
    command = [sys.executable, "-m", "tests.integration.simulation", str(IN_ANOTHER_PROCESS)]
    environment = {**os.environ, "PYTHONHASHSEED": str(hash_seed), "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.splitlines()


def test_the_worlds_are_eventful() -> None:
    worlds = [World(seed) for seed in range(20)]
    for world in worlds:
        world.run()
    sends = [send for world in worlds for client in world.clients for send in client.sends]
    assert sum(send.answered is not None for send in sends) > 300
    assert sum(send.is_unsure and send.answered is not None for send in sends) > 20, "sends were tried again"
    assert sum(send.refused for send in sends) > 5
    assert sum(len(world.ended_at) for world in worlds) > 5, "sessions ended"
    assert sum(world.deaths for world in worlds) > 20
    runners = [len({taken.process for taken in world.taken}) for world in worlds]
    assert sum(count > 0 for count in runners) > 15, "consumers ran"
    assert sum(count > 1 for count in runners) > 3, "another process took over"
    assert len({line.process for world in worlds for client in world.clients for line in client.lines}) > 60


@pytest.mark.parametrize("bug", bugs.ALL, ids=lambda bug: bug.__name__)
def test_a_bug_that_is_planted_is_found(bug: type[bugs.Bugs]) -> None:
    assert any(run(seed, bug()) for seed in range(FOR_A_BUG))
