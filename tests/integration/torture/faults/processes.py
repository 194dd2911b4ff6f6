"""Processes that die, freeze and are replaced."""

import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

from tests.integration.torture.faults.revocations import revoking
from tests.integration.torture.history import Answered, Refused, Unanswered
from tests.integration.torture.play import Scene, Timed
from tests.integration.torture.worlds import LaunchedServer

FROZEN_FOR: Final = 10.0
DRAINED_WITHIN: Final = 30.0
_DEAD_WITHIN: Final = 30.0
_ANSWERED_WITHIN: Final = 15.0
_A_MOMENT: Final = 0.05
_FORBIDDEN: Final = 403


def killed(scene: Scene) -> None:
    """F1: a server is killed at random, and started again."""
    time.sleep(scene.world.chance.uniform(0.2, 1.0))
    server = scene.world.any()
    with scene.fault("F1") as timed:
        server.kill()
        _start_again(scene, server, timed)


def killed_before_broadcast(scene: Scene) -> None:
    """F2: it dies between the commit and the broadcast of an event, which all must see nevertheless."""
    _killed_at(scene, "F2", "die_before_broadcast")


def killed_before_ack(scene: Scene) -> None:
    """F3: it dies between the commit of a message and its acknowledgement; the retry returns the same id and seq.

    Unless its sender was removed from the room meanwhile.
    """
    began = len(scene.history.records)
    for sent in _killed_at(scene, "F3", "die_before_ack"):
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


def _killed_at(scene: Scene, name: str, failpoint: str) -> list[dict[str, Any]]:
    """Whichever comes there first dies of it. Returns what the dead alone knew."""
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
        dead = [server for server in scene.world.servers if not server.running]
        known = [words for server in dead if (words := server.words_of(failpoint))]
        assert len(known) == len(dead), "somebody died of something else"
        if failpoint == "die_before_broadcast":
            timed.unheard = _latest(known)
        for server in dead:
            _start_again(scene, server, timed)
    return known


def _latest(known: Sequence[Mapping[str, int]]) -> dict[int, int]:
    found: dict[int, int] = {}
    for heads in known:
        for room, seq in heads.items():
            found[int(room)] = max(seq, found.get(int(room), 0))
    return found


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
