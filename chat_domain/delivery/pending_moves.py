"""Pending moves: cursors that moved in memory, and are stored for many events and rooms at once."""

from datetime import datetime, timedelta
from typing import Final

from chat_domain.delivery.backoff import lasts
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.ports.storage import Storage

STORED_EACH: Final = timedelta(seconds=1)
"""How old a move may get. After a crash the events of so long a time come again."""
_MOST: Final = 1_000


class PendingMoves:
    """The moves of one consumer's cursors that are not stored yet."""

    def __init__(self, consumer: str, storage: Storage) -> None:
        self._consumer = consumer
        self._storage = storage
        self._moves: dict[RoomId, tuple[Seq, Seq]] = {}
        self._stored_at: datetime | None = None

    def add(self, room_id: RoomId, before: Seq, to: Seq) -> None:
        """The cursor moved from `before` to `to`."""
        first, _ = self._moves.get(room_id, (before, to))
        self._moves[room_id] = first, to

    def forget(self, room_id: RoomId) -> None:
        """The room is gone."""
        self._moves.pop(room_id, None)

    def clear(self) -> None:
        """Store none of them."""
        self._moves.clear()

    def hurry(self) -> None:
        """Store them the next time, whenever the last was: much was taken at once, which would all come again."""
        self._stored_at = None

    def store_in_time(self, now: datetime) -> None:
        """Store them if it is time; raises Conflict where a cursor was moved by another process, and Unavailable."""
        if self._stored_at is None or len(self._moves) >= _MOST or not lasts(self._stored_at, STORED_EACH, now):
            self.store()
            self._stored_at = now

    def store(self) -> None:
        """Store them; raises Conflict where a cursor was moved by another process, and Unavailable."""
        moves, self._moves = self._moves, {}
        if not moves:
            return
        with self._storage.unit_of_work() as work:
            for room_id, (before, to) in moves.items():
                work.consumers.move(self._consumer, room_id, before=before, to=to)
            work.commit()
