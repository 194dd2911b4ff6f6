"""Backoff: how long a consumer that failed is left alone.

A room in which it failed waits alone, so that one event which it can never take holds up no other room. Where several
rooms fail and none succeeds in between, the consumer itself is taken for broken, and waits in all rooms.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from chat_domain.model.identifiers import EMPTY_LOG, RoomId, Seq

FIRST_WAIT: Final = timedelta(seconds=1)
LONGEST_WAIT: Final = timedelta(seconds=60)
_BROKEN: Final = 3
"""Rooms that fail, one after the other, when the consumer is taken for broken."""


def lasts(since: datetime, duration: timedelta, now: datetime) -> bool:
    """Whether the duration is not over yet; a clock that was set back ends it."""
    return since <= now < since + duration


@dataclass(slots=True)
class _Failures:
    """Failures since the last success, and when the last one was. `until` is the last event of a page that failed."""

    at: datetime
    until: Seq = EMPTY_LOG
    failures: int = 0

    def is_put_off(self, now: datetime) -> bool:
        """Whether it is too early to try again."""
        wait = min(FIRST_WAIT * 2.0 ** min(self.failures - 1, 10), LONGEST_WAIT)
        return self.failures > 0 and lasts(self.at, wait, now)


class Backoff:
    """The backoff of one consumer."""

    def __init__(self) -> None:
        self._rooms: dict[RoomId, _Failures] = {}
        self._consumer: _Failures | None = None
        self._failed_in_a_row: set[RoomId] = set()

    def fail(self, room_id: RoomId, until: Seq, now: datetime) -> None:
        """The consumer failed on events of the room, the last of which is `until`."""
        room = self._rooms.setdefault(room_id, _Failures(now))
        room.at, room.until, room.failures = now, max(until, room.until), room.failures + 1
        self._failed_in_a_row.add(room_id)
        if len(self._failed_in_a_row) >= _BROKEN:
            self._consumer = self._consumer or _Failures(now)
            self._consumer.at, self._consumer.failures = now, self._consumer.failures + 1

    def succeed(self, room_id: RoomId, to: Seq) -> None:
        """The consumer took the events of the room up to `to`."""
        self._consumer = None
        self._failed_in_a_row.clear()
        if room := self._rooms.get(room_id):
            room.failures = 0
            if to >= room.until:
                del self._rooms[room_id]

    def forget(self, room_id: RoomId) -> None:
        """The room is gone."""
        self._rooms.pop(room_id, None)
        self._failed_in_a_row.discard(room_id)

    def failures(self, room_id: RoomId) -> int:
        """How often it failed in the room since it last succeeded there."""
        room = self._rooms.get(room_id)
        return room.failures if room else 0

    def wants_one_by_one(self, room_id: RoomId) -> bool:
        """Whether a page of the room failed, so that the events before the failing one are to pass by themselves."""
        return room_id in self._rooms

    def puts_off(self, room_id: RoomId, now: datetime) -> bool:
        """Whether it is too early for events of this room."""
        room = self._rooms.get(room_id)
        return room is not None and room.is_put_off(now)

    def puts_all_off(self, now: datetime) -> bool:
        """Whether it is too early for any."""
        return self._consumer is not None and self._consumer.is_put_off(now)
