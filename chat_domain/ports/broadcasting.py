"""How the world hears of what happened: a bus between processes, and the audience connected to this one."""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Protocol

from chat_domain.model.ephemeral import AnyEvent, EphemeralEvent
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId, SessionId, UserId


class Broadcaster(Protocol):
    """Carries what happened to every process, this one included.

    Nothing is promised: events may be lost, doubled or reordered. The room log is the truth, and whoever
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


class Attendance(Protocol):
    """Who is connected to this process, and what they hear."""

    @abstractmethod
    def users(self) -> Collection[UserId]:
        """The users who have a connection here."""

    @abstractmethod
    def sessions(self) -> Collection[SessionId]:
        """The sessions that the connections here were admitted by."""

    @abstractmethod
    def rooms(self) -> Collection[RoomId]:
        """The rooms that any connection here hears."""

    @abstractmethod
    def hears(self, room_id: RoomId) -> bool:
        """Whether any connection here hears the room."""

    @abstractmethod
    def is_in(self, user_id: UserId, room_id: RoomId) -> bool:
        """Whether every connection of the user hears the room."""


class Audience(Attendance, Protocol):
    """The connections to this process, and which rooms each of them hears."""

    @abstractmethod
    def admit(self, connection: str, user_id: UserId, session_id: SessionId) -> None:
        """Take in a connection; from now on it hears what concerns its user and its session."""

    @abstractmethod
    def let_go(self, connection: str) -> None:
        """The connection is admitted no more, and hears nothing, though it may still be there."""

    @abstractmethod
    def seat(self, connection: str, room_ids: Iterable[RoomId]) -> None:
        """From now on the connection hears these rooms too, until its user is led out of them.

        Nothing happens for a connection that is gone by now, or whose session ended meanwhile.
        """

    @abstractmethod
    def lead_in(self, user_id: UserId, room_id: RoomId) -> None:
        """From now on all connections of the user hear the room."""

    @abstractmethod
    def lead_out(self, user_id: UserId, room_id: RoomId) -> None:
        """From now on no connection of the user hears the room."""

    @abstractmethod
    def deliver(self, event: RoomEvent | EphemeralEvent) -> None:
        """Tell it to the connections that it concerns. Never raises, never waits for a slow one.

        A SessionEnded also closes the session's connections; a RoomDeleted leads everybody out.
        """
