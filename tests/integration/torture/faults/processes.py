"""Processes that die, freeze and are replaced."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final

from tests.integration.torture.faults.revocations import revoking
from tests.integration.torture.history import Answered, Refused, Unanswered
from tests.integration.torture.play import Scene, Timed
from tests.integration.torture.worlds import LaunchedServer

KILLED_EVERY: Final = 4.0
FROZEN_FOR: Final = 10.0
DRAINED_WITHIN: Final = 30.0
_ANSWERED_WITHIN: Final = 15.0
_FORBIDDEN: Final = 403


def killed(scene: Scene) -> None:
    """F1: a server is killed at random, and started again."""
    time.sleep(scene.world.chance.uniform(0.2, 1.0))
    server = scene.world.any()
    with scene.fault("F1") as timed:
        server.kill()
        _start_again(scene, server, timed)


def killed_again_and_again(scene: Scene, seconds: float, every: float = KILLED_EVERY) -> None:
    """F1 for so long: every few seconds one of those that serve is killed, never the last; it comes back meanwhile."""
    until, servers = time.monotonic() + seconds, scene.world.servers
    with ThreadPoolExecutor(len(servers)) as threads:
        coming_back: dict[LaunchedServer, Future[None]] = {}
        while (began := time.monotonic()) < until:
            serving = [server for server in servers if server not in coming_back or coming_back[server].done()]
            if len(serving) > 1:
                server = scene.world.chance.choice(serving)
                if before := coming_back.pop(server, None):
                    before.result()
                with scene.fault("F1") as timed:
                    timed.healing_from = time.monotonic()
                    server.kill()
                coming_back[server] = threads.submit(server.start)
            time.sleep(max(0.0, began + every - time.monotonic()))
        for start in coming_back.values():
            start.result()


def killed_before_broadcast(scene: Scene) -> None:
    """F2: it dies between the commit and the broadcast of an event, which all must see nevertheless."""
    _killed_at(scene, "F2", "die_before_broadcast")


def killed_before_ack(scene: Scene) -> None:
    """F3: it dies between the commit of a message and its acknowledgement; the retry returns the same id and seq.

    Unless its sender was removed from the room meanwhile.
    """
    began = len(scene.history.records)
    sent = _killed_at(scene, "F3", "die_before_ack")
    match _outcome(scene, sent["client_id"], began):
        case Answered(id=id, seq=seq):
            assert (id, seq) == (sent["id"], sent["seq"]), f"{sent} came back as message {id} at {seq}"
        case Refused(status=status):
            assert status == _FORBIDDEN, f"the retry of {sent} was refused with {status}"


def frozen(scene: Scene) -> None:
    """F4: it stands still and goes on. Meanwhile somebody loses a room and a session, of which nothing goes to them."""
    server = scene.world.any()
    with revoking(scene, server) as revocation:
        with scene.fault("F4"):
            server.freeze()
            revocation.begin()
            time.sleep(FROZEN_FOR)
            server.thaw()
        revocation.finish()


def rolling_restart(scene: Scene) -> None:
    """F5: each server is asked to end and started again; no send fails."""
    with no_send_fails(scene), scene.fault("F5"):
        for server in scene.world.servers:
            restart(server)
            time.sleep(1)


def restart(server: LaunchedServer) -> None:
    """Ask it to end, and start it again, within the time that a deployment gives it."""
    since = time.monotonic()
    server.restart()
    drained = time.monotonic() - since
    assert drained < DRAINED_WITHIN, f"a restart took {drained:.0f} s"


@contextmanager
def no_send_fails(scene: Scene) -> Iterator[None]:
    """Meanwhile nothing is refused because of a server: what is not answered is asked again."""
    began = len(scene.history.records)
    yield
    failed = [
        record
        for record in scene.history.records[began:]
        if (isinstance(record, Refused) and record.status >= 500)
        or (isinstance(record, Unanswered) and record.status == 500)
    ]
    assert not failed, f"while servers were restarted: {failed[:3]}"


def _killed_at(scene: Scene, name: str, failpoint: str) -> dict[str, Any]:
    """One of the processes dies there. Returns what it alone knew."""
    server = scene.world.busiest()
    with scene.fault(name) as timed:
        server.tell(failpoint)
        server.wait_for_death()
        known = server.words_of(failpoint)
        assert known, "it died of something else"
        if failpoint == "die_before_broadcast":
            timed.unheard = {int(room): seq for room, seq in known.items()}
        _start_again(scene, server, timed)
    return known


def _outcome(scene: Scene, op: str, began: int) -> Answered | Refused:
    deadline = time.monotonic() + _ANSWERED_WITHIN
    while time.monotonic() < deadline:
        for record in scene.history.records[began:]:
            if isinstance(record, Answered | Refused) and record.op == op:
                return record
        time.sleep(0.05)
    raise AssertionError(f"the retry of {op} was not answered within {_ANSWERED_WITHIN} s")


def _start_again(scene: Scene, server: LaunchedServer, timed: Timed) -> None:
    """With others beside it healing begins at the death, else with the new process."""
    if len(scene.world.servers) > 1:
        timed.healing_from = timed.healing_from or time.monotonic()
    server.start()
