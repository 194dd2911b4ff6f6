"""Units of work and snapshots over tables in memory, one at a time."""

from types import TracebackType
from typing import Self

from adapters.memory.accounts import MemoryCredentials, MemorySessions, MemoryUsers
from adapters.memory.consumers import MemoryConsumerCursors
from adapters.memory.messages import MemoryLog, MemoryMessages
from adapters.memory.rooms import MemoryMemberships, MemoryRooms, MemoryRoomViews
from adapters.memory.tables import Tables
from chat_domain.model.ephemeral import AnyEvent
from chat_domain.model.identifiers import RoomId
from chat_domain.ports.broadcasting import Broadcaster
from chat_domain.ports.storage import Snapshot, Storage, UnitOfWork
from chat_domain.ports.unit_rules import keep_to_room


class MemorySnapshot(Snapshot):
    """Reads while no unit of work writes."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self.users = MemoryUsers(tables)
        self.credentials = MemoryCredentials(tables)
        self.sessions = MemorySessions(tables)
        self.rooms = MemoryRooms(tables)
        self.memberships = MemoryMemberships(tables)
        self.messages = MemoryMessages(tables)
        self.log = MemoryLog(tables)
        self.views = MemoryRoomViews(tables)
        self.consumers = MemoryConsumerCursors(tables)

    def __enter__(self) -> Self:
        self._tables.lock.acquire()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._tables.lock.release()


class MemoryUnitOfWork(MemorySnapshot, UnitOfWork):
    """Writes while no other unit of work reads or writes."""

    def __init__(self, tables: Tables, broadcaster: Broadcaster, room: RoomId | None) -> None:
        super().__init__(tables)
        self._broadcaster = broadcaster
        self._events: list[AnyEvent] = []
        self._open = False
        if room is not None:
            keep_to_room(self, room)

    def __enter__(self) -> Self:
        self._tables.at_work.enter()
        super().__enter__()
        self._open = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._open:
            self._tables.journal.roll_back()
            self._unlock()
        self._tables.at_work.leave()

    def next_id(self) -> int:
        return next(self._tables.ids)

    def record(self, *events: AnyEvent) -> None:
        self._events.extend(events)

    def commit(self) -> None:
        self._tables.journal.commit()
        self._unlock()
        self._broadcaster.publish(self._events)

    def _unlock(self) -> None:
        self._open = False
        self._tables.lock.release()


class MemoryStorage(Storage):
    """Keeps everything until the process ends."""

    def __init__(self, broadcaster: Broadcaster) -> None:
        self._tables = Tables()
        self._broadcaster = broadcaster

    def unit_of_work(self, room: RoomId | None = None) -> UnitOfWork:
        return MemoryUnitOfWork(self._tables, self._broadcaster, room)

    def snapshot(self) -> Snapshot:
        return MemorySnapshot(self._tables)

    def check(self) -> None:
        """It always answers."""

    def close(self) -> None:
        """There is nothing to let go of."""
