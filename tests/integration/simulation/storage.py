"""One storage that several processes share, and that fails now and then: before, at and after a commit."""

from abc import abstractmethod
from collections.abc import Sequence
from types import TracebackType
from typing import Protocol

from adapters.memory.storage import MemorySnapshot, MemoryStorage, MemoryUnitOfWork
from adapters.memory.tables import Tables
from chat_domain.model.ephemeral import AnyEvent
from chat_domain.model.identifiers import RoomId
from chat_domain.ports.broadcasting import Broadcaster
from chat_domain.ports.consumers import ConsumerLock
from chat_domain.ports.storage import Snapshot, UnitOfWork


class Fate(Protocol):
    """What may come in between at each step that a process takes outside itself."""

    @abstractmethod
    def pause(self) -> None:
        """Others go on meanwhile."""

    @abstractmethod
    def strike(self, where: str) -> None:
        """The process may die here, or the storage be Unavailable."""

    @abstractmethod
    def committed(self, events: Sequence[AnyEvent]) -> None:
        """These are durable by now."""


class SharedStorage(MemoryStorage):
    """The tables as one process sees them."""

    def __init__(self, tables: Tables, broadcaster: Broadcaster, fate: Fate, lock: ConsumerLock) -> None:
        super().__init__(broadcaster)
        self._tables = tables
        self._fate = fate
        self._lock = lock

    def unit_of_work(self, room: RoomId | None = None) -> UnitOfWork:
        return FatedUnit(self._tables, self._broadcaster, self._fate, room)

    def consumer_lock(self) -> ConsumerLock:
        return self._lock

    def snapshot(self) -> Snapshot:
        return FatedSnapshot(self._tables, self._fate)


class FatedSnapshot(MemorySnapshot):
    """Others go on before it and after it."""

    def __init__(self, tables: Tables, fate: Fate) -> None:
        super().__init__(tables)
        self._fate = fate

    def __enter__(self) -> "FatedSnapshot":
        self._fate.pause()
        self._fate.strike("read")
        super().__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        super().__exit__(kind, error, trace)
        if error is None:
            self._fate.pause()


class FatedUnit(MemoryUnitOfWork):
    """A commit may fail before it is durable, and after that before anybody hears of it."""

    def __init__(self, tables: Tables, broadcaster: Broadcaster, fate: Fate, room: RoomId | None) -> None:
        super().__init__(tables, broadcaster, room)
        self._fate = fate

    def __enter__(self) -> "FatedUnit":
        self._fate.pause()
        self._fate.strike("write")
        super().__enter__()
        return self

    def commit(self) -> None:
        self._fate.strike("commit")
        self._tables.journal.commit()
        self._unlock()
        self._tables.at_work.leave()  # the simulated processes, which go on meanwhile, are one thread
        self._fate.committed(self._events)
        self._fate.strike("answer")
        self._fate.pause()
        self._broadcaster.publish(self._events)
