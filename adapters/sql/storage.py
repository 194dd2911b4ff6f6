"""Units of work and snapshots in SQL, whichever database is behind them."""

import logging
from abc import abstractmethod
from collections.abc import Callable
from types import TracebackType
from typing import Final, Protocol, Self

from adapters.sql.executor import Executor
from adapters.sql.repositories import Repositories
from chat_domain.model.ephemeral import AnyEvent
from chat_domain.model.identifiers import RoomId, UserId
from chat_domain.ports.broadcasting import Broadcaster
from chat_domain.ports.consumers import ConsumerLock, UncontestedLock
from chat_domain.ports.storage import Snapshot, Storage, UnitOfWork
from chat_domain.ports.unit_rules import UnitsAtWork, keep_to_room

_log: Final = logging.getLogger(__name__)


class Reading(Protocol):
    """A begun transaction that sees one moment and changes nothing."""

    executor: Executor

    @abstractmethod
    def end(self) -> None:
        """Let go of it. Never raises."""


class Writing(Protocol):
    """A begun transaction for one change. It is ended by either of its methods, once."""

    executor: Executor

    @abstractmethod
    def commit(self, then: Callable[[], None]) -> None:
        """Make it durable and then do `then`; or raise Unavailable.

        Then nothing was changed, as a rule; where the disk or the database did not answer in time it may be, later.
        """

    @abstractmethod
    def roll_back(self) -> None:
        """Undo it. Never raises."""


class Database(Protocol):
    """Where transactions are begun."""

    repositories: Repositories
    """Those of this database."""

    @abstractmethod
    def read(self) -> Reading:
        """Begin to read; raises Unavailable."""

    def lookup(self) -> Reading:
        """Begin to read, with one statement; raises Unavailable."""
        return self.read()

    @abstractmethod
    def write(self, room: RoomId | None) -> Writing:
        """Begin a change, which concerns nothing but this room if one is named; raises Unavailable."""

    @abstractmethod
    def next_id(self, executor: Executor) -> int:
        """A number that was never given before; `executor` is that of a begun change."""

    def consumer_lock(self) -> ConsumerLock:
        """See Storage."""
        return UncontestedLock()

    @abstractmethod
    def close(self) -> None:
        """Let go of every connection."""


class _Opened(Snapshot):
    """The repositories of a database, in one transaction."""

    def _open(self, repositories: Repositories, executor: Executor) -> None:
        self.users = repositories.users(executor)
        self.credentials = repositories.credentials(executor)
        self.sessions = repositories.sessions(executor)
        self.rooms = repositories.rooms(executor)
        self.memberships = repositories.memberships(executor)
        self.messages = repositories.messages(executor)
        self.log = repositories.log(executor)
        self.views = repositories.views(executor)
        self.consumers = repositories.consumers(executor)


class SqlSnapshot(_Opened):
    """Reads in one transaction."""

    def __init__(self, begin: Callable[[], Reading], repositories: Repositories) -> None:
        self._begin = begin
        self._repositories = repositories

    def __enter__(self) -> Self:
        self._transaction = self._begin()
        self._open(self._repositories, self._transaction.executor)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._transaction.end()


class SqlUnitOfWork(_Opened, UnitOfWork):
    """Changes something in one transaction, and publishes what it recorded after the commit."""

    def __init__(self, database: Database, broadcaster: Broadcaster, at_work: UnitsAtWork, room: RoomId | None) -> None:
        self._database = database
        self._at_work = at_work
        self._broadcaster = broadcaster
        self._room = room
        self._events: list[AnyEvent] = []
        self._ended = False

    def __enter__(self) -> Self:
        self._at_work.enter()
        try:
            self._transaction = self._database.write(self._room)
        except BaseException:
            self._at_work.leave()
            raise
        self._open(self._database.repositories, self._transaction.executor)
        if self._room is not None:
            keep_to_room(self, self._room)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if not self._ended:
                self._transaction.roll_back()
        finally:
            self._at_work.leave()

    def next_id(self) -> int:
        return self._database.next_id(self._transaction.executor)

    def record(self, *events: AnyEvent) -> None:
        self._events.extend(events)

    def commit(self) -> None:
        self._ended = True
        self._transaction.commit(self._publish)

    def _publish(self) -> None:
        try:
            self._broadcaster.publish(self._events)
        except Exception:  # noqa: BLE001 - what was committed stands, whichever subscriber fails
            _log.exception("what was committed could not be published")


class SqlStorage(Storage):
    """Keeps everything in a database."""

    def __init__(self, database: Database, broadcaster: Broadcaster) -> None:
        self._database = database
        self._broadcaster = broadcaster
        self._at_work = UnitsAtWork()

    def unit_of_work(self, room: RoomId | None = None) -> UnitOfWork:
        return SqlUnitOfWork(self._database, self._broadcaster, self._at_work, room)

    def snapshot(self) -> Snapshot:
        return SqlSnapshot(self._database.read, self._database.repositories)

    def lookup(self) -> Snapshot:
        return SqlSnapshot(self._database.lookup, self._database.repositories)

    def consumer_lock(self) -> ConsumerLock:
        return self._database.consumer_lock()

    def check(self) -> None:
        with self.snapshot() as seen:
            seen.users.search("", after=UserId(0), limit=1)

    def close(self) -> None:
        self._database.close()
