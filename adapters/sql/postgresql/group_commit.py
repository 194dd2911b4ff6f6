"""Group commit on PostgreSQL: units of work in different rooms share a transaction, its round trips and its sync.

Each unit runs by itself until it has to wait for the database. Once all units of a batch wait, what they ask is asked
in one go; what they write is put off until all of them want to commit, and goes with the commit. A room that somebody
else has locked is skipped, so that no batch waits for a lock or dies of a deadlock: that unit goes on alone.
"""

import time
from collections import deque
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Final

from sqlalchemy import ClauseElement

from adapters.sql.postgresql.batch import Batch
from adapters.sql.postgresql.forms import BatchStatements, Form
from adapters.sql.postgresql.room_unit import RoomUnit
from adapters.sql.postgresql.rounds import Rounds
from adapters.sql.storage import Writing
from chat_domain.model.errors import Unavailable
from chat_domain.model.identifiers import RoomId

LANES: Final = 2
"""Batches at once. The second begins only when a whole batch waits, for few large batches cost less than many small, or
when the first takes long: its connection may hang."""
LARGEST_BATCH: Final = 64
MOST_WAITING: Final = 2_000
_ENDS_WITHIN: Final = 10.0
"""Seconds that a lane may take to answer its last batch."""


class Batches:
    """Puts units of work together. `connect` begins the transaction of a batch, `alone` that of a single unit."""

    def __init__(
        self,
        connect: Callable[[], Rounds],
        alone: Callable[[], Writing],
        statements: BatchStatements,
        *,
        patience: float,
    ) -> None:
        self._connect = connect
        self._statements = statements
        self.alone = alone
        self.patience = patience
        self._mutex = Lock()
        self._something_to_do = Event()
        self._waiting: deque[RoomUnit] = deque()
        self._busy: set[RoomId] = set()
        self._lanes: list[Thread] = []
        self._at_work = 0
        self._began = 0.0  # the last batch
        self._closed = False

    def begin(self, room: RoomId) -> RoomUnit:
        """A unit of work in this room. It joins a batch when it reads for the first time."""
        return RoomUnit(self, room)

    def queue(self, unit: RoomUnit) -> None:
        """Let the unit into one of the next batches; raises Unavailable when too many wait."""
        with self._mutex:
            if self._closed or len(self._waiting) >= MOST_WAITING:
                raise Unavailable(retry_after=1)
            if not self._lanes:
                self._lanes = [Thread(target=self._run, name=f"batches-{n}", daemon=True) for n in range(LANES)]
                for lane in self._lanes:
                    lane.start()
            self._waiting.append(unit)
            self._call_a_lane()

    def withdraw(self, unit: RoomUnit) -> bool:
        """Take the unit out of the queue; False if it is not in it."""
        with self._mutex:
            if unit in self._waiting:
                self._waiting.remove(unit)
                return True
            return False

    def free(self, room: RoomId) -> None:
        """The unit of work that left a batch and went on alone in this room has come to an end."""
        with self._mutex:
            self._busy.discard(room)
            self._call_a_lane()

    def is_locking(self, statement: ClauseElement) -> bool:
        """Whether the statement may have to wait for a lock."""
        return self._statements.formed[statement].form is Form.LOCK

    def close(self) -> None:
        """Take no more units of work, and wait until each has its answer."""
        with self._mutex:
            self._closed = True
            self._something_to_do.set()
        for lane in self._lanes:
            lane.join(_ENDS_WITHIN)

    def _run(self) -> None:
        while batch := self._next():
            batch.carry_out(self._connect, self._following)
            with self._mutex:
                self._busy -= batch.rooms
                self._at_work -= 1
                self._call_a_lane()

    def _next(self) -> Batch | None:
        while True:
            self._something_to_do.wait()
            with self._mutex:
                if chosen := self._choose():
                    self._at_work += 1
                    self._began = time.monotonic()
                    return Batch(chosen)
                if self._closed:
                    return None
                self._something_to_do.clear()

    def _following(self, batch: Batch) -> list[RoomUnit]:
        """The units of work that wait for the batch's rooms, one for each, as long as the batch has space."""
        following: list[RoomUnit] = []
        with self._mutex:
            for unit in list(self._waiting)[: LARGEST_BATCH - batch.size]:
                if unit.room in batch.rooms and all(unit.room != other.room for other in following):
                    following.append(unit)
                    self._waiting.remove(unit)
        return following

    def _call_a_lane(self) -> None:
        if self._waiting and self._may_begin():
            self._something_to_do.set()

    def _may_begin(self) -> bool:
        takes_long = time.monotonic() - self._began > self.patience / 2
        return not self._at_work or takes_long or len(self._waiting) >= LARGEST_BATCH

    def _choose(self) -> list[RoomUnit]:
        """The units of work that waited longest, one for each room."""
        if not self._may_begin():
            return []
        chosen: list[RoomUnit] = []
        passed_over: list[RoomUnit] = []
        while self._waiting and len(chosen) < LARGEST_BATCH:
            unit = self._waiting.popleft()
            (passed_over if unit.room in self._busy else chosen).append(unit)
            self._busy.add(unit.room)
        self._waiting.extendleft(reversed(passed_over))
        return chosen
