"""Values and messages to JSON, and what that JSON is: what both views and events are made of."""

from datetime import datetime

from typing_extensions import TypedDict

from chat_domain.model.messages import Message
from chat_domain.model.users import Person


class PersonBody(TypedDict):
    """Who did something."""

    id: int
    username: str
    name: str


class MessageBodyOut(TypedDict):
    """A message; `content` is empty and `deleted` true for a tombstone.

    `reply_to` is the id of the message that it answers, and `reply_to_seq` its place: `?around=` it, that one is read.
    """

    id: int
    room_id: int
    seq: int
    sender: PersonBody
    content: str
    created_at: str
    client_id: str | None
    edited_at: str | None
    deleted: bool
    reply_to: int | None
    reply_to_seq: int | None


def time_text(at: datetime) -> str:
    """RFC 3339, UTC, milliseconds, `Z`."""
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def person_body(person: Person) -> PersonBody:
    """Who did something."""
    return {"id": person.id, "username": person.username.value, "name": person.name.value}


def message_body(message: Message) -> MessageBodyOut:
    """A message, or its tombstone."""
    return {
        "id": message.id,
        "room_id": message.room_id,
        "seq": message.seq,
        "sender": person_body(message.sender),
        "content": message.body.value,
        "created_at": time_text(message.created_at),
        "client_id": message.client_key.value if message.client_key else None,
        "edited_at": time_text(message.edited_at) if message.edited_at else None,
        "deleted": message.deleted,
        "reply_to": message.reply_to,
        "reply_to_seq": message.reply_to_seq,
    }
