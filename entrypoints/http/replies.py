"""The replies of REST, as the OpenAPI description shows them: objects of the wire, and what stands around them."""

from pydantic import BaseModel

from entrypoints.wire.rendering import MessageBodyOut
from entrypoints.wire.schemas import (
    EventBody,
    MeBody,
    MemberBody,
    RoomBody,
    RoomDetailsBody,
    SessionBody,
    UserBody,
)


class Told(BaseModel):
    """What was done, in a sentence."""

    message: str


class Registered(Told):
    """A new account."""

    user: MeBody


class SignedIn(BaseModel):
    """A session. A browser that asked for a cookie gets no tokens; it cannot lose what it does not have."""

    token: str | None = None
    refresh_token: str | None = None
    expires_at: str
    user: MeBody


class Refreshed(BaseModel):
    """The next pair of tokens."""

    token: str
    refresh_token: str
    expires_at: str
    user: MeBody


class Me(BaseModel):
    """One's own account, and the epoch: another one since the server was restored from a backup.

    Sequence numbers of one epoch say nothing in the next: a client that remembers another epoch starts afresh.
    """

    user: MeBody
    epoch: str


class Sessions(BaseModel):
    """One's own devices; `next` is the cursor of the next page."""

    sessions: list[SessionBody]
    next: str | None


class Users(BaseModel):
    """People; `next` is the cursor of the next page."""

    users: list[UserBody]
    next: str | None


class Rooms(BaseModel):
    """Rooms; `next` is the cursor of the next page."""

    chat_rooms: list[RoomBody]
    next: str | None


class Room(BaseModel):
    """A room."""

    chat_room: RoomBody


class RoomTold(Told, Room):
    """A room, and what was done to it."""


class Details(BaseModel):
    """A room with a page of its members and its newest messages."""

    chat_room: RoomDetailsBody


class Member(BaseModel):
    """A member of a room."""

    member: MemberBody


class Message(BaseModel):
    """A message."""

    message: MessageBodyOut


class Messages(BaseModel):
    """A page of messages in ascending seq."""

    chat_room_id: int
    messages: list[MessageBodyOut]
    has_more_before: bool
    has_more_after: bool


class Events(BaseModel):
    """A page of a room's log in ascending seq.

    The log begins at `first_seq`, and what was before is gone: a client whose cursor is before `first_seq - 1` goes on
    at `first_seq`.
    """

    events: list[EventBody]
    first_seq: int
    last_seq: int
    has_more: bool


class Health(BaseModel):
    """How the server is."""

    status: str
