"""Ephemeral events: what connections hear besides the room log.

They are not stored, and may be lost; the log and `sync` heal. KIND is their name between processes.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId, Seq, SessionId, UserId
from chat_domain.model.users import Person
from chat_domain.model.views import RoomView


@dataclass(frozen=True, slots=True)
class Typing:
    """A member is writing; to the room's other members.

    `seq` is the room's last when the writer was seen to be a member: a user who had left by then is not told.
    """

    KIND: ClassVar[str] = "user_typing"

    room_id: RoomId
    person: Person
    seq: Seq


@dataclass(frozen=True, slots=True)
class PresenceChanged:
    """A user came online or went; to the members of the rooms they are in."""

    KIND: ClassVar[str] = "presence"

    user_id: UserId
    online: bool
    at: datetime
    room_ids: tuple[RoomId, ...]


@dataclass(frozen=True, slots=True)
class ReadMarkMoved:
    """A member read on; to the user's other devices. `origin` is the connection it came from, if any."""

    KIND: ClassVar[str] = "read_mark"

    view: RoomView
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class RoomAdded:
    """The viewer became a member; to the viewer's devices."""

    KIND: ClassVar[str] = "room_added"

    view: RoomView


@dataclass(frozen=True, slots=True)
class RoomRemoved:
    """The user is a member no more; to the user's devices. Each process tells it when it comes to the leaving."""

    KIND: ClassVar[str] = "room_removed"

    user_id: UserId
    room_id: RoomId


@dataclass(frozen=True, slots=True)
class RoomDeleted:
    """The room is gone; to all who were its members."""

    KIND: ClassVar[str] = "room_deleted"

    room_id: RoomId


@dataclass(frozen=True, slots=True)
class Heads:
    """The last seq of a room that changed lately, so that the loss of its last event heals too; to its members."""

    KIND: ClassVar[str] = "heads"

    room_id: RoomId
    last_seq: Seq


class SessionEnd(StrEnum):
    """Why a session ended."""

    LOGGED_OUT = "logged_out"
    REVOKED = "revoked"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason, not a password
    TOKEN_REUSED = "token_reused"  # noqa: S105 - a reason, not a token
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """A session is over; its open sockets are told and closed."""

    KIND: ClassVar[str] = "session_ended"

    session_id: SessionId
    reason: SessionEnd


EphemeralEvent = Typing | PresenceChanged | ReadMarkMoved | RoomAdded | RoomRemoved | RoomDeleted | Heads | SessionEnded
AnyEvent = RoomEvent | EphemeralEvent
