"""The connections of this process as python-socketio keeps them: one of its rooms for each room, user and session."""

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Final

import gevent
import socketio

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
_CLOSING_TAKES_AT_MOST: Final = 5.0
"""Seconds: Engine.IO waits without end for a client that takes nothing any more."""


class SocketIoAudience(Audience, Attachable[socketio.Server]):
    """Tells events to Socket.IO clients, each rendered and encoded once for all who hear it.

    `render` gives the name and the payload by which an event is pushed. There are no connections until a server is
    attached.
    """

    def __init__(self, render: Callable[[AnyEvent], tuple[str, Mapping[str, object]]]) -> None:
        self._render = render
        self._server: Any = None

    def attach(self, server: socketio.Server) -> None:
        self._server = server

    def add(self, connection: str, user_id: UserId, session_id: SessionId) -> None:
        self._server.enter_room(connection, _user(user_id))
        self._server.enter_room(connection, _session(session_id))

    def remove(self, connection: str) -> None:
        for name in self._server.rooms(connection):
            if name != connection:  # its own room, without which it could not be closed
                self._server.leave_room(connection, name)

    def subscribe(self, connection: str, room_ids: Iterable[RoomId]) -> None:
        for room_id in room_ids:
            self._server.enter_room(connection, _room(room_id))

    def subscribe_user(self, user_id: UserId, room_id: RoomId) -> None:
        for connection in self._connections(_user(user_id)):
            self._server.enter_room(connection, _room(room_id))

    def unsubscribe_user(self, user_id: UserId, room_id: RoomId) -> None:
        for connection in self._connections(_user(user_id)):
            self._server.leave_room(connection, _room(room_id))

    def users(self) -> Collection[UserId]:
        return [UserId(id) for id in self._filled("user:")]

    def sessions(self) -> Collection[SessionId]:
        return [SessionId(id) for id in self._filled("session:")]

    def rooms(self) -> Collection[RoomId]:
        return [RoomId(id) for id in self._filled("room:")]

    def has_subscribers(self, room_id: RoomId) -> bool:
        return self._is_filled(_room(room_id))

    def is_subscribed(self, user_id: UserId, room_id: RoomId) -> bool:
        listeners = self._names().get(_room(room_id), ())
        return all(connection in listeners for connection in self._connections(_user(user_id)))

    def deliver(self, event: RoomEvent | EphemeralEvent) -> None:
        try:
            self._emit(event)
        except Exception:  # noqa: BLE001 - an event that cannot be told must not stop the next
            _log.exception("a %s could not be told", type(event).__name__)
        if isinstance(event, RoomDeleted):
            self._empty(_room(event.room_id))
        if isinstance(event, SessionEnded):
            self._hang_up(_session(event.session_id))

    def _emit(self, event: RoomEvent | EphemeralEvent) -> None:
        addressees, skipped = self._addressees(event)
        rooms = [name for name in addressees if self._is_filled(name)]
        if rooms:  # python-socketio stumbles over an empty list
            name, payload = self._render(event)
            self._server.emit(name, payload, room=rooms, skip_sid=skipped)

    def _addressees(self, event: RoomEvent | EphemeralEvent) -> tuple[list[str], list[str]]:
        """The Socket.IO rooms to tell it to, and the connections in them that are not told."""
        skipped: list[str] = []
        match event:
            case PresenceChanged(room_ids=room_ids):
                rooms = [_room(room_id) for room_id in room_ids]
            case RoomAdded(view=view):
                rooms = [_user(view.viewer.id)]
            case ReadMarkMoved(view=view, origin=origin):
                rooms, skipped = [_user(view.viewer.id)], [origin] if origin else []
            case RoomRemoved(user_id=user_id):
                rooms = [_user(user_id)]
            case SessionEnded(session_id=session_id):
                rooms = [_session(session_id)]
            case Typing(room_id=room_id, person=person):
                rooms, skipped = [_room(room_id)], self._connections(_user(person.id))
            case _:
                rooms = [_room(event.room_id)]
        return rooms, skipped

    def _hang_up(self, session: str) -> None:
        for connection in self._connections(session):
            engine_id = self._server.manager.eio_sid_from_sid(connection, "/")
            self.remove(connection)
            gevent.spawn(
                gevent.with_timeout, _CLOSING_TAKES_AT_MOST, self._close, connection, engine_id, timeout_value=None
            )

    def _close(self, connection: str, engine_id: str) -> None:
        self._server.disconnect(connection)
        self._server.eio.disconnect(engine_id)

    def _empty(self, name: str) -> None:
        if self._server is not None:
            self._server.close_room(name)

    def _connections(self, name: str) -> list[str]:
        if self._server is None:
            return []
        return [connection for connection, _ in self._server.manager.get_participants("/", name)]

    def _is_filled(self, name: str) -> bool:
        # A failed `enter_room` leaves an empty one behind.
        return bool(self._names().get(name))

    def _filled(self, kind: str) -> list[int]:
        """The ids of all rooms, users or sessions that have a connection here."""
        names = [name for name, members in self._names().items() if name and members]
        return [int(name.removeprefix(kind)) for name in names if name.startswith(kind)]

    def _names(self) -> Mapping[str | None, Collection[str]]:
        """The rooms of python-socketio by name; one without a name holds every connection."""
        return {} if self._server is None else self._server.manager.rooms.get("/", {})


def _room(room_id: RoomId) -> str:
    return f"room:{room_id}"


def _user(user_id: UserId) -> str:
    return f"user:{user_id}"


def _session(session_id: SessionId) -> str:
    return f"session:{session_id}"
