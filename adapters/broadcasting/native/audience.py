"""The audience of the native transport: a set of connections for each room; an event is encoded and framed once."""

import logging
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Set
from typing import Any, Final, TypeVar

import socketio

from adapters.broadcasting.native.connection import Connection
from adapters.broadcasting.native.frames import text_frame
from adapters.broadcasting.native.outbox import Outbox
from adapters.broadcasting.native.packets import LEAVE, event_packet
from chat_domain.model.ephemeral import (
    AnyEvent,
    EphemeralEvent,
    PresenceChanged,
    ReadMarkMoved,
    RoomAdded,
    RoomDeleted,
    RoomRemoved,
    SessionEnded,
    Typing,
)
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId, SessionId, UserId
from chat_domain.ports.broadcasting import Attachable, Audience

_log = logging.getLogger(__name__)
_NONE: Final[frozenset[Connection]] = frozenset()

Key = TypeVar("Key", bound=Hashable)
Groups = dict[Key, set[Connection]]


class NativeAudience(Audience, Attachable[socketio.Server]):
    """Tells events to the connections of the native transport, which must be attached to the same server.

    `render` gives the name and the payload by which an event is pushed. There are no connections until a server is
    attached.
    """

    def __init__(self, render: Callable[[AnyEvent], tuple[str, Mapping[str, object]]], outbox: Outbox) -> None:
        self._render = render
        self._outbox = outbox
        self._server: Any = None
        self._rooms: Groups[RoomId] = {}
        self._users: Groups[UserId] = {}
        self._sessions: Groups[SessionId] = {}

    def attach(self, server: socketio.Server) -> None:
        self._server = server

    def add(self, connection: str, user_id: UserId, session_id: SessionId) -> None:
        found = self._find(connection)
        if found is None:
            return
        self._forget(found)
        found.user, found.session = user_id, session_id
        found.leave = self._forget
        _add(self._users, user_id, found)
        _add(self._sessions, session_id, found)

    def remove(self, connection: str) -> None:
        found = self._find(connection)
        if found is not None:
            self._forget(found)

    def subscribe(self, connection: str, room_ids: Iterable[RoomId]) -> None:
        found = self._find(connection)
        if found is not None:
            for room_id in room_ids:
                self._subscribe(found, room_id)

    def subscribe_user(self, user_id: UserId, room_id: RoomId) -> None:
        for connection in self._users.get(user_id, _NONE):
            self._subscribe(connection, room_id)

    def unsubscribe_user(self, user_id: UserId, room_id: RoomId) -> None:
        for connection in self._users.get(user_id, _NONE):
            _remove(self._rooms, room_id, connection)
            connection.rooms.discard(room_id)

    def users(self) -> Collection[UserId]:
        return tuple(self._users)

    def sessions(self) -> Collection[SessionId]:
        return tuple(self._sessions)

    def rooms(self) -> Collection[RoomId]:
        return tuple(self._rooms)

    def has_subscribers(self, room_id: RoomId) -> bool:
        return room_id in self._rooms

    def is_subscribed(self, user_id: UserId, room_id: RoomId) -> bool:
        for connection in self._users.get(user_id, _NONE):  # noqa: SIM110 - twice as fast, and asked very often
            if room_id not in connection.rooms:
                return False
        return True

    def deliver(self, event: RoomEvent | EphemeralEvent) -> None:
        try:
            if concerned := self._concerned(event):
                self._outbox.send_to_all(concerned, text_frame(event_packet(*self._render(event))))
        except Exception:  # noqa: BLE001 - an event that cannot be told must not stop the next
            _log.exception("a %s could not be told", type(event).__name__)
        if isinstance(event, RoomDeleted):
            for connection in self._rooms.pop(event.room_id, _NONE):
                connection.rooms.discard(event.room_id)
        if isinstance(event, SessionEnded):
            for connection in tuple(self._sessions.get(event.session_id, _NONE)):
                connection.dismiss([LEAVE])

    def _concerned(self, event: RoomEvent | EphemeralEvent) -> Set[Connection]:
        found: Set[Connection]
        match event:
            case PresenceChanged(room_ids=room_ids):
                found = _NONE.union(*(self._rooms.get(room_id, _NONE) for room_id in room_ids))
            case RoomAdded(view=view):
                found = self._users.get(view.viewer.id, _NONE)
            case ReadMarkMoved(view=view, origin=origin):
                found = self._users.get(view.viewer.id, _NONE) - {self._find(origin) if origin else None}
            case RoomRemoved(user_id=user_id):
                found = self._users.get(user_id, _NONE)
            case SessionEnded(session_id=session_id):
                found = self._sessions.get(session_id, _NONE)
            case Typing(room_id=room_id, person=person):
                found = self._rooms.get(room_id, _NONE) - self._users.get(person.id, _NONE)
            case _:
                found = self._rooms.get(event.room_id, _NONE)
        return found

    def _subscribe(self, connection: Connection, room_id: RoomId) -> None:
        _add(self._rooms, room_id, connection)
        connection.rooms.add(room_id)

    def _find(self, socket: str) -> Connection | None:
        """The connection of a Socket.IO socket, unless it has ended meanwhile."""
        engine_id = self._server.manager.eio_sid_from_sid(socket, "/")
        engine = self._server.eio.sockets.get(engine_id)
        return engine.connection if engine and not engine.connection.has_ended else None

    def _forget(self, connection: Connection) -> None:
        """Remove the connection from every set."""
        if connection.user is not None and connection.session is not None:
            _remove(self._users, connection.user, connection)
            _remove(self._sessions, connection.session, connection)
        for room_id in connection.rooms:
            _remove(self._rooms, room_id, connection)
        connection.rooms.clear()


def _add(groups: Groups[Key], key: Key, connection: Connection) -> None:
    groups.setdefault(key, set()).add(connection)


def _remove(groups: Groups[Key], key: Key, connection: Connection) -> None:
    members = groups.get(key)
    if members is not None:
        members.discard(connection)
        if not members:
            del groups[key]
