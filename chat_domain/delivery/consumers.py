"""Durable consumers of the log: which there are, and the lock by which one process runs them."""

from collections.abc import Sequence
from typing import Final

from chat_domain.delivery.consumer_runner import ConsumerFigures, ConsumerRunner
from chat_domain.model.ephemeral import AnyEvent, Heads, RoomDeleted
from chat_domain.model.events import RoomEvent
from chat_domain.ports.clock import Clock
from chat_domain.ports.consumers import Consumer, UncontestedLock
from chat_domain.ports.storage import Storage

STEP: Final = 0.1
RENEWAL: Final = 1.0
"""Seconds between two calls of a runner's `step`, and of `renew`."""


class Consumers:
    """All consumers of a process. Each is stepped by itself, so that one that waits holds up no other."""

    def __init__(self, consumers: Sequence[Consumer], *, storage: Storage, clock: Clock) -> None:
        self._lock = lock = storage.consumer_lock() if consumers else UncontestedLock()
        self.runners: Final = [
            ConsumerRunner(consumer, storage=storage, lock=lock, clock=clock) for consumer in consumers
        ]

    def receive(self, events: Sequence[AnyEvent]) -> None:
        """Note what was published, as a hint of what is in the logs. Never waits."""
        for runner in self.runners:
            for event in events:
                if isinstance(event, RoomEvent):
                    runner.hint(event)
                elif isinstance(event, Heads):
                    runner.hint_head(event.room_id, event.last_seq)
                elif isinstance(event, RoomDeleted):
                    runner.forget(event.room_id)

    def renew(self) -> None:
        """Take or keep the lock; to be called each second. Raises Unavailable."""
        self._lock.renew()

    def release(self) -> None:
        """Leave the consumers to another process, once none is stepped any more."""
        for runner in self.runners:
            runner.finish()
        self._lock.release()

    def figures(self) -> Sequence[ConsumerFigures]:
        """How each consumer is doing in this process."""
        return [runner.figures() for runner in self.runners]
