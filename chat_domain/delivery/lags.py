"""Lags: the rooms in which a consumer is behind, as far as its process knows."""

from dataclasses import dataclass
from datetime import datetime

from chat_domain.model.identifiers import RoomId, Seq


@dataclass(slots=True)
class _Lag:
    """The consumer had the events up to `cursor`, the log goes up to `head`, and the next event is from `since`."""

    cursor: Seq
    head: Seq
    since: datetime


class Lags:
    """What one consumer has not had yet."""

    def __init__(self) -> None:
        self._rooms: dict[RoomId, _Lag] = {}

    def note(self, room_id: RoomId, cursor: Seq, head: Seq, since: datetime) -> None:
        """The log of the room goes up to `head`; `cursor` and `since` count where that is the first word of it."""
        lag = self._rooms.setdefault(room_id, _Lag(cursor, head, since))
        lag.head = max(head, lag.head)

    def correct(self, room_id: RoomId, cursor: Seq, head: Seq, since: datetime) -> None:
        """The log was read: the next events are those after `cursor`, the first of them from `since`."""
        lag = self._rooms.setdefault(room_id, _Lag(cursor, head, since))
        lag.cursor, lag.head, lag.since = cursor, max(head, lag.head), since

    def advance(self, room_id: RoomId, to: Seq, at: datetime) -> None:
        """The consumer had the events up to `to`, the last of which is from `at`; what is left comes after others."""
        lag = self._rooms.pop(room_id, None)
        if lag and lag.head > to:
            self._rooms[room_id] = _Lag(to, lag.head, at)

    def forget(self, room_id: RoomId) -> None:
        """The consumer has had all, or the room is gone."""
        self._rooms.pop(room_id, None)

    def clear(self) -> None:
        """Nothing is known any more."""
        self._rooms.clear()

    @property
    def rooms(self) -> list[RoomId]:
        """The rooms that are behind, those first that wait for longest."""
        return list(self._rooms)

    @property
    def events(self) -> int:
        """How many events that are."""
        return sum(lag.head - lag.cursor for lag in self._rooms.values())

    def seconds(self, now: datetime) -> float:
        """How old the oldest of them is."""
        return max((max(0.0, (now - lag.since).total_seconds()) for lag in self._rooms.values()), default=0.0)
