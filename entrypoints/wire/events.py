"""Events of the room log to JSON."""

from typing import cast

from chat_domain.model.events import RoomEvent, kind_of
from chat_domain.model.events.fields import fields_of
from chat_domain.model.memberships import Member
from chat_domain.model.messages import Message
from chat_domain.model.users import Person
from entrypoints.wire.rendering import message_body, person_body, time_text
from entrypoints.wire.schemas import EventBody


def event_body(event: RoomEvent) -> EventBody:
    """A room event, as it is pushed and synced: what every kind has, and the fields of its own that are not None."""
    body: dict[str, object] = {
        "room_id": event.room_id,
        "seq": event.seq,
        "type": kind_of(event),
        "at": time_text(event.at),
        "actor": person_body(event.actor),
    }
    for field in fields_of(type(event)):
        value = getattr(event, field.name)
        if value is not None:
            body[field.name] = _plain(value)
    return cast("EventBody", body)


def _plain(value: object) -> object:
    match value:
        case Message():
            return message_body(value)
        case Person():
            return person_body(value)
        case Member():
            return {"user": person_body(value.person), "role": value.role.value}
        case _:
            return getattr(value, "value", value)
