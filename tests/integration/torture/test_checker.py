"""The checker finds nothing in a good history, and in a bad one just what is wrong with it."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.integration.torture.checker import INVARIANTS, Run, check
from tests.integration.torture.checker.run import RoomState
from tests.integration.torture.history import (
    Answered,
    Asked,
    Closed,
    Connected,
    Disconnected,
    Event,
    History,
    LoggedOut,
    Looked,
    Opened,
    Received,
    Record,
    Refused,
    Shown,
    Synced,
    Unanswered,
)

ANNA, BEN, ROOM = 1, 2, 7
LOG = (
    Event(ROOM, 1, "user_join", user=ANNA),
    Event(ROOM, 2, "user_join", user=BEN),
    Event(ROOM, 3, "message", 31, "one", sender=ANNA, client_id="a1"),
    Event(ROOM, 4, "message", 41, "", deleted=True, sender=BEN, client_id="b1"),
    Event(ROOM, 5, "message_deleted", 41, "", deleted=True, sender=BEN, client_id="b1"),
    Event(ROOM, 6, "user_left", user=BEN),
    Event(ROOM, 7, "message", 71, "three", sender=ANNA, client_id="a2"),
)
TWO = replace(LOG[3], body="two", deleted=False)
FINAL = {31: Shown(31, 3, "one", False), 41: Shown(41, 4, "", True), 71: Shown(71, 7, "three", False)}


def heard(at: float, client: str, *events: Event, pushed: bool = True) -> list[Record]:
    return [Received(at, client, event, pushed, applied=True) for event in events]


@dataclass
class Told:
    """A history that may be spoilt: Anna sends, Ben sends and deletes and is removed, Anna sends again."""

    records: list[Record] = field(default_factory=list)
    log: list[Event] = field(default_factory=lambda: list(LOG))
    state: RoomState = field(default_factory=lambda: RoomState(7, 2, 0, messages=FINAL))

    def __post_init__(self) -> None:
        self.records = [
            Connected(0.0, "anna"),
            Opened(0.1, "anna", ROOM, 2),
            Opened(0.1, "ben", ROOM, 2),
            Asked(1.0, "anna", "a:1", "send", ROOM, "one", "a1"),
            Unanswered(1.5, "a:1"),
            Answered(2.0, "a:1", 31, 3, "one"),
            *heard(2.1, "anna", LOG[2]),
            *heard(2.1, "ben", LOG[2], pushed=False),
            Asked(3.0, "ben", "b:1", "send", ROOM, "two", "b1"),
            Answered(4.0, "b:1", 41, 4, "two"),
            *heard(4.1, "anna", TWO),
            *heard(4.2, "ben", TWO),
            Looked(4.3, 4.4, "ben", ROOM, 1, 4, (FINAL[31], Shown(41, 4, "two", False))),
            Asked(5.0, "ben", "b:2", "delete", ROOM, message=41),
            Answered(5.5, "b:2", 41, 4, "", deleted=True),
            *heard(5.6, "anna", LOG[4]),
            *heard(5.6, "ben", LOG[4]),
            Synced(5.7, 5.8, "anna", {ROOM: 5}, "e"),
            Asked(6.0, "anna", "a:2", "remove", ROOM, user=BEN),
            Answered(6.5, "a:2"),
            Closed(6.6, "ben", ROOM),
            *heard(6.6, "anna", LOG[5]),
            Asked(7.0, "ben", "b:3", "send", ROOM, "late", "b2"),
            Refused(7.1, "b:3", 404, "room_not_found"),
            Asked(8.0, "anna", "a:3", "send", ROOM, "three", "a2"),
            Answered(8.5, "a:3", 71, 7, "three"),
            *heard(8.6, "anna", LOG[6]),
            Looked(9.0, 9.1, "anna", ROOM, 1, 7, tuple(FINAL.values())),
            Synced(9.2, 9.3, "anna", {ROOM: 7}, "e"),
        ]

    def run(self) -> Run:
        fresh = {"anna": {ROOM: RoomState(7, 2, 0, messages=FINAL)}, "ben": {}}
        states = {"anna": {ROOM: self.state}, "ben": {}}
        return Run(self.records, {ROOM: self.log}, states, fresh, {"anna": ANNA, "ben": BEN, "visit": ANNA})

    def swap(self, old: Record, new: Record) -> None:
        self.records[self.records.index(old)] = new

    def find(self, op: str) -> Answered:
        return next(each for each in self.records if isinstance(each, Answered) and each.op == op)


def broken_by(told: Told) -> set[str]:
    return {violation.invariant for violation in check(told.run())}


def test_a_good_history_has_no_violations() -> None:
    assert check(Told().run()) == []


def test_an_empty_history_has_no_violations() -> None:
    assert check(Run([], {})) == []


def test_a_history_survives_being_written_and_read(tmp_path: Path) -> None:
    history = History(Told().records)
    history.dump(tmp_path / "history.jsonl")
    assert History.load(tmp_path / "history.jsonl").records == history.records


def lost(told: Told) -> None:
    told.log.pop()


def kept_elsewhere(told: Told) -> None:
    told.swap(told.find("a:3"), replace(told.find("a:3"), seq=6))


def kept_with_another_body(told: Told) -> None:
    told.log[2] = replace(LOG[2], body="other")


def there_twice(told: Told) -> None:
    told.log.append(replace(LOG[6], seq=8, message=81))


def unanswered_and_there_twice(told: Told) -> None:
    told.swap(told.find("a:3"), Unanswered(8.5, "a:3"))
    there_twice(told)


def refused_and_there(told: Told) -> None:
    told.log.append(Event(ROOM, 8, "message", 81, "late", sender=BEN, client_id="b2"))


def with_a_hole(told: Told) -> None:
    told.log[6] = replace(LOG[6], seq=8)


def out_of_order(told: Told) -> None:
    told.log[2:4] = told.log[3], told.log[2]


def a_skipped_event(told: Told) -> None:
    told.records.remove(heard(4.1, "anna", TWO)[0])


def an_event_applied_twice(told: Told) -> None:
    told.records += heard(9.4, "anna", LOG[6])


def an_event_applied_in_a_room_that_was_left(told: Told) -> None:
    told.records += heard(9.4, "ben", LOG[2], pushed=False)


def two_events_with_one_seq(told: Told) -> None:
    told.swap(heard(4.2, "ben", TWO)[0], heard(4.2, "ben", replace(TWO, message=99))[0])


def two_bodies_of_one_version(told: Told) -> None:
    told.swap(heard(4.2, "ben", TWO)[0], heard(4.2, "ben", replace(TWO, body="tow"))[0])


def a_senders_messages_swapped(told: Told) -> None:
    told.swap(told.find("a:1"), replace(told.find("a:1"), seq=7, id=71))
    told.swap(told.find("a:3"), replace(told.find("a:3"), seq=3, id=31))


def a_later_message_before_an_acknowledged_one(told: Told) -> None:
    told.swap(told.find("b:1"), replace(told.find("b:1"), seq=2))


def a_push_to_somebody_removed(told: Told) -> None:
    told.records.append(Received(8.7, "ben", LOG[6], pushed=True, applied=False))


def a_push_from_before_the_joining(told: Told) -> None:
    told.records.append(Received(8.7, "ben", LOG[0], pushed=True, applied=False))


def a_sync_from_after_the_removal(told: Told) -> None:
    told.records.append(Received(8.7, "ben", LOG[6], pushed=False, applied=False))


def a_push_to_a_session_that_was_ended(told: Told) -> None:
    told.records.append(LoggedOut(7.5, "anna"))


def signed_out(told: Told, at: float, *received: Event) -> None:
    """A device of Anna's whose session ended then, and which received these all the same."""
    told.records.append(LoggedOut(at, "visit"))
    told.records += [Received(9.8, "visit", event, pushed=True, applied=False) for event in received]


