"""Departures: who was led out of which room, while the memberships of somebody are being read."""

from collections.abc import Iterator
from contextlib import contextmanager

from chat_domain.model.ephemeral import RoomDeleted
from chat_domain.model.events import UserLeft
from chat_domain.model.identifiers import RoomId, Seq, UserId


class Departures:
    """Notes departures. Each of these is equal only to itself."""

    def __init__(self) -> None:
        self._left: dict[tuple[UserId, RoomId], Seq] = {}
        self._deleted: set[RoomId] = set()

    def note(self, departure: UserLeft | RoomDeleted) -> None:
        """Somebody left, or the room is gone with all who were in it."""
        if isinstance(departure, RoomDeleted):
            self._deleted.add(departure.room_id)
        else:
            key = departure.user.id, departure.room_id
            self._left[key] = max(departure.seq, self._left.get(key, departure.seq))

    def include(self, user_id: UserId, room_id: RoomId, *, after: Seq) -> bool:
        """Whether the user, a member of the room when its last seq was `after`, was led out since."""
        return room_id in self._deleted or self._left.get((user_id, room_id), after) > after


class DepartureBoard:
    """Tells departures to all who are waiting to know of them."""

    def __init__(self) -> None:
        self._noting: list[Departures] = []

    def note(self, departure: UserLeft | RoomDeleted) -> None:
        """Somebody left, or a room is gone."""
        for departures in self._noting:
            departures.note(departure)

    @contextmanager
    def noted(self) -> Iterator[Departures]:
        """The departures from now on, until the end of the block."""
        departures = Departures()
        self._noting.append(departures)
        try:
            yield departures
        finally:
            self._noting.remove(departures)
