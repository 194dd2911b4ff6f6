"""Units of work that share one transaction, as `group_commit` puts them together."""

import logging
from collections.abc import Callable, Sequence
from threading import Event, Lock
from typing import Final

from adapters.sql.executor import Row
from adapters.sql.postgresql.room_unit import RoomUnit
from adapters.sql.postgresql.rounds import Rounds
from chat_domain.model.errors import Unavailable

_log: Final = logging.getLogger(__name__)


class Batch:
    """Units that share a transaction. At first all of them wait."""

    def __init__(self, units: list[RoomUnit]) -> None:
        self.rooms = {unit.room for unit in units}
        self.size = 0
        self._units: list[RoomUnit] = []
        self._settled: list[tuple[RoomUnit, list[Row] | Exception]] = []
        self._take_in(units)
        self._running = 0
        self._mutex = Lock()
        self._none_runs = Event()
        self._none_runs.set()

    def wait(self, unit: RoomUnit) -> None:
        """The unit waits from now on."""
        with self._mutex:
            unit.is_waiting = True
            self._count_down()

    def leave(self, unit: RoomUnit) -> None:
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
        except Exception as error:  # noqa: BLE001 - whatever it is, the units of work that wait must be told
            if not isinstance(error, Unavailable):
                _log.exception("a batch failed")
            answers = [(unit, Unavailable()) for unit in (*(unit for unit, _ in self._settled), *self._units)]
        self._tell(answers)

    def _take_in(self, units: list[RoomUnit]) -> None:
        self._units += units
        self.size += len(units)
        for unit in units:
            unit.batch = self

    def _serve_all(self, rounds: Rounds) -> None:
        while asking := [(unit, unit.call) for unit in self._all_wait() if unit.call]:
            answers = rounds.ask([call for _, call in asking])
            self._tell([(unit, rows) for (unit, _), rows in zip(asking, answers, strict=True)])

    def _all_wait(self) -> list[RoomUnit]:
        self._none_runs.wait()
        with self._mutex:
            return list(self._units)

    def _count_down(self) -> None:
        self._running -= 1
        if not self._running:
            self._none_runs.set()

    def _settle(self, rounds: Rounds, *, commit: bool) -> None:
        units = [unit for unit in self._units if not unit.call]
        self._settled += zip(units, rounds.settle([unit.writes for unit in units], commit=commit), strict=True)
        self._units = [unit for unit in self._units if unit.call]

    def _tell(self, answers: Sequence[tuple[RoomUnit, list[Row] | Exception]]) -> None:
        for unit, answer in answers:
            with self._mutex:
                if unit in self._units:
                    self._running += 1
                    self._none_runs.clear()
                unit.is_waiting = False
            unit.hear(answer)