def a_deletion_to_a_session_that_was_ended(told: Told) -> None:
    signed_out(told, 4.9, LOG[4])


def an_edit_to_a_session_that_was_ended(told: Told) -> None:
    """The second one: the first it may know."""
    edits = [Event(ROOM, seq, "message_edited", 71, "four", sender=ANNA, client_id="a2") for seq in (8, 9)]
    told.log += edits
    told.records += [
        Asked(9.0, "anna", "a:4", "edit", ROOM, "four", message=71),
        Answered(9.1, "a:4", 71, 7, "four"),
        Asked(9.6, "anna", "a:5", "edit", ROOM, "four", message=71),
        Answered(9.7, "a:5", 71, 7, "four"),
    ]
    signed_out(told, 9.5, edits[1])


def a_removal_to_a_session_that_was_ended(told: Told) -> None:
    signed_out(told, 5.9, LOG[5])


def a_joining_to_a_session_that_was_ended(told: Told) -> None:
    again = Event(ROOM, 8, "user_join", user=BEN)
    told.log.append(again)
    told.records += [Asked(9.6, "anna", "a:4", "put", ROOM, user=BEN), Answered(9.7, "a:4")]
    signed_out(told, 9.5, again)


def a_leaving_to_a_session_that_was_ended(told: Told) -> None:
    gone = Event(ROOM, 8, "user_left", user=ANNA)
    told.log.append(gone)
    told.records += [Asked(9.6, "anna", "a:4", "leave", ROOM), Answered(9.7, "a:4")]
    signed_out(told, 9.5, gone)


def what_nobody_asked_for_to_a_session_that_was_ended(told: Told) -> None:
    """It comes after something that was."""
    renamed = Event(ROOM, 8, "room_changed")
    told.log.append(renamed)
    signed_out(told, 7.9, renamed)


