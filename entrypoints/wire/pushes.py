"""What the server pushes: a event to the name and the payload of a Socket.IO event."""

from collections.abc import Mapping
from typing import Final, assert_never

from chat_domain.model.ephemeral import (
    AnyEvent,
    EphemeralEvent,
    Heads,
    PresenceChanged,
    ReadMarkMoved,
    RoomAdded,
    RoomDeleted,
    RoomRemoved,
    SessionEnded,
    Typing,
)
from chat_domain.model.events import MessagePosted, RoomEvent, kind_of
from entrypoints.wire.events import event_body
from entrypoints.wire.rendering import person_body, time_text
from entrypoints.wire.views import Views

_PUSHED_AS: Final = {MessagePosted.KIND: "receive_message"}

Push = tuple[str, Mapping[str, object]]


class Pushes:
    """Renders what the connections are told."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def render(self, event: AnyEvent) -> Push:
        """The event's name and payload."""
        if isinstance(event, RoomEvent):
            return _PUSHED_AS.get(kind_of(event), kind_of(event)), event_body(event)
        return self._ephemeral(event)

    def _ephemeral(self, event: EphemeralEvent) -> Push:
        body: Mapping[str, object]
        match event:
            case Typing(room_id=room_id, person=person):
                name, body = "user_typing", {"room_id": room_id, "user": person_body(person)}
            case PresenceChanged(user_id, online, at):
                name, body = "presence", {"user_id": user_id, "online": online, "at": time_text(at)}
            case ReadMarkMoved(view):
                marks = {"read_seq": view.read_seq, "unread": view.unread, "mentions": view.mentions}
                name, body = "read_mark", {"room_id": view.room.id, **marks}
            case RoomAdded(view):
                name, body = "room_added", {"chat_room": self._views.room(view)}
            case RoomRemoved(room_id=room_id) | RoomDeleted(room_id=room_id):
                name, body = "room_removed", {"room_id": room_id}
            case Heads(room_id, last_seq):
                name, body = "heads", {"rooms": {str(room_id): last_seq}}
            case SessionEnded(reason=reason):
                name, body = "session_ended", {"code": reason.value}
            case _:
                assert_never(event)
        return name, body
