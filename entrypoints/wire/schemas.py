"""The objects that are sent: one definition for the type checker and for the OpenAPI description."""

from typing import Annotated, Literal, NotRequired

from pydantic import Field
from typing_extensions import TypedDict

Kind = Literal["public", "private", "direct"]
MemberRole = Literal["owner", "moderator", "member"]


class PersonBody(TypedDict):
    """Who did something."""

    id: int
    username: str
    name: str


class UserBody(PersonBody):
    """A user as others see them."""

    online: bool


class MemberBody(UserBody):
    """A user in a room."""

    role: MemberRole


class MeBody(UserBody):
    """One's own account."""

    email: str | None
    role: Literal["user", "admin"]
    created_at: str


class MessageBodyOut(TypedDict):
    """A message; `content` is empty and `deleted` true for a tombstone."""

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


class RoomBody(TypedDict):
    """A room as the caller sees it; `people` are the others in a direct conversation.

    `unread` and `mentions` are counted after `read_seq`, among the newest 10,000 events of the room only.
    """

    id: int
    name: str
    description: str
    kind: Kind
    member_count: int
    joined: bool
    role: MemberRole | None
    last_seq: int
    read_seq: int
    unread: int
    mentions: int
    created_at: str
    people: list[UserBody]


class RoomDetailsBody(RoomBody):
    """A room with a page of its members and its newest messages."""

    users: list[MemberBody]
    users_next: str | None
    messages: list[MessageBodyOut]
    has_more_before: bool


class ChangedMemberBody(TypedDict):
    """A member who got another role."""

    user: PersonBody
    role: MemberRole


class EventPlace(TypedDict):
    """Where and when something happened in a room, and who did it: what every event has."""

    room_id: int
    seq: int
    at: str
    actor: PersonBody


class MessageEvent(EventPlace):
    """A message was posted; it is told as it is now."""

    type: Literal["message"]
    message: MessageBodyOut


class MessageEditedEvent(EventPlace):
    """A message got another text."""

    type: Literal["message_edited"]
    message: MessageBodyOut


class MessageDeletedEvent(EventPlace):
    """A message was deleted; its tombstone stays."""

    type: Literal["message_deleted"]
    message: MessageBodyOut


class UserJoinEvent(EventPlace):
    """A user became a member, alone or because the actor added them."""

    type: Literal["user_join"]
    user: PersonBody


class UserLeftEvent(EventPlace):
    """A user is no member any more, alone or because the actor removed them."""

    type: Literal["user_left"]
    user: PersonBody


class RoomChangedEvent(EventPlace):
    """The room has another name or description, or the member another role."""

    type: Literal["room_changed"]
    name: NotRequired[str]
    description: NotRequired[str]
    member: NotRequired[ChangedMemberBody]


class UnknownEvent(EventPlace):
    """An event of a kind that only other versions know, or a damaged one: a client moves its cursor past it."""

    type: str


KnownEventBody = Annotated[
    MessageEvent | MessageEditedEvent | MessageDeletedEvent | UserJoinEvent | UserLeftEvent | RoomChangedEvent,
    Field(discriminator="type"),
]
EventBody = KnownEventBody | UnknownEvent
"""One event of a room's log."""


class SessionBody(TypedDict):
    """A signed-in device."""

    id: int
    created_at: str
    last_used_at: str
    user_agent: str
    address: str
    current: bool


class LogPageBody(TypedDict):
    """A page of a room's log."""

    events: list[EventBody]
    last_seq: int
    has_more: bool


class CatchupBody(TypedDict):
    """What was missed. Whoever remembers another `epoch` forgets what they know and syncs afresh."""

    rooms: dict[str, LogPageBody]
    joined: list[RoomBody]
    gone: list[int]
    epoch: str
