"""Events of the room log to JSON."""

from typing import Final, assert_never, cast

from chat_domain.model.log import (
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
from entrypoints.wire.rendering import message_body, person_body, time_text
from entrypoints.wire.schemas import EventBody

_TYPES: Final[dict[type[RoomEvent], str]] = {
    MessagePosted: "message",
    MessageEdited: "message_edited",
    MessageErased: "message_deleted",
    UserJoined: "user_join",
    UserLeft: "user_left",
    RoomChanged: "room_changed",
    RoleChanged: "room_changed",
}


def event_body(event: RoomEvent) -> EventBody:
    """A room event, as it is pushed and synced."""
    body: dict[str, object] = {
        "room_id": event.room_id,
        "seq": event.seq,
        "type": event.kind if isinstance(event, UnknownEvent) else _TYPES[type(event)],
        "at": time_text(event.at),
        "actor": person_body(event.actor),
    }
    match event:
        case MessagePosted() | MessageEdited() | MessageErased():
            body["message"] = message_body(event.message)
        case UserJoined() | UserLeft():
            body["user"] = person_body(event.user)
        case RoomChanged():
            body["name"], body["description"] = str(event.name), str(event.description)
        case RoleChanged():
            body["member"] = {"user": person_body(event.user), "role": event.role.value}
        case UnknownEvent():
            pass
        case _:
            assert_never(event)
    return cast(EventBody, body)  # a test holds each kind to its schema
