"""`python -m tests.integration.simulation N`: live through the first N worlds, and tell in a line how each was."""

import logging
import sys
from hashlib import sha256

from chat_domain.delivery import reconciler
from tests.integration.simulation.world import LOOKED_AT_ONE_BY_ONE, World


def main(count: int) -> None:
    """Two worlds in which anything differs have different lines."""
    logging.disable(logging.CRITICAL)
    for limit in LOOKED_AT_ONE_BY_ONE:
        setattr(reconciler, limit, 1)
    for seed in range(count):
        world = World(seed)
        world.run()
        sys.stdout.write(f"{seed}: {world.schedule.steps} steps, {sha256(world.history().encode()).hexdigest()}\n")


main(int(sys.argv[1]))
