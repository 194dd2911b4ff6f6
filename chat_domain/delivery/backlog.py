"""The backlog of a consumer: the rooms in which it is behind, as far as its process knows."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from chat_domain.model.events import MessagePosted, RoomEvent
from chat_domain.model.events.fields import message_of
from chat_domain.model.identifiers import RoomId, Seq

_MOST_HELD: Final = 500
MOST_HELD_IN_ALL: Final = 5_000
"""Events of one room, and of all, that are kept from hints; what comes after them is read from the log."""


@dataclass(slots=True)
class _Room:
    """The log goes up to `head`, and the next event is from `since`. `held` are the next events, as hints told them."""

    head: Seq
    since: datetime
    held: list[RoomEvent] = field(default_factory=list)


class Backlog:
    """How far the consumer has come in each room since its process began to run it, and what is still to come."""

    def __init__(self, *, most_held: int = MOST_HELD_IN_ALL) -> None:
        self._most_held = most_held
        self._cursors: dict[RoomId, Seq] = {}
        self._behind: dict[RoomId, _Room] = {}
        self._held = 0  # events, in all rooms

    def hint(self, event: RoomEvent) -> None:
        """The event is in the log. It is kept where it is the next one and the last, so that it need not be read.

        What later events are known may be an edit or a deletion of its message: then it is read as it is by now.
        """
        self.note(event.room_id, event.seq, event.at)
        room, cursor = self._behind.get(event.room_id), self._cursors.get(event.room_id)
        if room is None or cursor is None:
            return
        if room.held and message_of(event) and not isinstance(event, MessagePosted):
            self.release(event.room_id)
        is_next = event.seq == room.head == cursor + len(room.held) + 1
        if is_next and len(room.held) < _MOST_HELD and self._held < self._most_held:
            room.held.append(event)
            self._held += 1

    def note(self, room_id: RoomId, head: Seq, since: datetime) -> None:
        """The log goes up to `head`; `since` counts where the consumer is not behind yet."""
        if head > self._cursors.get(room_id, 0):
            room = self._behind.setdefault(room_id, _Room(head, since))
            room.head = max(head, room.head)

    def cursor(self, room_id: RoomId) -> Seq | None:
        """The last event that the consumer had; None if only the storage knows."""
        return self._cursors.get(room_id)

    def begin(self, room_id: RoomId, stored: Seq) -> Seq:
        """The cursor, which is the stored one where none is known."""
        return self._cursors.setdefault(room_id, stored)

    def held(self, room_id: RoomId) -> list[RoomEvent]:
        """The next events, if hints told them."""
        room = self._behind.get(room_id)
        return list(room.held) if room else []

    def release(self, room_id: RoomId) -> None:
        """The next events are to be read from the log."""
        if room := self._behind.get(room_id):
            self._held -= len(room.held)
            room.held = []

    def correct(self, room_id: RoomId, head: Seq, since: datetime) -> None:
        """The log was read: the next event is from `since`."""
        room = self._behind.setdefault(room_id, _Room(head, since))
        room.head, room.since = max(head, room.head), since

    def advance(self, room_id: RoomId, last: RoomEvent) -> None:
        """The consumer had the events up to `last`; what is left comes after other rooms."""
        self._cursors[room_id] = last.seq
        room = self._remove(room_id)
        if room and room.head > last.seq:
            left = [event for event in room.held if event.seq > last.seq]
            self._behind[room_id] = _Room(room.head, last.at, left)
            self._held += len(left)

    def finish(self, room_id: RoomId) -> None:
        """There is nothing more in the log."""
        self._remove(room_id)

    def forget(self, room_id: RoomId) -> None:
        """The room is gone."""
        self._remove(room_id)
        self._cursors.pop(room_id, None)

    def clear(self) -> None:
        """Nothing is known any more."""
        self._behind.clear()
        self._cursors.clear()
        self._held = 0

    @property
    def rooms(self) -> list[RoomId]:
        """The rooms that are behind, those first that wait for longest."""
        return list(self._behind)

    @property
    def events(self) -> int:
        """How many events that are; where the cursor is not known, one."""
        return sum(room.head - self._cursors.get(room_id, room.head - 1) for room_id, room in self._behind.items())

    def seconds(self, now: datetime) -> float:
        """How old the oldest of them is."""
        return max((max(0.0, (now - room.since).total_seconds()) for room in self._behind.values()), default=0.0)

    def _remove(self, room_id: RoomId) -> _Room | None:
        room = self._behind.pop(room_id, None)
        self._held -= len(room.held) if room else 0
        return room
