"""Group commit on PostgreSQL: units of work in different rooms share a transaction, its round trips and its sync.

Each unit runs by itself until it has to wait for the database. Once all units of a batch wait, what they ask is asked
in one go; what they write is put off until all of them want to commit, and goes with the commit. A room that somebody
else has locked is skipped, so that no batch waits for a lock or dies of a deadlock: that unit goes on alone.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from threading import Event, Lock, Thread
from typing import Final

from sqlalchemy import ClauseElement

from adapters.sql.executor import Executor, Row
from adapters.sql.rounds import Call, Rounds, Write
from adapters.sql.storage import Writing
from chat_domain.model.errors import Conflict, Unavailable
from chat_domain.model.identifiers import RoomId

LANES: Final = 2
"""Batches at once: one gathers while the other syncs."""
LARGEST_BATCH: Final = 64
MOST_WAITING: Final = 2_000

_log: Final = logging.getLogger(__name__)


class Batches:
    """Puts units of work together. `connect` begins the transaction of a batch, `alone` that of a single unit."""

    def __init__(self, connect: Callable[[], Rounds], alone: Callable[[], Writing], *, patience: float) -> None:
        self._connect = connect
        self.alone = alone
        self.patience = patience
        self._mutex = Lock()
        self._something_to_do = Event()
        self._waiting: deque[RoomUnit] = deque()
        self._busy: set[RoomId] = set()
        self._lanes: list[Thread] = []
        self._closed = False

    def begin(self, room: RoomId) -> "RoomUnit":
        """A unit of work in this room. It joins a batch when it reads for the first time."""
        return RoomUnit(self, room)

    def queue(self, unit: "RoomUnit") -> None:
        """Let the unit into one of the next batches; raises Unavailable when too many wait."""
        with self._mutex:
            if self._closed or len(self._waiting) >= MOST_WAITING:
                raise Unavailable(retry_after=1)
            if not self._lanes:
                self._lanes = [Thread(target=self._run, name=f"batches-{n}", daemon=True) for n in range(LANES)]
                for lane in self._lanes:
                    lane.start()
            self._waiting.append(unit)
            self._something_to_do.set()

    def withdraw(self, unit: "RoomUnit") -> bool:
        """Take the unit out of the queue; False if it is not in it."""
        with self._mutex:
            if unit in self._waiting:
                self._waiting.remove(unit)
                return True
            return False

    def close(self) -> None:
        """Take nobody any more, and wait until everybody has their answer."""
        with self._mutex:
            self._closed = True
            self._something_to_do.set()
        for lane in self._lanes:
            lane.join()

    def _run(self) -> None:
        while batch := self._next():
            batch.carry_out(self._connect, self._following)
            with self._mutex:
                self._busy -= batch.rooms
                self._something_to_do.set()

    def _next(self) -> "Batch | None":
        while True:
            self._something_to_do.wait()
            with self._mutex:
                if chosen := self._choose():
                    return Batch(chosen)
                if self._closed:
                    return None
                self._something_to_do.clear()

    def _following(self, batch: "Batch") -> "list[RoomUnit]":
        """Those who wait for the batch's rooms, one for each, as long as it has room for them."""
        following: list[RoomUnit] = []
        with self._mutex:
            for unit in list(self._waiting)[: LARGEST_BATCH - batch.size]:
                if unit.room in batch.rooms and all(unit.room != other.room for other in following):
                    following.append(unit)
                    self._waiting.remove(unit)
        return following

    def _choose(self) -> "list[RoomUnit]":
        """Those who waited longest, one for each room."""
        chosen: list[RoomUnit] = []
        passed_over: list[RoomUnit] = []
        while self._waiting and len(chosen) < LARGEST_BATCH:
            unit = self._waiting.popleft()
            (passed_over if unit.room in self._busy else chosen).append(unit)
            self._busy.add(unit.room)
        self._waiting.extendleft(reversed(passed_over))
        return chosen


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
        self._writer: RoomUnit | None = None

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
        while asking := [unit for unit in self._all_wait() if unit.call]:
            self._serve(asking, rounds)

    def _all_wait(self) -> "list[RoomUnit]":
        self._nobody_runs.wait()
        with self._mutex:
            return list(self._units)

    def _count_down(self) -> None:
        self._running -= 1
        if not self._running:
            self._nobody_runs.set()

    def _serve(self, asking: "list[RoomUnit]", rounds: Rounds) -> None:
        at_once = [unit for unit in asking if not unit.writes and unit is not self._writer]
        if at_once:
            self._tell(list(zip(at_once, rounds.ask([unit.call for unit in at_once if unit.call]), strict=True)))
        elif self._writer in asking:
            self._let_read_what_it_wrote(self._writer, rounds)
        else:
            self._settle_writer(rounds)
            self._writer = asking[0]
            rounds.mark()

    def _let_read_what_it_wrote(self, unit: "RoomUnit", rounds: Rounds) -> None:
        try:
            rounds.write(unit.writes)
        except Conflict as refusal:
            rounds.undo()
            self._tell([(unit, refusal)])
            return
        unit.writes = []
        self._tell([(unit, rows) for rows in rounds.ask([unit.call] if unit.call else [])])

    def _settle_writer(self, rounds: Rounds) -> None:
        """Keep what the writer wrote, all of it, if it wants to commit; else undo it."""
        unit, self._writer = self._writer, None
        if unit is None:
            return
        if unit not in self._units:
            rounds.undo()
            return
        try:
            rounds.write(unit.writes)
        except Conflict as refusal:
            rounds.undo()
            self.leave(unit)
            self._tell([(unit, refusal)])
        unit.writes = []

    def _settle(self, rounds: Rounds, *, commit: bool) -> None:
        self._settle_writer(rounds)
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
    """One unit of work of a batch, and its executor."""

    locks = True

    def __init__(self, batches: Batches, room: RoomId) -> None:
        self.executor = self
        self.room = room
        self.batch: Batch | None = None
        self.is_waiting = True
        self.call: Call | None = None
        self.writes: list[Write] = []
        self._batches = batches
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
            self._go_alone().commit(then)
            return
        self.call = None
        self.batch.wait(self)
        self._wait()
        then()

    def roll_back(self) -> None:
        if self._alone:
            self._alone.roll_back()
        elif not self._batches.withdraw(self) and self.batch:
            self.batch.leave(self)

    def hear(self, answer: list[Row] | Exception) -> None:
        """Go on with this answer."""
        self._answer = answer
        self._heard.set()

    def _ask(self, call: Call) -> list[Row]:
        if self._alone:
            return call.rows(self._alone.executor)
        self.call = call
        if self.batch:
            self.batch.wait(self)
            return self._wait()
        return self._join() or call.rows(self._go_alone().executor)

    def _join(self) -> list[Row]:
        """The answer to the first call; none where the room is locked, or there is nothing."""
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
        if self.batch:
            self.batch.leave(self)
            self.batch = None
        self._alone = self._alone or self._batches.alone()
        return self._alone
