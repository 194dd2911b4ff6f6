"""Storage: units of work that change something, and snapshots for reading."""

from abc import abstractmethod
from types import TracebackType
from typing import Protocol, Self

from chat_domain.model.ephemeral import AnyEvent
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId
from chat_domain.ports.consumers import ConsumerCursors, ConsumerLock, UncontestedLock
from chat_domain.ports.repositories import Credentials, Log, Memberships, Messages, Rooms, RoomViews, Sessions, Users


class Snapshot(Protocol):
    """The repositories as of one moment: whatever is read in one snapshot fits together."""

    users: Users
    credentials: Credentials
    sessions: Sessions
    rooms: Rooms
    memberships: Memberships
    messages: Messages
    log: Log
    views: RoomViews
    consumers: ConsumerCursors

    @abstractmethod
    def __enter__(self) -> Self: ...

    @abstractmethod
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of it. A unit of work that was not committed is rolled back."""


class BrokenRule(RuntimeError):
    """A unit of work does what UnitOfWork forbids: a mistake in the program, which every storage refuses alike."""


class UnitOfWork(Snapshot, Protocol):
    """One change, whole or not at all. The world hears of it only after the commit.

    A unit of work that names its room may share a transaction with others, in other rooms, which ask together and
    write together at the end. So it keeps to two rules, and raises BrokenRule where it does not:

    - it loads and changes this room alone: its name, its members, its messages, its log. It loads no account, no
      session and no other room, and changes none of them. What it only reads may be of anywhere.
    - it reads before it writes: after its first change it reads nothing.

    A unit of work that names no room does what it likes, in a transaction of its own. None begins inside another one
    of the same thread or greenlet, nor while one is published: BrokenRule as well.
    """

    @abstractmethod
    def next_id(self) -> int:
        """A number that this storage never gave before, at most 2^53 - 1."""

    @abstractmethod
    def record(self, *events: AnyEvent) -> None:
        """Publish these after the commit, in this order."""

    @abstractmethod
    def commit(self) -> None:
        """Make everything durable, then publish what was recorded.

        When this returns, a crash loses nothing of it. Raises Unavailable, with nothing changed, if it cannot.
        A failure to publish is logged and undoes nothing.
        """

    def append(self, event: RoomEvent) -> None:
        """Add the event to its room's log, and record it."""
        self.log.append(event)
        self.record(event)


class Storage(Protocol):
    """Where everything is kept."""

    @abstractmethod
    def unit_of_work(self, room: RoomId | None = None) -> UnitOfWork:
        """For one change. Name the room where it concerns only one: then it may be made durable together with others.

        UnitOfWork says what one that names its room may do. Raises Unavailable, on entering or at its first step, when
        too many wait.
        """

    @abstractmethod
    def snapshot(self) -> Snapshot:
        """For reading only."""

    def lookup(self) -> Snapshot:
        """For a single question, which some storages answer sooner; what a second one sees may be of another moment."""
        return self.snapshot()

    def consumer_lock(self) -> ConsumerLock:
        """The lock by which one of the processes that share this storage runs the consumers."""
        return UncontestedLock()

    @abstractmethod
    def check(self) -> None:
        """Raise Unavailable if the storage does not answer."""

    @abstractmethod
    def close(self) -> None:
        """Let go of every connection."""
