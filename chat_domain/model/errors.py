"""Everything that can be refused: seven kinds, and the named errors that belong to them.

An error carries a machine-readable `code` and a `detail` fit to be shown; never a status. Which status or
ack a kind becomes is decided in `entrypoints.wire.problems`.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class FieldError:
    """One bad field of a request: which, the machine-readable reason, and the sentence for people."""

    field: str
    code: str
    detail: str


class ChatError(Exception):
    """Base of all refusals."""

    code: ClassVar[str] = "error"
    detail: ClassVar[str] = "The request was refused."
    field: str | None = None

    def __init__(self, detail: str | None = None) -> None:
        super().__init__(detail or self.detail)

    @property
    def message(self) -> str:
        """The sentence for people."""
        return str(self.args[0])

    @property
    def reason(self) -> str:
        """The code that a bad field is blamed with."""
        return self.code

    @property
    def fields(self) -> tuple[FieldError, ...]:
        """The bad field, where one is to blame."""
        return (FieldError(self.field, self.reason, self.message),) if self.field else ()


class Invalid(ChatError, ValueError):
    """The request can never be accepted as it is."""

    code = "invalid"
    detail = "The request is not valid."

    def __init__(self, detail: str | None = None, *, code: str | None = None, field: str | None = None) -> None:
        super().__init__(detail)
        self._reason = code
        self.field = field

    @property
    def reason(self) -> str:
        """Why the field is bad, more closely than the error's own code says."""
        return self._reason or self.code


class Unauthenticated(ChatError):
    """Who calls is not known."""

    code = "unauthenticated"
    detail = "Sign in first."


class Forbidden(ChatError):
    """Who calls is known, may know of the thing, and may not do this to it."""

    code = "forbidden"
    detail = "You may not do this."


class NotFound(ChatError):
    """It is not there, or not for the one who asks."""

    code = "not_found"
    detail = "This does not exist, or is not for you."


class Conflict(ChatError):
    """The request contradicts what is already so."""

    code = "conflict"
    detail = "This contradicts what is already there."


class TooMany(ChatError):
    """Too often, or too much at once; `retry_after` is in seconds."""

    code = "too_many"
    detail = "Too many requests; try again later."

    def __init__(self, detail: str | None = None, *, retry_after: float = 1.0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class Unavailable(ChatError):
    """The server cannot do this now, through no fault of the request; `retry_after` is in seconds."""

    code = "unavailable"
    detail = "The server cannot do this right now; try again shortly."

    def __init__(self, detail: str | None = None, *, retry_after: float = 1.0) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


class BusAway(Unavailable):
    """What happens in this process does not reach the others."""

    code = "bus_away"
    detail = "The bus between the processes of this server does not answer."


class InvalidCredentials(Unauthenticated):
    """The same for an unknown user and for a wrong password."""

    code = "invalid_credentials"
    detail = "The username or the password is wrong."


class InvalidToken(Unauthenticated):
    """Not ours, malformed, expired, or of a session that is over."""

    code = "invalid_token"
    detail = "This sign-in is not valid any more; sign in again."


class RegistrationClosed(Forbidden):
    """Nobody can make an account by themselves, or not without a valid invitation."""

    code = "registration_closed"
    detail = "This server takes no registrations without a valid invitation."


class AccountSuspended(Forbidden):
    """The account may do nothing until an administrator lets it."""

    code = "account_suspended"
    detail = "This account is suspended."


class NotAMember(Forbidden):
    """The room may be known, but only its members do this."""

    code = "not_a_member"
    detail = "Join the room first."


class RoomNotFound(NotFound):
    """No such room, or a private one of others."""

    code = "room_not_found"
    detail = "This room does not exist, or is not for you."


class MessageNotFound(NotFound):
    """No such message in this room."""

    code = "message_not_found"
    detail = "There is no such message in this room."


class UserNotFound(NotFound):
    """No such user."""

    code = "user_not_found"
    detail = "There is no such user."


class MemberNotFound(NotFound):
    """The user is not in this room."""

    code = "member_not_found"
    detail = "This user is not a member of the room."


class SessionNotFound(NotFound):
    """No such session of this user."""

    code = "session_not_found"
    detail = "There is no such session."


class UsernameTaken(Conflict):
    """Somebody has this name, or one that only looks different."""

    code = "username_taken"
    detail = "This username is taken."
    field = "username"


class EmailTaken(Conflict):
    """An account with this address exists."""

    code = "email_taken"
    detail = "There is an account with this email address."
    field = "email"


class ClientKeyReused(Conflict):
    """The same client_id came before with other content."""

    code = "client_id_reused"
    detail = "This client_id was used for another message."
    field = "client_id"


class LastOwner(Conflict):
    """A room keeps an owner for as long as it has members."""

    code = "last_owner"
    detail = "Make somebody else an owner first."


class MessageIsDeleted(Conflict):
    """A deleted message cannot be edited."""

    code = "message_deleted"
    detail = "This message was deleted."


class WeakPassword(Invalid):
    """Too easy to guess."""

    code = "weak_password"
    detail = "This password is too easy to guess."


class WrongPassword(Invalid):
    """The current password was not given, or is wrong."""

    code = "wrong_password"
    detail = "The current password is wrong."
