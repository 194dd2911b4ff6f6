"""A durable consumer in each process, of which one at a time runs, and the record that all of them write."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from chat_domain.model.errors import Unavailable
from chat_domain.model.events import RoomEvent
from chat_domain.model.identifiers import RoomId, Seq
from chat_domain.ports.consumers import Beginning, Consumer, ConsumerLock

if TYPE_CHECKING:
    from tests.integration.simulation.process import Process
    from tests.integration.simulation.world import World

LEASE: Final = 3.0
RESERVE: Final = 1.5
"""Seconds, as for PostgreSQL, and a little less, since a world lasts for a quarter of a minute."""

_FAILS: Final = 0.02


class Taken(NamedTuple):
    """A page that a process took, from when to when."""

    process: Process
    began: float
    ended: float
    room: RoomId
    seqs: list[Seq]


class CountingConsumer(Consumer):
    """Writes down in the world what it takes. Others go on meanwhile; by chance it fails, or its process dies."""

    name = "counting"
    beginning = Beginning.FIRST_EVENT

    def __init__(self, process: Process) -> None:
        self._process = process

    def consume(self, room_id: RoomId, events: Sequence[RoomEvent]) -> None:
        world = self._process.world
        began = world.schedule.now
        self._process.pause()
        self._process.strike("consume")
        if not world.is_calm and world.random.random() < _FAILS:
            raise RuntimeError
        seqs = [event.seq for event in events]
        world.taken.append(Taken(self._process, began, world.schedule.now, room_id, seqs))
        self._process.pause()


class SharedLock(ConsumerLock):
    """The lock as one process has it. The storage frees it when the process dies, or its connection breaks unseen."""

    def __init__(self, process: Process) -> None:
        self._process = process
        self._world: World = process.world
        self._is_ours = False
        self._from = self._until = float("-inf")

    def renew(self) -> None:
        asked = self._world.schedule.now
        try:
            self._process.pause()
            self._process.strike("read")
        except Unavailable:
            self._lose()
            raise
        if self._is_ours and self._world.lock_holder is not self._process:
            self._lose()
        elif self._is_ours:
            self._until = asked + LEASE
        elif self._world.lock_holder is None:
            self._world.lock_holder = self._process
            self._is_ours = True
            self._from, self._until = self._world.schedule.now + LEASE, asked + LEASE

    def is_held(self) -> bool:
        return self._from <= self._world.schedule.now < self._until - RESERVE

    def release(self) -> None:
        self._lose()

    def _lose(self) -> None:
        self._is_ours, self._until = False, float("-inf")
        if self._world.lock_holder is self._process:
            self._world.lock_holder = None


def check_consumers(world: World, heads: dict[RoomId, int]) -> None:
    """Report an event that was not taken, or before the ones before it, and two processes that ran at once."""
    reached = dict.fromkeys(heads, 0)
    for taken in world.taken:
        for seq in taken.seqs:
            if seq > reached[taken.room] + 1:
                world.report(f"consumer: {seq} of {taken.room} was taken after {reached[taken.room]}")
            reached[taken.room] = max(reached[taken.room], seq)
    if reached != heads:
        world.report(f"consumer: took up to {reached} of {heads}")
    last = None
    for taken in sorted(world.taken, key=lambda each: each.ended):
        if last and last.process is not taken.process and taken.began < last.ended and not _took_long(last, taken):
            world.report(f"consumer: two processes ran it at once, {last[1:]} and {taken[1:]}")
        last = taken


def _took_long(*pages: Taken) -> bool:
    """Whether the consumer took longer for a page than it may, so that another process could begin."""
    return any(page.ended - page.began >= RESERVE for page in pages)
