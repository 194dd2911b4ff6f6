"""How long healing and messages took, and what a restored backup takes out of a history."""

import pytest

from tests.integration.torture.checker import Run
from tests.integration.torture.delays import delays
from tests.integration.torture.healing import healed
from tests.integration.torture.history import (
    Answered,
    Asked,
    Disconnected,
    Event,
    Faulted,
    Forgotten,
    History,
    Opened,
    Received,
    Record,
    Synced,
)

ROOM = 7


def received(at: float, seq: int) -> Received:
    return Received(at, "anna", Event(ROOM, seq, "message"), pushed=True, applied=True)


def seconds(*records: Record) -> float:
    run = Run([Opened(0.0, "anna", ROOM, 3), *records], {}, {"anna": {}})
    ((found,),) = healed(run).values()
    return found


def test_a_client_has_healed_when_it_has_what_had_been_acknowledged() -> None:
    sent = (Asked(1.0, "ben", "b:1", "send", ROOM), Answered(1.5, "b:1", 41, 4))
    assert seconds(*sent, Faulted(1.0, "F7", 2.0), received(2.75, 4)) == 0.75


def test_a_client_has_healed_when_it_has_what_was_committed_and_told_to_nobody() -> None:
    assert seconds(Faulted(1.0, "F2", 2.0, {ROOM: 5}), received(2.25, 4), received(3.5, 5)) == 1.5


def test_a_client_that_never_gets_it_does_not_heal() -> None:
    assert seconds(Faulted(1.0, "F2", 2.0, {ROOM: 5}), received(2.25, 4)) == float("inf")


def test_a_client_that_was_disconnected_has_healed_when_it_has_synchronised() -> None:
    assert seconds(Disconnected(1.5, "anna"), Faulted(1.0, "F1", 2.0), Synced(2.25, 2.5, "anna", {})) == 0.5


def test_those_whom_a_kill_did_not_disconnect_are_not_counted_among_the_healed() -> None:
    kill = Faulted(1.0, "F1", 2.0)
    run = Run([Disconnected(1.5, "anna"), kill, Synced(2.25, 2.5, "anna", {})], {}, {"anna": {}, "ben": {}})
    assert healed(run) == {"F1": [0.5]}


def test_a_lost_bus_is_healed_from_by_everybody() -> None:
    run = Run([Faulted(1.0, "F6", 2.0)], {}, {"anna": {}, "ben": {}})
    assert healed(run) == {"F6": [0.0, 0.0]}


def test_what_came_between_a_backup_and_its_restore_is_not_asked_for() -> None:
    fault: list[Record] = [Disconnected(2.5, "anna"), Faulted(2.5, "F22", 3.25), Forgotten(3.0, 2.0)]
    kept: list[Record] = [received(1.0, 4), *fault, received(3.5, 5)]
    history = History([*kept[:1], received(2.25, 5), *kept[1:]])
    assert history.remembered() == kept


def test_messages_that_reach_nobody_are_not_taken_for_fast_ones() -> None:
    history = History([Asked(1.0, "ben", "b:1", "send", ROOM), Answered(1.5, "b:1", 41, 4), received(1.75, 4)])
    assert delays(history, 0.5) == [0.75]
    with pytest.raises(AssertionError, match="reached anybody"):
        delays(history, 2.0)
