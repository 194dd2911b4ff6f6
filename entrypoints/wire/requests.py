"""What may be asked, over HTTP and over sockets: one validation layer for both doors."""

from typing import Annotated, Literal, Self

from pydantic import Field, Strict, model_validator

from chat_domain.model.errors import Invalid
from chat_domain.model.memberships import Role
from entrypoints.wire.parsing import Request
from entrypoints.wire.values import (
    ClientKeyField,
    Cursor,
    DisplayNameField,
    EmailField,
    Id,
    IdText,
    Limit,
    MessageField,
    PasswordField,
    Place,
    PlaceText,
    RoomDescriptionField,
    RoomNameField,
    SearchField,
    UsernameField,
)

Login = Annotated[str, Field(min_length=1, max_length=254)]
Secret = Annotated[str, Field(min_length=1, max_length=1024)]
Token = Annotated[str, Field(min_length=1, max_length=2048)]


class Register(Request):
    """A new account."""

    username: UsernameField
    password: PasswordField
    email: EmailField | None = None
    name: DisplayNameField | None = None
    invite: Token | None = None


class LogIn(Request):
    """A username or an email address, and the password. With `cookie`, a browser's session and no token."""

    username: Login | None = None
    email: Login | None = None
    password: Secret
    cookie: Annotated[bool, Strict()] = False

    @model_validator(mode="after")
    def _names_one_account(self) -> Self:
        if (self.username is None) == (self.email is None):
            raise Invalid("Give a username or an email address.", code="missing", field="username")
        return self

    @property
    def login(self) -> str:
        """Who wants to sign in."""
        return self.username or self.email or ""


class Refresh(Request):
    """A refresh token, which works once."""

    refresh_token: Token


class ChangeMe(Request):
    """Changes to one's own account; a new password needs the current one, an email of null is taken away."""

    name: DisplayNameField | None = None
    email: EmailField | None = None
    password: PasswordField | None = None
    current_password: Secret | None = None

    @model_validator(mode="after")
    def _knows_the_password(self) -> Self:
        if self.password is not None and self.current_password is None:
            raise Invalid("Give the current password too.", code="missing", field="current_password")
        return self

    @property
    def forgets_email(self) -> bool:
        """Whether the address is to be taken away."""
        return "email" in self.model_fields_set and self.email is None


class CreateRoom(Request):
    """A new room."""

    name: RoomNameField
    description: RoomDescriptionField | None = None
    kind: Literal["public", "private"] = "public"


class ChangeRoom(Request):
    """Another name or description."""

    name: RoomNameField | None = None
    description: RoomDescriptionField | None = None


class OpenDirect(Request):
    """The other people of a direct conversation."""

    user_ids: Annotated[list[Id], Field(min_length=1, max_length=50)]


class PutMember(Request):
    """As what somebody is in the room."""

    role: Role = Role.MEMBER


class Post(Request):
    """A message. The same client_id again posts nothing new."""

    message: MessageField
    client_id: ClientKeyField | None = None
    reply_to: Id | None = None


class Edit(Request):
    """Another text for a message."""

    message: MessageField


class MarkRead(Request):
    """How far one has read."""

    seq: Place


class RoomPath(Request):
    """A room."""

    room_id: IdText


class MessagePath(RoomPath):
    """A message of a room."""

    message_id: IdText


class MemberPath(RoomPath):
    """A user in a room."""

    user_id: IdText


class SessionPath(Request):
    """A session."""

    session_id: IdText


class Sessions(Request):
    """Which page of one's own sessions."""

    cursor: Cursor = 0
    limit: Limit = 50


class People(Request):
    """Part of a username or name."""

    query: SearchField = ""
    cursor: Cursor = 0
    limit: Limit = 50


class Rooms(Request):
    """Which rooms: one's own, or those that anybody may join."""

    scope: Literal["joined", "public"] = "joined"
    query: SearchField = ""
    cursor: Cursor = 0
    limit: Limit = 50


class RoomDetails(Request):
    """Which page of the room's members."""

    users_cursor: Cursor = 0
    users_limit: Limit = 50


class History(Request):
    """A page of messages: the newest, or those before, after or around a sequence number."""

    before: PlaceText | None = None
    after: PlaceText | None = None
    around: PlaceText | None = None
    limit: Limit = 50

    @model_validator(mode="after")
    def _goes_one_way(self) -> Self:
        if sum(place is not None for place in (self.before, self.after, self.around)) > 1:
            raise Invalid("Give one of before, after and around.", code="exclusive", field="before")
        return self


class Events(Request):
    """A page of the room's log."""

    after: PlaceText = 0
    limit: Limit = 200


class SendMessage(Post):
    """A message to a room, over a socket."""

    room_id: Id


class EditMessage(Edit):
    """Another text for a message, over a socket."""

    room_id: Id
    message_id: Id


class DeleteMessage(Request):
    """A message to delete, over a socket."""

    room_id: Id
    message_id: Id


class RoomOnly(Request):
    """A room, over a socket."""

    room_id: Id


class Read(MarkRead):
    """How far one has read in a room, over a socket."""

    room_id: Id


class Sync(Request):
    """The last seq applied, by room."""

    rooms: Annotated[dict[IdText, Place], Field(max_length=10_000)] = Field(default_factory=dict)


class PresenceQuery(Request):
    """Whose presence."""

    user_ids: Annotated[list[Id], Field(max_length=1_000)]
