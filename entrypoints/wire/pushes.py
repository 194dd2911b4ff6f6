"""What the server pushes: a happening to the name and the payload of a Socket.IO event."""

from collections.abc import Mapping
from typing import assert_never

from chat_domain.model.log import Entry
from chat_domain.model.notices import (
    Happening,
    Heads,
    Notice,
    PresenceChanged,
    ReadMarkMoved,
    RoomAdded,
    RoomDeleted,
    RoomRemoved,
    SessionEnded,
    Typing,
)
from entrypoints.wire.events import event_body
from entrypoints.wire.rendering import person_body, time_text
from entrypoints.wire.views import Views

Push = tuple[str, Mapping[str, object]]


class Pushes:
    """Renders what the connections are told."""

    def __init__(self, views: Views) -> None:
        self._views = views

    def render(self, happening: Happening) -> Push:
        """The event's name and payload."""
        if isinstance(happening, Entry):
            body = event_body(happening)
            return "receive_message" if body["type"] == "message" else body["type"], body
        return self._notice(happening)

    def _notice(self, notice: Notice) -> Push:
        body: Mapping[str, object]
        match notice:
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
                assert_never(notice)
        return name, body
