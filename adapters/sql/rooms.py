"""Rooms in SQL."""

from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, update

from adapters.sql.executor import Executor, Row
from adapters.sql.mapping import millis, moment, restored
from adapters.sql.tables import consumer_cursors, events, memberships, mentions, messages, rooms
from chat_domain.model.errors import RoomNotFound
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.rooms import Room, RoomKind
from chat_domain.model.values import RoomDescription, RoomName
from chat_domain.ports.repositories import Rooms

ROOM: Final = (
    rooms.c.id,
    rooms.c.kind,
    rooms.c.name,
    rooms.c.description,
    rooms.c.created_at,
    rooms.c.first_seq,
    rooms.c.last_seq,
    rooms.c.direct_key,
)
_ROOM_BY_ID: Final = select(*ROOM).where(rooms.c.id == bindparam("id"))
_ROOM_TO_CHANGE: Final = _ROOM_BY_ID.with_for_update()
_DIRECT_ROOM: Final = select(*ROOM).where(rooms.c.direct_key == bindparam("direct_key"))
_DIRECT_ROOM_TO_CHANGE: Final = _DIRECT_ROOM.with_for_update()
_ADD: Final = insert(rooms)
_SAVE: Final = (
    update(rooms)
    .where(rooms.c.id == bindparam("id"))
    .values({name: bindparam(name) for name in ("name", "name_folded", "description", "description_folded")})
)
_REMOVALS: Final = (
    *(
        delete(table).where(table.c.room_id == bindparam("id"))
        for table in (consumer_cursors, mentions, events, messages, memberships)
    ),
    delete(rooms).where(rooms.c.id == bindparam("id")),
)


class SqlRooms(Rooms):
    """Rooms in SQL."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def add(self, room: Room) -> None:
        self._executor.run(_ADD, **_room_row(room))

    def get(self, room_id: RoomId) -> Room:
        row = self._executor.first(_ROOM_TO_CHANGE if self._executor.locks else _ROOM_BY_ID, id=room_id)
        if row is None:
            raise RoomNotFound
        return room(row)

    def find_direct(self, key: str) -> Room | None:
        row = self._executor.first(_DIRECT_ROOM_TO_CHANGE if self._executor.locks else _DIRECT_ROOM, direct_key=key)
        return room(row) if row else None

    def save(self, room: Room) -> None:
        self.get(room.id)  # RoomNotFound; an UPDATE that answers would be asked outside of the unit's savepoint
        self._executor.run(_SAVE, **_room_row(room))

    def remove(self, room_id: RoomId) -> None:
        for statement in _REMOVALS:
            self._executor.run_long(statement, id=room_id)


def room(row: Row) -> Room:
    """A room from the columns ROOM."""
    id, kind, name, description, created_at, first_seq, last_seq, direct_key = row
    return Room(
        id=RoomId(id),
        kind=RoomKind(kind),
        name=None if name is None else restored(RoomName, name),
        description=restored(RoomDescription, description),
        created_at=moment(created_at),
        first_seq=Seq(first_seq),
        last_seq=Seq(last_seq),
        direct_key=direct_key,
    )


def _room_row(room: Room) -> dict[str, Any]:
    return {
        "id": room.id,
        "kind": room.kind.value,
        "name": room.name and str(room.name),
        "name_folded": str(room.name or "").casefold(),
        "description": str(room.description),
        "description_folded": str(room.description).casefold(),
        "created_at": millis(room.created_at),
        "first_seq": room.first_seq,
        "last_seq": room.last_seq,
        "direct_key": room.direct_key,
    }
