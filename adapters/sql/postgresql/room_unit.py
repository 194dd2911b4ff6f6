"""A unit of work in one room, of which many share a transaction."""

from collections.abc import Callable
from threading import Event
from typing import Protocol

from sqlalchemy import ClauseElement

from adapters.sql.executor import Executor, Row
from adapters.sql.postgresql.rounds import Call, Write
from adapters.sql.storage import Writing
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import RoomId
from chat_domain.ports.storage import BrokenRule


class Company(Protocol):
    """The batch, as its unit sees it."""

    @property
    def rooms(self) -> set[RoomId]:
        """The rooms that no other unit of work in this process may use until its end."""

    def wait(self, unit: "RoomUnit") -> None:
        """The unit waits from now on."""

    def leave(self, unit: "RoomUnit") -> None:
        """The unit wants nothing any more."""


class Batching(Protocol):
    """What puts the batches together, as a unit sees it."""

    patience: float
    """Seconds that a unit waits."""

    def queue(self, unit: "RoomUnit") -> None:
        """Let the unit into one of the next batches; raises Unavailable when too many wait."""

    def withdraw(self, unit: "RoomUnit") -> bool:
        """Take the unit out of the queue; False if it is not in it."""

    def free(self, room: RoomId) -> None:
        """The unit of work that left a batch and went on alone in this room has come to an end."""

    def is_locking(self, statement: ClauseElement) -> bool:
        """Whether the statement may have to wait for a lock."""

    def alone(self) -> Writing:
        """Begin a transaction for one unit."""


class RoomUnit(Writing, Executor):
    """One unit of work of a batch, and its executor.

    One that locks a second row, another member of its room, leaves the batch and goes on alone.
    """

    locks = True

    def __init__(self, batching: Batching, room: RoomId) -> None:
        self.executor = self
        self.room = room
        self.batch: Company | None = None
        self.is_waiting = True
        self.call: Call | None = None
        self.writes: list[Write] = []
        self._batching = batching
        self._asked: list[tuple[Call, list[Row]]] = []
        self._keeps_room = False
        self._alone: Writing | None = None
        self._heard = Event()
        self._answer: list[Row] | Exception = []

    def all(self, statement: ClauseElement, **parameters: object) -> list[Row]:
        return self._ask(Call(statement, parameters, all_rows=True))

    def first(self, statement: ClauseElement, **parameters: object) -> Row | None:
        rows = self._ask(Call(statement, parameters, all_rows=False))
        return rows[0] if rows else None

    def run(self, statement: ClauseElement, **parameters: object) -> None:
        if self.batch is None:
            self._go_alone().executor.run(statement, **parameters)
        else:
            self.writes.append((statement, parameters))

    def commit(self, then: Callable[[], None]) -> None:
        if self.batch is None:
            try:
                self._go_alone().commit(then)
            finally:
                self._free_room()
            return
        self.call = None
        self.batch.wait(self)
        self._wait()
        then()

    def roll_back(self) -> None:
        try:
            if self._alone:
                self._alone.roll_back()
            elif not self._batching.withdraw(self) and self.batch:
                self.batch.leave(self)
        finally:
            self._free_room()

    def hear(self, answer: list[Row] | Exception) -> None:
        """Go on with this answer."""
        self._answer = answer
        self._heard.set()

    def _ask(self, call: Call) -> list[Row]:
        if self._alone:
            return call.rows(self._alone.executor)
        if self.writes:
            raise BrokenRule("a repository reads in a method that changes: UnitOfWork says why it may not")
        if self.batch and self._batching.is_locking(call.statement):
            return call.rows(self._go_alone().executor)
        self.call = call
        if self.batch:
            self.batch.wait(self)
            rows = self._wait()
        else:
            rows = self._join()
            if not rows:  # another transaction has locked the row, or there is none
                return call.rows(self._go_alone().executor)
        self._asked.append((call, rows))
        return rows

    def _join(self) -> list[Row]:
        self._batching.queue(self)
        if not self._heard.wait(self._batching.patience) and self._batching.withdraw(self):
            raise Unavailable(retry_after=1)
        return self._wait()

    def _wait(self) -> list[Row]:
        self._heard.wait()
        self._heard.clear()
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def _go_alone(self) -> Writing:
        """Go on in a transaction of its own; until its end no other unit of work in this process has the room.

        Raises Unavailable if what was decided by does not hold any more when it is asked again.
        """
        if self._alone:
            return self._alone
        if self.batch:
            self._keeps_room = True
            self.batch.rooms.discard(self.room)
            self.batch.leave(self)
            self.batch = None
        self._alone = self._batching.alone()
        if any(call.rows(self._alone.executor) != rows for call, rows in self._asked):
            raise Unavailable(retry_after=1)
        return self._alone

    def _free_room(self) -> None:
        if self._keeps_room:
            self._keeps_room = False
            self._batching.free(self.room)
