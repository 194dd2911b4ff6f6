"""The objects that are sent: one definition for the type checker and for the OpenAPI description."""

from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, NotRequired, Union

from pydantic import Field
from typing_extensions import TypedDict

from chat_domain.model.events import KINDS, RoomEvent
from chat_domain.model.events.fields import fields_of
from chat_domain.model.memberships import Member
from chat_domain.model.messages import Message
from chat_domain.model.users import Person
from entrypoints.wire.rendering import MessageBodyOut, PersonBody

Kind = Literal["public", "private", "direct"]
MemberRole = Literal["owner", "moderator", "member"]


class UserBody(PersonBody):
    """A user as others see them."""

    online: bool


class MemberBody(UserBody):
    """A user in a room."""

    role: MemberRole


class MeBody(UserBody):
    """One's own account."""

    email: str | None
    role: Literal["administrator", "member", "guest", "bot"]
    created_at: str


class RoomBody(TypedDict):
    """A room as the caller sees it; `people` are the others in a direct conversation.

    Its log has the events from `first_seq` to `last_seq`; what was before is gone.
    `unread` and `mentions` are counted after `read_seq`, among the newest 10,000 events of the room only.
    """

    id: int
    name: str
    description: str
    kind: Kind
    member_count: int
    joined: bool
    role: MemberRole | None
    first_seq: int
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


class UnknownEvent(EventPlace):
    """An event of a kind that only other versions know, or a damaged one: a client moves its cursor past it."""

    type: str


def event_schema(kind: type[RoomEvent]) -> Any:  # noqa: ANN401 - a TypedDict
    """The schema of one kind of event, from the fields that the kind carries."""
    fields: dict[str, Any] = {"type": Literal[kind.KIND]}
    for field in fields_of(kind):
        shape = _SHAPES.get(field.type, field.type if field.type in (bool, int) else str)
        fields[field.name] = NotRequired[shape] if field.optional else shape
    schema: Any = TypedDict(_schema_name(kind), EventPlace.__annotations__ | fields)  # type: ignore[misc]  # made of data
    schema.__doc__ = kind.__doc__
    return schema


def _schema_name(kind: type[RoomEvent]) -> str:
    return "".join(word.title() for word in kind.KIND.split("_")) + "Event"


_SHAPES: Final[dict[type[Any], Any]] = {Message: MessageBodyOut, Person: PersonBody, Member: ChangedMemberBody}

if TYPE_CHECKING:
    EventBody = UnknownEvent
else:
    _KNOWN: Final = Union[tuple(map(event_schema, KINDS.values()))]  # noqa: UP007 - of a list
    EventBody = Annotated[_KNOWN, Field(discriminator="type")] | UnknownEvent
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
    """A page of a room's log. A client whose cursor is before `first_seq - 1` goes on at `first_seq`."""

    events: list[EventBody]
    first_seq: int
    last_seq: int
    has_more: bool


class CatchupBody(TypedDict):
    """What was missed. A client that remembers another `epoch` forgets its cursors and messages, and syncs afresh."""

    rooms: dict[str, LogPageBody]
    joined: list[RoomBody]
    gone: list[int]
    epoch: str
