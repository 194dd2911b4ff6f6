"""The room log: every durable change of a room is one event, with a dense sequence number from 1."""

from dataclasses import dataclass
from datetime import datetime

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


RoomEvent = MessagePosted | MessageEdited | MessageErased | UserJoined | UserLeft | RoomChanged | RoleChanged