def an_old_message_in_a_client(told: Told) -> None:
    told.state = replace(told.state, messages={**FINAL, 41: Shown(41, 4, "two", False)})


def a_wrong_unread_count(told: Told) -> None:
    told.state = replace(told.state, unread=1)


def a_wrong_count_of_mentions(told: Told) -> None:
    told.state = replace(told.state, mentions=1)


def a_read_mark_behind(told: Told) -> None:
    told.state = replace(told.state, read_seq=1)


def an_unhealed_gap(told: Told) -> None:
    told.state = replace(told.state, last_seq=6)


def an_own_message_not_found(told: Told) -> None:
    told.records.append(Looked(9.5, 9.6, "anna", ROOM, 1, 7, (FINAL[31], FINAL[41])))


def a_log_that_went_back(told: Told) -> None:
    told.records.append(Synced(9.5, 9.6, "ben", {ROOM: 6}, "e"))


def a_log_behind_what_was_acknowledged(told: Told) -> None:
    told.records.append(Synced(8.55, 8.58, "ben", {ROOM: 6}, "e"))


def a_deleted_text_that_is_read(told: Told) -> None:
    told.records.append(Looked(9.5, 9.6, "ben", ROOM, 4, 4, (Shown(41, 4, "two", False),)))


def a_corrupt_frame(told: Told) -> None:
    told.records.append(Disconnected(9.5, "anna", "corrupt: a frame begins with nonsense"))


def a_fault_of_the_server(told: Told) -> None:
    told.records.append(Unanswered(1.6, "a:1", 500))


BAD: list[tuple[Callable[[Told], None], str]] = [
    (lost, "I1"),
    (kept_elsewhere, "I1"),
    (kept_with_another_body, "I1"),
    (there_twice, "I1"),
    (unanswered_and_there_twice, "I2"),
    (refused_and_there, "I2"),
    (unanswered_and_there_twice, "I3"),
    (with_a_hole, "I4"),
    (out_of_order, "I4"),
    (a_skipped_event, "I5"),
    (an_event_applied_twice, "I5"),
    (an_event_applied_in_a_room_that_was_left, "I5"),
    (two_events_with_one_seq, "I6"),
    (two_bodies_of_one_version, "I6"),
    (a_senders_messages_swapped, "I7"),
    (a_later_message_before_an_acknowledged_one, "I8"),
    (a_push_to_somebody_removed, "I9"),
    (a_push_from_before_the_joining, "I9"),
    (a_sync_from_after_the_removal, "I9"),
    (a_push_to_a_session_that_was_ended, "I9"),
    (a_deletion_to_a_session_that_was_ended, "I9"),
    (an_edit_to_a_session_that_was_ended, "I9"),
    (a_removal_to_a_session_that_was_ended, "I9"),
    (a_joining_to_a_session_that_was_ended, "I9"),
    (a_leaving_to_a_session_that_was_ended, "I9"),
    (what_nobody_asked_for_to_a_session_that_was_ended, "I9"),
    (an_old_message_in_a_client, "I10"),
    (a_wrong_unread_count, "I10"),
    (a_wrong_count_of_mentions, "I10"),
    (a_read_mark_behind, "I10"),
    (an_unhealed_gap, "I10"),
    (an_own_message_not_found, "I11"),
    (a_log_that_went_back, "I12"),
    (a_log_behind_what_was_acknowledged, "I12"),
    (a_deleted_text_that_is_read, "I13"),
    (a_corrupt_frame, "frames"),
    (a_fault_of_the_server, "answers"),
]


@pytest.mark.parametrize(("spoil", "invariant"), BAD, ids=[f"{name}-{bad.__name__}" for bad, name in BAD])
def test_it_finds(spoil: Callable[[Told], None], invariant: str) -> None:
    told = Told()
    spoil(told)
    assert invariant in broken_by(told)


def test_every_invariant_is_shown_to_fail() -> None:
    assert {invariant for _, invariant in BAD} == set(INVARIANTS)


def test_what_a_session_received_before_its_end_may_be_changed_after_it() -> None:
    told = Told()
    signed_out(told, 4.9, LOG[2], TWO)
    assert broken_by(told) == set()


def test_what_was_tried_twice_may_have_been_done_twice_before_the_end_of_a_session() -> None:
    told = Told()
    an_edit_to_a_session_that_was_ended(told)
    told.records.append(Unanswered(9.05, "a:4"))
    assert "I9" not in broken_by(told)


def test_a_new_epoch_may_begin_lower() -> None:
    told = Told()
    told.records.append(Synced(9.5, 9.6, "anna", {ROOM: 4}, "f"))
    assert broken_by(told) == set()


def test_a_refusal_after_an_attempt_without_answer_leaves_open_whether_it_is_there() -> None:
    told = Told()
    told.records.append(Unanswered(7.05, "b:3"))
    refused_and_there(told)
    told.state = replace(told.state, last_seq=7)
    assert "I2" not in broken_by(told)
