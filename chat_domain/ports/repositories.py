"""Where aggregates are kept.

Inside a unit of work, a method marked by `loads` keeps others from changing what it loads until the end, so that what
was decided on it still holds at the commit. A method that returns nothing changes something; one that returns something
changes nothing.
"""

from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, Protocol, TypeVar

from chat_domain.model.credentials import UserCredentials
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import Epoch, MessageId, RoomId, Seq, SessionId, UserId
from chat_domain.model.memberships import Authority, Membership
from chat_domain.model.messages import Message
from chat_domain.model.rights import Rights
from chat_domain.model.rooms import Room
from chat_domain.model.sessions import Session
from chat_domain.model.users import Person, User
from chat_domain.model.values import ClientKey, Email, Username
from chat_domain.model.views import LogPage, LogSpan, RoomView

LOADS: Final = "loads"
"""The name of the mark."""

Method = TypeVar("Method", bound=Callable[..., Any])


def loads(method: Method) -> Method:
    """Mark a method that loads something in order to change it: a room, an account or a session."""
    setattr(method, LOADS, True)
    return method


class Users(Protocol):
    """Accounts. Usernames and email addresses are unique by their keys."""

    @abstractmethod
    def add(self, user: User) -> None:
        """Keep a new account; raises UsernameTaken or EmailTaken."""

    @abstractmethod
    @loads
    def get(self, user_id: UserId) -> User:
        """The account; raises UserNotFound."""

    @abstractmethod
    def find(self, login: Username | Email) -> User | None:
        """The account with this username or this address."""

    @abstractmethod
    def save(self, user: User) -> None:
        """Keep the account as it is now; raises EmailTaken."""

    @abstractmethod
    def rights(self, user_id: UserId) -> Rights:
        """What the account may do on this server; raises UserNotFound. Others may change it meanwhile."""

    @abstractmethod
    def search(self, query: str, *, after: UserId, limit: int, sharing_with: UserId | None = None) -> Sequence[Person]:
        """People whose username or name contains `query`, in any case, in order of id from after `after`.

        Only users who share a room with `sharing_with`, if given; that user too, once in a room.
        """


class Credentials(Protocol):
    """How users prove who they are. A unit of work that decides on credentials loads the account first."""

    @abstractmethod
    def of(self, user_id: UserId) -> UserCredentials:
        """The user's credentials; empty where none are kept, also where there is no such user."""

    @abstractmethod
    def save(self, credentials: UserCredentials) -> None:
        """Keep the user's credentials as they are now."""


class Sessions(Protocol):
    """Signed-in devices."""

    @abstractmethod
    def add(self, session: Session) -> None:
        """Keep a new session."""

    @abstractmethod
    @loads
    def get(self, session_id: SessionId) -> Session | None:
        """The session, whether or not it is over."""

    @abstractmethod
    def find(self, cookie_digest: str) -> Session | None:
        """The session whose cookie has this digest, whether or not it is over."""

    @abstractmethod
    def save(self, session: Session) -> None:
        """Keep the session as it is now."""

    @abstractmethod
    def active_of(self, user_id: UserId, *, used_since: datetime) -> Sequence[Session]:
        """The user's sessions that are not ended and were used after `used_since`, the newest first."""

    @abstractmethod
    def over_among(self, session_ids: Collection[SessionId], *, used_since: datetime) -> Collection[SessionId]:
        """Those of the sessions, however many, that are over: ended, or not used after `used_since`, or not there.

        So are those of suspended accounts.
        """

    @abstractmethod
    def forget(self, user_id: UserId, *, ended_before: datetime, used_before: datetime) -> None:
        """Remove the user's sessions that ended before the one time, or were last used before the other."""


class Rooms(Protocol):
    """Rooms. Direct rooms are unique by their key."""

    @abstractmethod
    def add(self, room: Room) -> None:
        """Keep a new room; raises Conflict where a direct room with this key exists."""

    @abstractmethod
    @loads
    def get(self, room_id: RoomId) -> Room:
        """The room; raises RoomNotFound."""

    @abstractmethod
    @loads
    def find_direct(self, key: str) -> Room | None:
        """The direct room of these people."""

    @abstractmethod
    @loads
    def save(self, room: Room) -> None:
        """Load the room and keep this name and description; its log's head moves by the log alone. RoomNotFound."""

    @abstractmethod
    def remove(self, room_id: RoomId) -> None:
        """Remove the room with its memberships, messages and log."""


