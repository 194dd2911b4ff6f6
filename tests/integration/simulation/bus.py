"""A bus that drops, doubles, delays and reorders, and says as honestly as a real one whether a process hears all."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from random import Random
from typing import Final

from chat_domain.model.ephemeral import AnyEvent
from chat_domain.ports.broadcasting import Broadcaster
from tests.integration.simulation.schedule import Schedule

_log = logging.getLogger(__name__)
_NOTICED_AFTER: Final = 1.0
_LATEST: Final = 0.8
_COPIES: Final = (0, 1, 1, 1, 1, 1, 2)


class Bus:
    """What connects the processes. While it is `calm` it only delays."""

    def __init__(self, schedule: Schedule, random: Random) -> None:
        self.schedule = schedule
        self.random = random
        self.calm = True
        self.lines: list[Line] = []

    def carry(self, sender: Line, events: Sequence[AnyEvent]) -> None:
        """To all but the sender."""
        for line in self.lines:
            if line is not sender:
                for event in events:
                    self._carry(sender, line, event)

    def _carry(self, sender: Line, line: Line, event: AnyEvent) -> None:
        if sender.cut_since is not None or line.cut_since is not None:
            return
        for _ in range(1 if self.calm else self.random.choice(_COPIES)):
            delay = self.random.random() * _LATEST
            self.schedule.start(lambda: line.hear([event]), inside=line.process, after=delay)


class Line(Broadcaster):
    """The bus as one process sees it."""

    def __init__(self, bus: Bus, process: object, strike: Callable[[str], None]) -> None:
        self.process = process
        self.cut_since: float | None = None
        self._bus = bus
        self._strike = strike
        self._receivers: list[Callable[[Sequence[AnyEvent]], None]] = []
        bus.lines.append(self)

    def publish(self, events: Sequence[AnyEvent]) -> None:
        self.hear(events)
        self._strike("publish")
        self._bus.carry(self, events)

    def subscribe(self, receive: Callable[[Sequence[AnyEvent]], None]) -> None:
        self._receivers.append(receive)

    def is_current(self) -> bool:
        return self.cut_since is None or self._bus.schedule.now - self.cut_since <= _NOTICED_AFTER

    def hears_all(self) -> bool:
        return all(line.cut_since is None for line in self._bus.lines)

    def check(self) -> None:
        """Nobody asks here."""

    def open(self) -> None:
        """It is connected from the beginning."""

    def hear(self, events: Sequence[AnyEvent]) -> None:
        """Hand on what came."""
        for receive in self._receivers:
            try:
                receive(events)
            except Exception:  # noqa: BLE001 - as every broadcaster does
                _log.exception("events could not be handed on")

    def mend(self) -> None:
        """It is whole again; what was lost stays lost."""
        self.cut_since = None

    def close(self) -> None:
        """The process is gone."""
        self._bus.lines.remove(self)
