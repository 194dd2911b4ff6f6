"""What every event of a room log has, and an event of a kind that this version does not know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Final

from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.model.users import Person


@dataclass(frozen=True, slots=True)
class RoomEvent:
    """One durable change of a room: its place in the room's log, when it happened, and who did it.

    A subclass declares its KIND, which is the event's type in the storage, in backups, on the bus and on the wire,
    and the fields that it carries: at most one message, one person or member, and values of the model (see `fields`).
    """

    KIND: ClassVar[str]

    room_id: RoomId
    seq: Seq
    at: datetime
    actor: Person


@dataclass(frozen=True, slots=True)
class UnknownEvent(RoomEvent):
    """An event of a kind that this version does not know, or one whose stored row is damaged (kind DAMAGED).

    It keeps its place in the log: clients are told the kind, and everything passes over it. `data` is what the storage
    has of it: `message_seq` and `user_id` where the event names a message or a user, and the fields of its details.
    """

    kind: str
    data: Mapping[str, object] = field(default_factory=dict)


DAMAGED: Final = "damaged"
"""The kind under which a row is told whose own kind is known and whose details cannot be read."""