class Memberships(Protocol):
    """Who is in which room."""

    @abstractmethod
    def add(self, membership: Membership) -> None:
        """Keep a new membership; raises Conflict if the person is a member."""

    @abstractmethod
    @loads
    def of(self, user_id: UserId, room_id: RoomId) -> Membership:
        """The membership. Of a person who has none: NotAMember if they may visit the room, else RoomNotFound."""

    @abstractmethod
    @loads
    def authority(self, user_id: UserId, room_id: RoomId) -> Authority:
        """The membership, or the authority of a person who may visit the room without one; else RoomNotFound."""

    @abstractmethod
    def save(self, membership: Membership) -> None:
        """Keep the role."""

    @abstractmethod
    def move_read_mark(self, user_id: UserId, room_id: RoomId, seq: Seq) -> None:
        """Move the read mark forward to `seq`; it never moves back, whatever was saved meanwhile."""

    @abstractmethod
    def remove(self, user_id: UserId, room_id: RoomId) -> None:
        """The person is a member no more."""

    @abstractmethod
    def in_room(self, room_id: RoomId, *, after: UserId, limit: int) -> Sequence[Membership]:
        """The members of the room in order of user id, from after `after`."""

    @abstractmethod
    def of_users(self, user_ids: Collection[UserId]) -> Collection[tuple[UserId, RoomId]]:
        """Which of the users, however many, are in which rooms."""

    @abstractmethod
    def sharing_with(self, user_id: UserId, others: Collection[UserId]) -> Collection[UserId]:
        """Those of the others, however many, who are in a room with this user."""

    @abstractmethod
    def successor(self, room_id: RoomId) -> Membership | None:
        """Who owns a room that has no owner: who joined first, moderators before others. Else None."""


class Messages(Protocol):
    """What the logs add up to. New messages come in by `Log.append`."""

    @abstractmethod
    def get(self, room_id: RoomId, message_id: MessageId) -> Message:
        """The message of this room; raises MessageNotFound."""

    @abstractmethod
    def sent_with(self, key: ClientKey, *, room_id: RoomId, sender_id: UserId) -> Message | None:
        """The message that this sender posted to this room with this key, its tombstone included."""

    @abstractmethod
    def before(self, room_id: RoomId, seq: Seq | None, *, limit: int) -> Sequence[Message]:
        """The last `limit` messages before `seq` (None: of all), in ascending seq."""

    @abstractmethod
    def after(self, room_id: RoomId, seq: Seq, *, limit: int) -> Sequence[Message]:
        """The first `limit` messages after `seq`, in ascending seq."""

    @abstractmethod
    def set_mentions(self, message: Message, keys: frozenset[str]) -> None:
        """The members of the room with these username keys, and only they, are mentioned by the message."""


class Log(Protocol):
    """The rooms' logs."""

    @abstractmethod
    def append(self, event: RoomEvent) -> None:
        """Add the event and what it changes of its message; its seq must be the room's next, else Conflict."""

    @abstractmethod
    def after(self, room_id: RoomId, seq: Seq, *, limit: int) -> LogPage:
        """The first `limit` events after `seq` that the log has. A message event carries its message as it is now.

        An event about a message of before the log's first event, which is gone, is told as one of kind DAMAGED.
        """

    @abstractmethod
    def spans(self, user_id: UserId) -> Mapping[RoomId, LogSpan]:
        """Where the log of each room begins and ends that the user is a member of."""

    @abstractmethod
    def heads_of(self, room_ids: Collection[RoomId]) -> Mapping[RoomId, Seq]:
        """The last seq of each of the rooms, however many; rooms that are not there are left out."""

    @abstractmethod
    def epoch(self) -> Epoch:
        """Which life of the logs this is: another one since they were restored from a backup."""


class RoomViews(Protocol):
    """Rooms as one person sees them."""

    @abstractmethod
    def of(self, user_id: UserId, room_id: RoomId) -> RoomView:
        """The room with what is unread; RoomNotFound if it is neither public nor this person's."""

    @abstractmethod
    def joined(self, user_id: UserId, query: str, *, after: RoomId, limit: int) -> Sequence[RoomView]:
        """The person's rooms whose name contains `query`, in any case, in order of id from after `after`."""

    @abstractmethod
    def public(self, user_id: UserId, query: str, *, after: RoomId, limit: int) -> Sequence[RoomView]:
        """The public rooms whose name or description contains `query`, in any case, by id from after `after`."""
