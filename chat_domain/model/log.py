"""The room log: every durable change of a room is one event, with a dense sequence number from 1."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.memberships import Role
from chat_domain.model.messages import Message
from chat_domain.model.users import Person
from chat_domain.model.values import RoomDescription, RoomName


@dataclass(frozen=True, slots=True)
class Entry:
    """Where and when something happened in a room, and who did it."""

    room_id: RoomId
    seq: Seq
    at: datetime
    actor: Person


@dataclass(frozen=True, slots=True)
class MessagePosted(Entry):
    """A message was posted. Read from the log later, it carries the message as it is by then."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageEdited(Entry):
    """A message got another body."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageErased(Entry):
    """A message was deleted; its tombstone stays."""

    message: Message


@dataclass(frozen=True, slots=True)
class UserJoined(Entry):
    """Somebody became a member, alone or by the actor's invitation."""

    user: Person


@dataclass(frozen=True, slots=True)
class UserLeft(Entry):
    """Somebody is a member no more, alone or because the actor removed them."""

    user: Person


@dataclass(frozen=True, slots=True)
class RoomChanged(Entry):
    """The room has another name or description."""

    name: RoomName
    description: RoomDescription


@dataclass(frozen=True, slots=True)
class RoleChanged(Entry):
    """A member has another role."""

    user: Person
    role: Role


@dataclass(frozen=True, slots=True)
class UnknownEvent(Entry):
    """An event of a kind that this version does not know, or one whose stored row is damaged (kind DAMAGED).

    It keeps its place in the log: clients are told the kind, and everything passes over it. `data` is what the storage
    has of it: `message_seq` and `user_id` where the event names a message or a user, and the fields of its details.
    """

    kind: str
    data: Mapping[str, object] = field(default_factory=dict)


DAMAGED: Final = "damaged"
"""The kind under which a row is told whose own kind is known and whose details cannot be read."""

RoomEvent = (
    MessagePosted | MessageEdited | MessageErased | UserJoined | UserLeft | RoomChanged | RoleChanged | UnknownEvent
)
