"""The room logs in SQL."""

import json
import logging
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, assert_never

from sqlalchemy import bindparam, case, insert, select, update

from adapters.sql.among import IsAmong, listed
from adapters.sql.executor import Executor, Row, Violated
from adapters.sql.mapping import PERSON, millis, moment, person, restored
from adapters.sql.messages import MESSAGE, message, message_row
from adapters.sql.tables import epoch, events, memberships, messages, rooms, users
from chat_domain.model.errors import Conflict, RoomNotFound
from chat_domain.model.identifiers import Epoch, RoomId, Seq, UserId
from chat_domain.model.log import (
    DAMAGED,
    Entry,
    MessageEdited,
    MessageErased,
    MessagePosted,
    RoleChanged,
    RoomChanged,
    RoomEvent,
    UnknownEvent,
    UserJoined,
    UserLeft,
)
from chat_domain.model.memberships import Role
from chat_domain.model.messages import Message
from chat_domain.model.users import Person
from chat_domain.model.values import RoomDescription, RoomName
from chat_domain.model.views import LogPage
from chat_domain.ports.repositories import Log

_log = logging.getLogger(__name__)

_OF_MESSAGES: Final[dict[str, type[MessagePosted | MessageEdited | MessageErased]]] = {
    "posted": MessagePosted,
    "edited": MessageEdited,
    "erased": MessageErased,
}
_OF_MEMBERS: Final[dict[str, type[UserJoined | UserLeft]]] = {"joined": UserJoined, "left": UserLeft}
_TYPES: Final[dict[type[Entry], str]] = {
    **{kind: name for name, kind in (*_OF_MESSAGES.items(), *_OF_MEMBERS.items())},
    RoleChanged: "role",
    RoomChanged: "room",
}

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
    .values(body=bindparam("body"), edited_at=bindparam("edited_at"))
)
_EPOCH: Final = select(epoch.c.value)
_HEAD: Final = select(rooms.c.last_seq).where(rooms.c.id == bindparam("room_id"))
_HEADS: Final = (
    select(memberships.c.room_id, rooms.c.last_seq)
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
        if isinstance(event, MessagePosted):
            self._post(event.message)
        elif isinstance(event, MessageEdited | MessageErased):
            row = message_row(event.message)
            self._executor.run(
                _CHANGE, room=row["room_id"], place=row["seq"], body=row["body"], edited_at=row["edited_at"]
            )

    def after(self, room_id: RoomId, seq: Seq, *, limit: int) -> LogPage:
        head = self._head(room_id)
        found = self._executor.all(_AFTER, room_id=room_id, seq=seq, limit=limit)
        return LogPage(seq, tuple(_event(room_id, row) for row in found), head)

    def heads(self, user_id: UserId) -> Mapping[RoomId, Seq]:
        return {RoomId(room_id): Seq(seq) for room_id, seq in self._executor.all(_HEADS, user_id=user_id)}

    def epoch(self) -> Epoch:
        row = self._executor.first(_EPOCH)
        if row is None:
            raise LookupError("the epoch is gone")
        return Epoch(row[0])

    def heads_of(self, room_ids: Collection[RoomId]) -> Mapping[RoomId, Seq]:
        return {RoomId(id): Seq(seq) for id, seq in self._executor.all(_HEADS_OF, ids=listed(room_ids))}

    def _head(self, room_id: RoomId) -> Seq:
        row = self._executor.first(_HEAD, room_id=room_id)
        if row is None:
            raise RoomNotFound
        return Seq(row[0])

    def _post(self, message: Message) -> None:
        try:
            self._executor.run(_POST, **message_row(message))
        except Violated as error:
            raise Conflict("This client_id was used before.") from error


def _event_row(event: RoomEvent) -> dict[str, Any]:
    message_seq: object = None
    user_id: object = None
    detail = None
    kind = _TYPES.get(type(event), "")
    match event:
        case MessagePosted(message=message) | MessageEdited(message=message) | MessageErased(message=message):
            message_seq = message.seq
        case UserJoined(user=user) | UserLeft(user=user):
            user_id = user.id
        case RoleChanged(user=user, role=role):
            user_id, detail = user.id, json.dumps({"role": role.value})
        case RoomChanged(name=name, description=description):
            detail = json.dumps({"name": name.value, "description": description.value}, ensure_ascii=False)
        case UnknownEvent(kind=kind, data=data):
            own = dict(data)
            message_seq, user_id = own.pop("message_seq", None), own.pop("user_id", None)
            detail = json.dumps(own, ensure_ascii=False) if own else None
        case _:
            assert_never(event)
    return {
        "room_id": event.room_id,
        "seq": event.seq,
        "type": kind,
        "at": millis(event.at),
        "actor_id": event.actor.id,
        "message_seq": message_seq,
        "user_id": user_id,
        "detail": detail,
    }


def _event(room_id: RoomId, row: Row) -> RoomEvent:
    """An event from the columns of _AFTER, with its people and its message as they are now.

    A kind that this version does not know, and a row whose details cannot be read, is an UnknownEvent.
    """
    seq, kind, at, detail, message_seq, *rest = row
    head = (room_id, Seq(seq), moment(at), person(*rest[:3]))
    if kind in _TYPES.values():
        try:
            return _known(head, kind, detail, rest)
        except (LookupError, TypeError, ValueError, RecursionError) as error:
            tell_damaged(room_id, seq, kind, type(error).__name__)
    places = {"message_seq": message_seq, "user_id": rest[3]}
    data = {name: value for name, value in places.items() if value is not None} | _details(detail)
    return UnknownEvent(*head, kind if kind not in _TYPES.values() else DAMAGED, data)


def _known(head: tuple[RoomId, Seq, datetime, Person], kind: str, detail: str | None, rest: list[Any]) -> RoomEvent:
    if kind in _OF_MESSAGES:
        if rest[6] is None:
            raise LookupError("there is no such message")
        return _OF_MESSAGES[kind](*head, message(tuple(rest[6:])))
    if kind == _TYPES[RoomChanged]:
        details = json.loads(detail or "")
        return RoomChanged(
            *head, restored(RoomName, details["name"]), restored(RoomDescription, details["description"])
        )
    if rest[3] is None:
        raise LookupError("there is no such user")
    user = person(*rest[3:6])
    if kind in _OF_MEMBERS:
        return _OF_MEMBERS[kind](*head, user)
    return RoleChanged(*head, user, Role(json.loads(detail or "")["role"]))


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
