"""Cursors of durable consumers in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import bindparam, case, func, insert, select, update

from adapters.sql.executor import Executor
from adapters.sql.mapping import millis
from adapters.sql.tables import consumer_cursors, consumers, rooms
from chat_domain.model.errors import Conflict
from chat_domain.model.identifiers import EMPTY_LOG, RoomId, Seq
from chat_domain.ports.consumers import Beginning, Behind, ConsumerCursors

_cursors: Final = consumer_cursors
_name: Final = bindparam("consumer", type_=_cursors.c.consumer.type)

_STARTED: Final = select(consumers.c.started_at).where(consumers.c.name == _name)
_START: Final = insert(consumers)
_START_AT_HEADS: Final = insert(_cursors).from_select(
    ["room_id", "consumer", "seq"], select(rooms.c.id, _name, rooms.c.last_seq).where(rooms.c.last_seq > 0)
)
_GET: Final = select(_cursors.c.seq).where(_cursors.c.room_id == bindparam("room_id"), _cursors.c.consumer == _name)
# `rooms` is read in the order of its key, and so are the cursors beside it. An index by `last_seq` would make each send
# dearer, to spare a look at every room each few seconds.
_BEHIND: Final = (
    select(rooms.c.id, func.coalesce(_cursors.c.seq, 0), rooms.c.last_seq)
    .outerjoin(_cursors, (_cursors.c.room_id == rooms.c.id) & (_cursors.c.consumer == _name))
    .where(
        rooms.c.id > bindparam("after"),
        rooms.c.last_seq > func.coalesce(_cursors.c.seq, 0),
        rooms.c.last_seq >= rooms.c.first_seq,  # or else all of it is gone
    )
    .order_by(rooms.c.id)
    .limit(bindparam("limit"))
)
_FIRST_MOVE: Final = insert(_cursors).from_select(
    ["room_id", "consumer", "seq"],
    select(rooms.c.id, _name, bindparam("to", type_=_cursors.c.seq.type)).where(rooms.c.id == bindparam("room_id")),
)
# Another cursor than the one before becomes NULL, which the column refuses.
_MOVE: Final = (
    update(_cursors)
    .where(_cursors.c.room_id == bindparam("room"), _cursors.c.consumer == bindparam("of"))
    .values(seq=case((_cursors.c.seq == bindparam("before"), _cursors.c.seq + bindparam("by"))))
)


class SqlConsumerCursors(ConsumerCursors):
    """Cursors in SQL. A consumer that had no event of a room has no row for it."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def start(self, consumer: str, beginning: Beginning, at: datetime) -> None:
        if self._executor.first(_STARTED, consumer=consumer):
            return
        self._executor.run(_START, name=consumer, started_at=millis(at))
        if beginning is Beginning.HEAD:
            self._executor.run_long(_START_AT_HEADS, consumer=consumer)

    def behind(self, consumer: str, *, after: RoomId, limit: int) -> Sequence[Behind]:
        found = self._executor.all(_BEHIND, consumer=consumer, after=after, limit=limit)
        return [Behind(RoomId(room_id), Seq(cursor), Seq(head)) for room_id, cursor, head in found]

    def get(self, consumer: str, room_id: RoomId) -> Seq:
        row = self._executor.first(_GET, room_id=room_id, consumer=consumer)
        return Seq(row[0]) if row else EMPTY_LOG

    def move(self, consumer: str, room_id: RoomId, *, before: Seq, to: Seq) -> None:
        try:
            if before == EMPTY_LOG:
                self._executor.run(_FIRST_MOVE, consumer=consumer, room_id=room_id, to=to)
            else:
                self._executor.run(_MOVE, of=consumer, room=room_id, before=before, by=to - before)
        except Conflict as error:
            raise Conflict("The cursor was moved meanwhile.") from error
