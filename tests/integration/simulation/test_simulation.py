"""Whatever the world does, nothing is lost, nothing comes twice, and all see one order.

A seed that fails is replayed by `pytest tests/integration/simulation --seed N`. What is checked is listed in checks.py.
"""

from typing import Final

import pytest

from tests.integration.simulation import bugs
from tests.integration.simulation.world import World

SEEDS: Final = 2_000
AT_A_TIME: Final = 100
FOR_A_BUG: Final = 200


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
    assert one.schedule.steps == other.schedule.steps
    assert one.committed_at == other.committed_at
    assert [client.rooms for client in one.clients] == [client.rooms for client in other.clients]


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
    assert len({line.process for world in worlds for client in world.clients for line in client.lines}) > 60


@pytest.mark.parametrize("bug", bugs.ALL, ids=lambda bug: bug.__name__)
def test_a_bug_that_is_planted_is_found(bug: type[bugs.Bugs]) -> None:
    assert any(run(seed, bug()) for seed in range(FOR_A_BUG))
