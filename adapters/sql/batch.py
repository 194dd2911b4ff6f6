"""Units of work that share one PostgreSQL transaction, as `batches` puts them together."""

import logging
from collections.abc import Callable, Sequence
from threading import Event, Lock
from typing import TYPE_CHECKING, Final

from sqlalchemy import ClauseElement

from adapters.sql.executor import Executor, Row
from adapters.sql.rounds import Call, Rounds, Write
from adapters.sql.storage import Writing
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import RoomId

if TYPE_CHECKING:
    from adapters.sql.batches import Batches

_log: Final = logging.getLogger(__name__)


class Batch:
    """Units that share a transaction. At first all of them wait."""

    def __init__(self, units: "list[RoomUnit]") -> None:
        self.rooms = {unit.room for unit in units}
        self.size = 0
        self._units: list[RoomUnit] = []
        self._settled: list[tuple[RoomUnit, list[Row] | Exception]] = []
        self._take_in(units)
        self._running = 0
        self._mutex = Lock()
        self._nobody_runs = Event()
        self._nobody_runs.set()

    def wait(self, unit: "RoomUnit") -> None:
        """The unit waits from now on."""
        with self._mutex:
            unit.is_waiting = True
            self._count_down()

    def leave(self, unit: "RoomUnit") -> None:
        """The unit wants nothing any more."""
        with self._mutex:
            if unit in self._units:
                self._units.remove(unit)
                if not unit.is_waiting:
                    self._count_down()

    def carry_out(self, connect: Callable[[], Rounds], following: "Callable[[Batch], list[RoomUnit]]") -> None:
        """Do what the units want until each has its answer. Raises nothing.

        Once all of them want to commit, `following` units in the same rooms may join in before that is done.
        """
        try:
            with connect() as rounds:
                self._serve_all(rounds)
                while units := following(self):
                    self._take_in(units)  # first: whatever happens meanwhile, they hear of it, and may leave
                    self._settle(rounds, commit=False)
                    self._serve_all(rounds)
                self._settle(rounds, commit=True)
            answers = self._settled
        except Exception as error:  # noqa: BLE001 - whatever it is, those who wait must hear of it
            if not isinstance(error, Unavailable):
                _log.exception("a batch failed")
            answers = [(unit, Unavailable()) for unit in (*(unit for unit, _ in self._settled), *self._units)]
        self._tell(answers)

    def _take_in(self, units: "list[RoomUnit]") -> None:
        self._units += units
        self.size += len(units)
        for unit in units:
            unit.batch = self

    def _serve_all(self, rounds: Rounds) -> None:
        while asking := [(unit, unit.call) for unit in self._all_wait() if unit.call]:
            answers = rounds.ask([call for _, call in asking])
            self._tell([(unit, rows) for (unit, _), rows in zip(asking, answers, strict=True)])

    def _all_wait(self) -> "list[RoomUnit]":
        self._nobody_runs.wait()
        with self._mutex:
            return list(self._units)

    def _count_down(self) -> None:
        self._running -= 1
        if not self._running:
            self._nobody_runs.set()

    def _settle(self, rounds: Rounds, *, commit: bool) -> None:
        units = [unit for unit in self._units if not unit.call]
        self._settled += zip(units, rounds.settle([unit.writes for unit in units], commit=commit), strict=True)
        self._units = [unit for unit in self._units if unit.call]

    def _tell(self, answers: "Sequence[tuple[RoomUnit, list[Row] | Exception]]") -> None:
        for unit, answer in answers:
            with self._mutex:
                if unit in self._units:
                    self._running += 1
                    self._nobody_runs.clear()
                unit.is_waiting = False
            unit.hear(answer)


class RoomUnit(Writing, Executor):
    """One unit of work of a batch, and its executor.

    Whoever locks more than its room, or reads after it wrote, leaves the batch and goes on alone.
    """

    locks = True

    def __init__(self, batches: "Batches", room: RoomId) -> None:
        self.executor = self
        self.room = room
        self.batch: Batch | None = None
        self.is_waiting = True
        self.call: Call | None = None
        self.writes: list[Write] = []
        self._batches = batches
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
            elif not self._batches.withdraw(self) and self.batch:
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
        if self.batch and (self.writes or self._batches.is_locking(call.statement)):
            return call.rows(self._go_alone().executor)
        self.call = call
        if self.batch:
            self.batch.wait(self)
            rows = self._wait()
        else:
            rows = self._join()
            if not rows:  # somebody else has locked it, or there is nothing
                return call.rows(self._go_alone().executor)
        self._asked.append((call, rows))
        return rows

    def _join(self) -> list[Row]:
        self._batches.queue(self)
        if not self._heard.wait(self._batches.patience) and self._batches.withdraw(self):
            raise Unavailable(retry_after=1)
        return self._wait()

    def _wait(self) -> list[Row]:
        self._heard.wait()
        self._heard.clear()
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer

    def _go_alone(self) -> Writing:
        """Go on in a transaction of its own; until its end nobody else in this process has the room.

        Raises Unavailable if what was decided by does not hold any more when it is asked again.
        """
        if self._alone:
            return self._alone
        if self.batch:
            self._keeps_room = True
            self.batch.rooms.discard(self.room)
            self.batch.leave(self)
            self.batch = None
        self._alone = self._batches.alone()
        if any(call.rows(self._alone.executor) != rows for call, rows in self._asked):
            raise Unavailable(retry_after=1)
        for statement, parameters in self.writes:
            self._alone.executor.run(statement, **parameters)
        return self._alone

    def _free_room(self) -> None:
        if self._keeps_room:
            self._keeps_room = False
            self._batches.free(self.room)
