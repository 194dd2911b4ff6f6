"""How events reach the users: a bus between processes, and the audience, the connections to this process."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Protocol, TypeVar

from chat_domain.model.ephemeral import AnyEvent, EphemeralEvent
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId, SessionId, UserId

Server_contra = TypeVar("Server_contra", contravariant=True)


class Broadcaster(Protocol):
    """Carries events to every process, this one included.

    Nothing is promised: events may be lost, doubled or reordered. The room log is the truth, and a process that
    receives a room event takes it as a hint that the log has grown that far.
    """

    @abstractmethod
    def publish(self, events: Sequence[AnyEvent]) -> None:
        """Pass on what was committed. Never raises.

        The end of a session has been told to every process when this returns, or else they know that they may have
        missed something; where processes cannot hear each other that takes up to 2 s.
        """

    @abstractmethod
    def subscribe(self, receive: Callable[[Sequence[AnyEvent]], None]) -> None:
        """From now on hand to `receive` whatever any process publishes."""

    @abstractmethod
    def is_current(self) -> bool:
        """Whether everything has come that others published until a second ago, as far as a process can know.

        False as well for a while after the process itself was frozen.
        """

    @abstractmethod
    def hears_all(self) -> bool:
        """Whether this process is current, and no other can be at work that is not heard.

        False as well for some minutes after another one vanished without a word: it may only be cut off.
        """

    @abstractmethod
    def check(self) -> None:
        """Raise BusAway if what is published does not reach the other processes."""

    @abstractmethod
    def open(self) -> None:
        """Connect to the other processes, and stay connected, in the background; before, only this process is told."""

    @abstractmethod
    def close(self) -> None:
        """Send what waits, at most for a second, and let go of the connection."""


class Attachable(Protocol[Server_contra]):
    """An audience, or the transport under it, that works on a server of connections which is made after it."""

    @abstractmethod
    def attach(self, server: Server_contra) -> None:
        """Work on this server, from its next connection on; to be called once, before the server serves.

        Raises ImportError if the server is of a library or a version that is not known.
        """


class Audience(Protocol):
    """The connections to this process, and which rooms each of them is subscribed to."""

    @abstractmethod
    def add(self, connection: str, user_id: UserId, session_id: SessionId) -> None:
        """Add a connection; from now on it is told what concerns its user and its session."""

    @abstractmethod
    def remove(self, connection: str) -> None:
        """The connection is told nothing more, though it may still be open."""

    @abstractmethod
    def subscribe(self, connection: str, room_ids: Iterable[RoomId]) -> None:
        """From now on the connection is told of these rooms too, until its user is unsubscribed from them.

        Nothing happens for a connection that is gone, or whose session ended meanwhile.
        """

    @abstractmethod
    def subscribe_user(self, user_id: UserId, room_id: RoomId) -> None:
        """From now on all connections of the user are told of the room."""

    @abstractmethod
    def unsubscribe_user(self, user_id: UserId, room_id: RoomId) -> None:
        """From now on no connection of the user is told of the room."""

    @abstractmethod
    def users(self) -> Collection[UserId]:
        """The users who have a connection to this process."""

    @abstractmethod
    def sessions(self) -> Collection[SessionId]:
        """The sessions that the connections were added for."""

    @abstractmethod
    def rooms(self) -> Collection[RoomId]:
        """The rooms that any connection is subscribed to."""

    @abstractmethod
    def has_subscribers(self, room_id: RoomId) -> bool:
        """Whether any connection is subscribed to the room."""

    @abstractmethod
    def is_subscribed(self, user_id: UserId, room_id: RoomId) -> bool:
        """Whether every connection of the user is subscribed to the room."""

    @abstractmethod
    def deliver(self, event: RoomEvent | EphemeralEvent) -> None:
        """Tell the event to the connections that it concerns. Never raises, never waits for a slow one.

        A SessionEnded also closes the session's connections; a RoomDeleted unsubscribes everybody.
        """
