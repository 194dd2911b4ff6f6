"""The room logs in SQL."""

import json
import logging
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import bindparam, case, insert, select, update

from adapters.sql.among import IsAmong, listed
from adapters.sql.executor import Executor, Row
from adapters.sql.mapping import PERSON, millis, moment, person
from adapters.sql.messages import CHANGING, MESSAGE, message, message_row
from adapters.sql.statements import Violated
from adapters.sql.tables import epoch, events, memberships, messages, rooms, users
from chat_domain.model.errors import Conflict, RoomNotFound
from chat_domain.model.events import DAMAGED, KINDS, MessagePosted, RoomEvent, UnknownEvent, kind_of
from chat_domain.model.events.fields import details_of, fields_of, message_of, restored
from chat_domain.model.identifiers import Epoch, RoomId, Seq, UserId
from chat_domain.model.memberships import Member
from chat_domain.model.messages import Message
from chat_domain.model.users import Person
from chat_domain.model.views import LogPage, LogSpan
from chat_domain.ports.repositories import Log

_log = logging.getLogger(__name__)

_actors: Final = users.alias("actors")
_members: Final = users.alias("members")
_SHOWN: Final = [tuple(table.c[column.name] for column in PERSON) for table in (_actors, _members)]

_EVENT: Final = (events.c.seq, events.c.type, events.c.at, events.c.detail, events.c.message_seq)

# Another seq than the next becomes NULL, which the column refuses.
_ADVANCE: Final = (
    update(rooms)
    .where(rooms.c.id == bindparam("room"))
    .values(last_seq=case((rooms.c.last_seq == bindparam("before"), rooms.c.last_seq + 1)))
)
_ADD: Final = insert(events)
_POST: Final = insert(messages)
_CHANGE: Final = (
    update(messages)
    .where(messages.c.room_id == bindparam("room"), messages.c.seq == bindparam("place"))
    .values({name: bindparam(name) for name in CHANGING})
)
_EPOCH: Final = select(epoch.c.value)
_SPAN: Final = select(rooms.c.first_seq, rooms.c.last_seq).where(rooms.c.id == bindparam("room_id"))
_SPANS: Final = (
    select(memberships.c.room_id, rooms.c.first_seq, rooms.c.last_seq)
    .join_from(memberships, rooms)
    .where(memberships.c.user_id == bindparam("user_id"))
)
_HEADS_OF: Final = select(rooms.c.id, rooms.c.last_seq).where(IsAmong(rooms.c.id, bindparam("ids")))
_AFTER: Final = (
    select(*_EVENT, *_SHOWN[0], *_SHOWN[1], *MESSAGE, *PERSON)
    .join_from(events, _actors, _actors.c.id == events.c.actor_id)
    .outerjoin(_members, _members.c.id == events.c.user_id)
    .outerjoin(messages, (messages.c.room_id == events.c.room_id) & (messages.c.seq == events.c.message_seq))
    .outerjoin(users, users.c.id == messages.c.sender_id)
    .where(events.c.room_id == bindparam("room_id"), events.c.seq > bindparam("seq"))
    .order_by(events.c.seq)
    .limit(bindparam("limit"))
)


