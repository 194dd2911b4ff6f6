"""Cursors of durable consumers, in memory."""

from collections.abc import Sequence
from datetime import datetime

from adapters.memory.tables import Tables
from chat_domain.model.errors import Conflict
from chat_domain.model.identifiers import EMPTY_LOG, RoomId, Seq
from chat_domain.ports.consumers import Beginning, Behind, ConsumerCursors


class MemoryConsumerCursors(ConsumerCursors):
    """Cursors in memory."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def start(self, consumer: str, beginning: Beginning, at: datetime) -> None:
        if self._tables.consumers.get(consumer):
            return
        self._tables.consumers.put(consumer, at)
        if beginning is Beginning.HEAD:
            for room in self._tables.rooms.rows():
                self._tables.cursors.put((room.id, consumer), room.last_seq)

    def behind(self, consumer: str, *, after: RoomId, limit: int) -> Sequence[Behind]:
        some = (room for room in self._tables.rooms.rows() if room.id > after and room.last_seq >= room.first_seq)
        rooms = sorted(some, key=lambda room: room.id)
        found = (Behind(room.id, self.get(consumer, room.id), room.last_seq) for room in rooms)
        return [each for each in found if each.cursor < each.head][:limit]

    def get(self, consumer: str, room_id: RoomId) -> Seq:
        return self._tables.cursors.get((room_id, consumer)) or EMPTY_LOG

    def move(self, consumer: str, room_id: RoomId, *, before: Seq, to: Seq) -> None:
        if not self._tables.rooms.get(room_id):
            return
        if self.get(consumer, room_id) != before:
            raise Conflict("The cursor was moved meanwhile.")
        self._tables.cursors.put((room_id, consumer), to)
