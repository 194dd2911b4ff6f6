"""An audience that writes down what it heard."""

from collections import defaultdict
from collections.abc import Collection, Iterable

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
from chat_domain.ports.broadcasting import Audience


class RecordingAudience(Audience):
    """Connections that only remember: `heard[connection]` is what each was told, in order."""

    def __init__(self) -> None:
        self.heard: dict[str, list[AnyEvent]] = defaultdict(list)
        self._users: dict[str, UserId] = {}
        self._sessions: dict[str, SessionId] = {}
        self._rooms: dict[str, set[RoomId]] = {}

    def add(self, connection: str, user_id: UserId, session_id: SessionId) -> None:
        self._users[connection] = user_id
        self._sessions[connection] = session_id
        self._rooms[connection] = set()

    def remove(self, connection: str) -> None:
        self._forget(connection)

    def is_connected(self, connection: str) -> bool:
        """Whether the connection was added and is not gone."""
        return connection in self._users

    def disconnect(self, connection: str) -> None:
        """The connection is gone; what it heard is remembered."""
        self._forget(connection)

    def subscribe(self, connection: str, room_ids: Iterable[RoomId]) -> None:
        if connection in self._rooms:
            self._rooms[connection].update(room_ids)

    def subscribe_user(self, user_id: UserId, room_id: RoomId) -> None:
        for connection in self._of_user(user_id):
            self._rooms[connection].add(room_id)

    def unsubscribe_user(self, user_id: UserId, room_id: RoomId) -> None:
        for connection in self._of_user(user_id):
            self._rooms[connection].discard(room_id)

    def users(self) -> Collection[UserId]:
        return set(self._users.values())

    def sessions(self) -> Collection[SessionId]:
        return set(self._sessions.values())

    def rooms(self) -> Collection[RoomId]:
        return set().union(*self._rooms.values())

    def has_subscribers(self, room_id: RoomId) -> bool:
        return any(room_id in rooms for rooms in self._rooms.values())

    def is_subscribed(self, user_id: UserId, room_id: RoomId) -> bool:
        return all(room_id in self._rooms[connection] for connection in self._of_user(user_id))

    def deliver(self, event: RoomEvent | EphemeralEvent) -> None:
        for connection in self._concerned(event):
            self.heard[connection].append(event)
            if isinstance(event, RoomDeleted):
                self._rooms[connection].discard(event.room_id)
            if isinstance(event, SessionEnded):
                self._forget(connection)

    def _concerned(self, event: RoomEvent | EphemeralEvent) -> list[str]:
        match event:
            case PresenceChanged(room_ids=room_ids):
                found = self._in_rooms(room_ids)
            case ReadMarkMoved(view=view, origin=origin):
                found = [connection for connection in self._of_user(view.viewer.id) if connection != origin]
            case RoomAdded(view=view):
                found = self._of_user(view.viewer.id)
            case RoomRemoved(user_id=user_id):
                found = self._of_user(user_id)
            case SessionEnded(session_id=session_id):
                found = [connection for connection, id in self._sessions.items() if id == session_id]
            case Typing(room_id=room_id, person=typist):
                found = [c for c in self._in_rooms([room_id]) if self._users[c] != typist.id]
            case _:
                found = self._in_rooms([event.room_id])
        return found

    def _of_user(self, user_id: UserId) -> list[str]:
        return [connection for connection, id in self._users.items() if id == user_id]

    def _in_rooms(self, room_ids: Iterable[RoomId]) -> list[str]:
        wanted = set(room_ids)
        return [connection for connection, rooms in self._rooms.items() if rooms & wanted]

    def _forget(self, connection: str) -> None:
        for table in (self._users, self._sessions, self._rooms):
            table.pop(connection, None)
