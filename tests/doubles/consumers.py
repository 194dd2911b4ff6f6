"""Consumers that remember what they took, and a lock that is given and taken away by the test."""

from collections.abc import Callable, Sequence

from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.ports.consumers import Beginning, Consumer, ConsumerLock


class BrokenConsumer(Exception):
    """What a RecordingConsumer fails with."""


class RecordingConsumer(Consumer):
    """Remembers the pages that it took. It fails on the events of `poison`, and everywhere while it `is_broken`.

    `afterwards` is called once, when it has taken a page.
    """

    def __init__(self, name: str = "recording", beginning: Beginning = Beginning.FIRST_EVENT) -> None:
        self.name = name
        self.beginning = beginning
        self.pages: list[tuple[RoomId, list[RoomEvent]]] = []
        self.asked: list[tuple[RoomId, list[Seq]]] = []
        self.poison: set[tuple[RoomId, Seq]] = set()
        self.is_broken = False
        self.afterwards: Callable[[], object] = lambda: None

    def consume(self, room_id: RoomId, events: Sequence[RoomEvent]) -> None:
        self.asked.append((room_id, [event.seq for event in events]))
        if self.is_broken or any((room_id, event.seq) in self.poison for event in events):
            raise BrokenConsumer
        self.pages.append((room_id, list(events)))
        afterwards, self.afterwards = self.afterwards, lambda: None
        afterwards()

    def seqs(self, room_id: RoomId) -> list[Seq]:
        """What it took of the room, in the order in which it came."""
        return [event.seq for room, events in self.pages if room == room_id for event in events]


class SettableLock(ConsumerLock):
    """Is held while it is told to be."""

    def __init__(self, *, held: bool = True) -> None:
        self.held = held

    def renew(self) -> None:
        """Nothing changes by itself."""

    def is_held(self) -> bool:
        return self.held

    def release(self) -> None:
        self.held = False
