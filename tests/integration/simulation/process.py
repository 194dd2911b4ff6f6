"""One process: every service over the shared storage, with a memory and a wall clock of its own, until it dies."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from chat_domain.delivery.consumers import Consumers
from chat_domain.model.ephemeral import AnyEvent
from chat_domain.model.errors import Unavailable
from chat_domain.model.events import RoomEvent
from tests.builders import a_chat
from tests.integration.simulation.bus import Line
from tests.integration.simulation.consumers import CountingConsumer, SharedLock
from tests.integration.simulation.storage import SharedStorage

if TYPE_CHECKING:
    from tests.integration.simulation.world import World

_DIES: Final = 0.0015
_FAILS: Final = 0.02
"""Chances, at each step outside the process."""


class Process:
    """Runs from its beginning until it dies; another one takes its place with nothing in its memory."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.is_alive = True
        self.storage_away_until = 0.0
        self.line = Line(world.bus, self, self.strike)
        storage = SharedStorage(world.tables, self.line, self, SharedLock(self))
        self.chat = chat = a_chat(broadcaster=self.line, storage=storage)
        self.consumers = Consumers([CountingConsumer(self)], storage=storage, clock=chat.clock)
        self.line.subscribe(self.consumers.receive)
        world.bugs.in_process(self)
        for seconds, action in (
            (1.0, self._poll),
            (2.0, chat.delivery.beacon),
            (1.0, chat.presence.sweep),
            (0.5, self.consumers.renew),
            (0.3, self.consumers.runners[0].step),
        ):
            world.schedule.start(self._ticking(seconds, action), inside=self, after=seconds)

    def pause(self) -> None:
        """Others go on."""
        self.world.schedule.pause()

    def strike(self, where: str) -> None:
        """By chance, die here; or, where that is the storage, find it away."""
        world = self.world
        if world.is_calm or world.schedule.current is None:
            return
        if world.random.random() < _DIES:
            self.die()
        if where != "publish" and (world.schedule.now < self.storage_away_until or world.random.random() < _FAILS):
            raise Unavailable

    def committed(self, events: Sequence[AnyEvent]) -> None:
        """Remember when what is in the logs became durable."""
        for event in events:
            if isinstance(event, RoomEvent):
                self.world.committed_at[event.room_id, event.seq] = self.world.schedule.now

    def die(self) -> None:
        """Stop at once, wherever it is."""
        if self.is_alive:
            self.is_alive = False
            self.line.close()
            self.consumers.release()
            self.world.replace(self)
            self.world.schedule.kill(self)

    def _poll(self) -> None:
        self.chat.clock.advance(seconds=1)
        self.chat.delivery.poll()

    def _ticking(self, seconds: float, action: Callable[[], None]) -> Callable[[], None]:
        def tick() -> None:
            while True:
                with suppress(Unavailable):  # as a ticker does: the next time
                    action()
                self.world.schedule.pause(seconds)

        return tick
