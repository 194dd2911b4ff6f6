"""What others said is handed on in order, however long whoever receives it takes, and whoever puts it does not wait."""

from collections.abc import Sequence

import gevent
from gevent.event import Event

from adapters.broadcasting.bus.incoming import Incoming
from chat_domain.model.ephemeral import AnyEvent, RoomDeleted
from chat_domain.model.identifiers import RoomId


def deletions(*numbers: int) -> list[AnyEvent]:
    return [RoomDeleted(RoomId(number)) for number in numbers]


class Receiver:
    """Takes nothing while it is held up."""

    def __init__(self) -> None:
        self.free = Event()
        self.portions: list[Sequence[AnyEvent]] = []
        self._overflows = 0
        self.incoming = Incoming(self._receive, overflow=self._overflow)

    def received(self) -> list[AnyEvent]:
        """All of it, when it is free."""
        self.free.set()
        gevent.wait(timeout=5)
        return [event for portion in self.portions for event in portion]

    def _receive(self, events: Sequence[AnyEvent]) -> None:
        self.free.wait()
        self.portions.append(events)

    def overflows(self) -> int:
        return self._overflows

    def _overflow(self) -> None:
        self._overflows += 1


def test_what_comes_while_the_receiver_is_held_up_follows_in_order_and_in_small_portions() -> None:
    receiver = Receiver()
    receiver.incoming.put(deletions(1, 2))
    gevent.idle()
    receiver.incoming.put(deletions(*range(3, 500)))
    assert receiver.portions == []
    assert receiver.received() == deletions(*range(1, 500))
    assert max(map(len, receiver.portions)) <= 100


def test_when_all_was_handed_on_what_comes_later_is_too() -> None:
    receiver = Receiver()
    receiver.incoming.put(deletions(1))
    assert receiver.received() == deletions(1)
    receiver.incoming.put(deletions(2))
    assert receiver.received() == deletions(1, 2)


def test_more_than_can_wait_is_let_go_and_that_is_told() -> None:
    receiver = Receiver()
    receiver.incoming.put(deletions(*range(10_000)))
    assert receiver.overflows() == 0
    receiver.incoming.put(deletions(10_000))
    assert receiver.overflows() == 1
    receiver.incoming.put(deletions(7))
    assert receiver.received() == deletions(7)
