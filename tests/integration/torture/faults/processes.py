"""Processes that die, freeze and are replaced."""

import time
from typing import Final

from tests.integration.torture.history import Refused, Unanswered
from tests.integration.torture.play import Scene, Timed
from tests.integration.torture.worlds import LaunchedServer

FROZEN_FOR: Final = 10.0
DRAINED_WITHIN: Final = 30.0
_DEAD_WITHIN: Final = 30.0
_A_MOMENT: Final = 0.05


def killed(scene: Scene) -> None:
    """F1: a server is killed at random, and started again."""
    time.sleep(scene.world.chance.uniform(0.2, 1.0))
    server = scene.world.any()
    with scene.fault("F1") as timed:
        server.kill()
        _start_again(scene, server, timed)


def killed_before_broadcast(scene: Scene) -> None:
    """F2: it dies between the commit and the broadcast of an event."""
    _killed_at(scene, "F2", "die_before_broadcast")


def killed_before_ack(scene: Scene) -> None:
    """F3: it dies between the commit of a message and its acknowledgement; I1 and I3 say what the retry returns."""
    _killed_at(scene, "F3", "die_before_ack")


def frozen(scene: Scene) -> None:
    """F4: it stands still and goes on. I9 says that nothing goes past a revocation meanwhile."""
    server = scene.world.any()
    with scene.fault("F4"):
        server.freeze()
        time.sleep(FROZEN_FOR)
        server.thaw()


def rolling_restart(scene: Scene) -> None:
    """F5: each server is asked to end and started again; no send fails."""
    began = len(scene.history.records)
    with scene.fault("F5"):
        for server in scene.world.servers:
            since = time.monotonic()
            server.restart()
            drained = time.monotonic() - since
            assert drained < DRAINED_WITHIN, f"a restart took {drained:.0f} s"
            time.sleep(1)
    failed = [
        record
        for record in scene.history.records[began:]
        if (isinstance(record, Refused) and record.status >= 500)
        or (isinstance(record, Unanswered) and record.status == 500)
    ]
    assert not failed, f"while servers were restarted: {failed[:3]}"


def _killed_at(scene: Scene, name: str, failpoint: str) -> None:
    """Whichever comes there first dies of it."""
    with scene.fault(name) as timed:
        for server in scene.world.servers:
            server.tell(failpoint)
        deadline = time.monotonic() + _DEAD_WITHIN
        while all(server.running for server in scene.world.servers):
            assert time.monotonic() < deadline, "nobody came to the failpoint"
            time.sleep(0.01)
        for server in scene.world.servers:
            server.tell_no_more(failpoint)
        time.sleep(_A_MOMENT)  # somebody else may have been there, too
        for server in scene.world.servers:
            if not server.running:
                _start_again(scene, server, timed)


def _start_again(scene: Scene, server: LaunchedServer, timed: Timed) -> None:
    """With others beside it healing begins at the death, else with the new process."""
    if len(scene.world.servers) > 1:
        timed.healing_from = timed.healing_from or time.monotonic()
    server.start()