class SqlLog(Log):
    """The rooms' logs in SQL."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def append(self, event: RoomEvent) -> None:
        try:
            self._executor.run(_ADVANCE, room=event.room_id, before=event.seq - 1)
        except Violated as error:
            raise Conflict("The room's log has grown meanwhile.") from error
        try:
            self._executor.run(_ADD, **_event_row(event))
        except Violated as error:  # it refers to no room: there was none to advance
            raise RoomNotFound from error
        message = message_of(event)
        if message and isinstance(event, MessagePosted):
            self._post(message)
        elif message:
            row = message_row(message)
            changed = {name: row[name] for name in CHANGING}
            self._executor.run(_CHANGE, room=row["room_id"], place=row["seq"], **changed)

    def after(self, room_id: RoomId, seq: Seq, *, limit: int) -> LogPage:
        span = self._span(room_id)
        found = self._executor.all(_AFTER, room_id=room_id, seq=seq, limit=limit)
        return LogPage(seq, tuple(_event(room_id, row, span) for row in found), span)

    def spans(self, user_id: UserId) -> Mapping[RoomId, LogSpan]:
        found = self._executor.all(_SPANS, user_id=user_id)
        return {RoomId(room_id): LogSpan(Seq(first), Seq(last)) for room_id, first, last in found}

    def epoch(self) -> Epoch:
        row = self._executor.first(_EPOCH)
        if row is None:
            raise LookupError("the epoch is gone")
        return Epoch(row[0])

    def heads_of(self, room_ids: Collection[RoomId]) -> Mapping[RoomId, Seq]:
        return {RoomId(id): Seq(seq) for id, seq in self._executor.all(_HEADS_OF, ids=listed(room_ids))}

    def _span(self, room_id: RoomId) -> LogSpan:
        row = self._executor.first(_SPAN, room_id=room_id)
        if row is None:
            raise RoomNotFound
        return LogSpan(Seq(row[0]), Seq(row[1]))

    def _post(self, message: Message) -> None:
        try:
            self._executor.run(_POST, **message_row(message))
        except Violated as error:
            raise Conflict("This client_id was used before.") from error


def _event_row(event: RoomEvent) -> dict[str, Any]:
    details: dict[str, Any]
    if isinstance(event, UnknownEvent):
        details = dict(event.data)
        message_seq, user_id = details.pop("message_seq", None), details.pop("user_id", None)
    else:
        carried = [getattr(event, field.name) for field in fields_of(type(event)) if not field.is_detail]
        message_seq = next((each.seq for each in carried if isinstance(each, Message)), None)
        user_id = next((_id_of(each) for each in carried if isinstance(each, Person | Member)), None)
        details = details_of(event)
    return {
        "room_id": event.room_id,
        "seq": event.seq,
        "type": kind_of(event),
        "at": millis(event.at),
        "actor_id": event.actor.id,
        "message_seq": message_seq,
        "user_id": user_id,
        "detail": json.dumps(details, ensure_ascii=False) if details else None,
    }


def _id_of(someone: Person | Member) -> UserId:
    return someone.person.id if isinstance(someone, Member) else someone.id


def _event(room_id: RoomId, row: Row, span: LogSpan) -> RoomEvent:
    """An event from the columns of _AFTER, with its people and its message as they are now.

    A kind that this version does not know, and a row whose details or whose message cannot be read, is an
    UnknownEvent.
    """
    seq, name, at, detail, message_seq, *rest = row
    head = (room_id, Seq(seq), moment(at), person(*rest[:3]))
    kind = KINDS.get(name)
    if kind:
        try:
            return restored(
                kind,
                head,
                json.loads(detail or "{}"),
                message=None if rest[6] is None else message(tuple(rest[6:])),
                user=None if rest[3] is None else person(*rest[3:6]),
            )
        except (LookupError, TypeError, ValueError, RecursionError) as error:
            if message_seq is None or message_seq >= span.first_seq:  # or else it is gone with the log's beginning
                tell_damaged(room_id, seq, name, type(error).__name__)
    places = {"message_seq": message_seq, "user_id": rest[3]}
    data = {name: value for name, value in places.items() if value is not None} | _details(detail)
    return UnknownEvent(*head, DAMAGED if kind else name, data)


def _details(detail: str | None) -> dict[str, object]:
    try:
        details = json.loads(detail or "{}")
    except (ValueError, RecursionError):
        details = None
    return details if isinstance(details, dict) else {"detail": detail}


@lru_cache(maxsize=10_000)
def tell_damaged(room_id: RoomId, seq: int, kind: str, error: str) -> None:
    """Log it; being cached, once for each place."""
    _log.error("event %d of room %d, a %s, cannot be read (%s) and is told as unknown", seq, room_id, kind, error)
